"""Where Alembic starts: it migrates the connection that `schema.upgrade` hands over, inside that transaction."""

from __future__ import annotations

from alembic import context

from verifier.archive.tables import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
