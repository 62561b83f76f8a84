"""Alembic migrations of the database archive; they run when it is opened."""
