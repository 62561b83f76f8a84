"""What the index needs to know for good: late links, erased sightings, known artwork, and lists of others' hashes."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None


def _texts(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text, nullable=False) for name in names)


def upgrade() -> None:
    """Make the tables; a link that was raised and a sighting that was erased stay so."""
    op.create_table(
        "link_events",
        sa.Column("sequence", sa.Integer, primary_key=True),
        *_texts("tenant", "claim"),
        sa.Column("revision", sa.Integer, nullable=False),
        *_texts("item", "earlier_claim", "earlier_item", "likeness"),
        sa.Column("agreement", sa.Float, nullable=False),
        *_texts("at"),
        sa.UniqueConstraint("tenant", "item", "earlier_item", name="one_link"),
    )
    op.create_index("link_events_by_claim", "link_events", ["tenant", "claim"])
    op.create_table(
        "tombstones",
        sa.Column("tenant", sa.Text, primary_key=True),
        sa.Column("sequence", sa.Integer, primary_key=True),
        *_texts("at"),
    )
    for table in ("link_events", "tombstones"):
        for verb in ("UPDATE", "DELETE"):
            op.execute(
                f"CREATE TRIGGER {table}_no_{verb.lower()} BEFORE {verb} ON {table} "
                f"BEGIN SELECT RAISE(ABORT, '{table} is append-only'); END"
            )
    op.create_table(
        "artwork",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("tenant", "program", "digest")),
        *_texts("name", "traces", "added_at"),
    )
    op.create_table(
        "shared_lists",
        *(sa.Column(name, sa.Text, primary_key=True) for name in ("tenant", "name")),
        *_texts("salt", "blob", "imported_at"),
        sa.Column("hashes", sa.Integer, nullable=False),
    )
