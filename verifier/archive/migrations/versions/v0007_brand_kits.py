"""Keep brand kits by tenant, every version of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table; a version that was kept stays as it is."""
    op.create_table(
        "brand_kits",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("brand", sa.Text, primary_key=True),
        sa.Column("version", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("body", "at", "by")),
    )
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER brand_kits_no_{verb.lower()} BEFORE {verb} ON brand_kits "
            "BEGIN SELECT RAISE(ABORT, 'brand_kits is append-only'); END"
        )
