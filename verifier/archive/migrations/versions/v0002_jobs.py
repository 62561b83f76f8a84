"""Jobs: what was acknowledged and waits for the corridor."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the queue's table."""
    op.create_table(
        "jobs",
        sa.Column("id", sa.Text, primary_key=True),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("tenant", "run", "claim_id")),
        sa.Column("revision", sa.Integer, nullable=False),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("state", "created_at", "updated_at", "body")),
        sa.Column("key", sa.Text),
        sa.Column("attempts", sa.Integer, nullable=False),
        sa.Column("lease", sa.Text),
        sa.Column("lease_until", sa.Text),
        *(sa.Column(name, sa.Text, nullable=False) for name in ("claim", "deposits")),
        sa.Column("problem", sa.Text),
        sa.UniqueConstraint("tenant", "key", name="one_job_per_key"),
    )
    op.create_index("jobs_by_state", "jobs", ["state", "run", "created_at"])
    op.create_index(
        "one_job_per_line",
        "jobs",
        ["tenant", "run", "claim_id", "revision"],
        unique=True,
        sqlite_where=sa.text("run <> ''"),
    )
