"""Let the trace of a sighting be blanked once the sighting is erased; all else of it stays as it was filed."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

_FIXED = ("tenant", "sequence", "item", "claim", "revision", "program", "partner", "submitted_at", "digest", "page")


def upgrade() -> None:
    """Claims that were erased before keep their traces until they are erased once more."""
    changed = " OR ".join(f"NEW.{name} IS NOT OLD.{name}" for name in _FIXED)
    erased = "EXISTS (SELECT 1 FROM tombstones WHERE tenant = OLD.tenant AND sequence = OLD.sequence)"
    op.execute("DROP TRIGGER sightings_no_update")
    op.execute(
        f"CREATE TRIGGER sightings_no_update BEFORE UPDATE ON sightings WHEN {changed} OR NOT {erased} "
        "BEGIN SELECT RAISE(ABORT, 'sightings is append-only'); END"
    )
