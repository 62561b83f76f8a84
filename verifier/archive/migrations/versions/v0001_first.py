"""Reports, sightings and the audit trail, none of which may be rewritten."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the first tables."""
    op.create_table(
        "reports",
        sa.Column("id", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("tenant", "claim")),
        sa.Column("revision", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("digest", "rulebook", "pipeline", "made_at", "body")),
        sa.UniqueConstraint("tenant", "claim", "revision", "digest", "rulebook", "pipeline", name="one_verification"),
    )
    op.create_table(
        "sightings",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("item", "claim")),
        sa.Column("revision", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("program", "partner")),
        sa.Column("submitted_at", sa.Text),
        sa.Column("digest", sa.Text, nullable=False),
        sa.Column("page", sa.Integer, nullable=False),
        sa.Column("trace", sa.Text),
        sa.UniqueConstraint("tenant", "claim", "revision", "item", "digest", "page", name="one_sighting"),
    )
    op.create_index("sightings_by_digest", "sightings", ["tenant", "digest"])
    op.create_table(
        "audit",
        sa.Column("sequence", sa.Integer, primary_key=True),
        *(
            sa.Column(name, sa.Text, nullable=False)
            for name in ("at", "actor", "action", "subject", "detail", "previous", "hash")
        ),
    )
    for table in ("reports", "sightings", "audit"):
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
