"""Who may knock, and what people decided: API keys, users and their sessions, decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def _texts(*names: str) -> tuple[sa.Column[str], ...]:
    return tuple(sa.Column(name, sa.Text, nullable=False) for name in names)


def upgrade() -> None:
    """Make the tables; decisions may not be rewritten: a change of mind is a further decision."""
    op.create_table(
        "keys",
        sa.Column("id", sa.Text, primary_key=True),
        *_texts("tenant", "name", "scopes", "hash", "created_at"),
        sa.Column("revoked_at", sa.Text),
    )
    op.create_table(
        "users",
        sa.Column("name", sa.Text, primary_key=True),
        *_texts("tenant", "hash", "created_at"),
        sa.Column("disabled_at", sa.Text),
    )
    op.create_table(
        "sessions",
        sa.Column("hash", sa.Text, primary_key=True),
        *_texts("user", "created_at", "expires_at"),
    )
    op.create_table(
        "decisions",
        sa.Column("sequence", sa.Integer, primary_key=True),
        *_texts("tenant", "claim"),
        sa.Column("revision", sa.Integer, nullable=False),
        *_texts("item", "report", "outcome"),
        sa.Column("amount", sa.Text),
        *_texts("reason", "decided_by", "decided_at"),
        sa.Column("undoes", sa.Integer),
    )
    op.create_index("decisions_by_claim", "decisions", ["tenant", "claim"])
    for verb in ("UPDATE", "DELETE"):
        op.execute(
            f"CREATE TRIGGER decisions_no_{verb.lower()} BEFORE {verb} ON decisions "
            "BEGIN SELECT RAISE(ABORT, 'decisions is append-only'); END"
        )
