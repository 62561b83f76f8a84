"""Find the items that say of themselves what this one says: ids of exposures and documents, camera bodies, rolls."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Make the table. Sightings from before carry no identities, so there is nothing to fill it with."""
    op.create_table(
        "identities",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("kind", sa.Text, primary_key=True),
        sa.Column("value", sa.Text, primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        sa.Column("number", sa.Integer),
    )
    op.create_index("identities_by_sighting", "identities", ["tenant", "sequence"])
