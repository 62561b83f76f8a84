"""Find the jobs of a claim without reading all: every submission asks for its claim's newest revision."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the index."""
    op.create_index("jobs_by_claim", "jobs", ["tenant", "claim_id", "revision"])
