"""Catalogue migrations (Alembic). Revisions are in `versions`; they are never edited once out."""
