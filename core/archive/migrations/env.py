"""Run by Alembic; `core.archive.schema` hands the connection over, there is no ini file."""

from alembic import context

from core.archive.models import Base

context.configure(
    connection=context.config.attributes["connection"],
    target_metadata=Base.metadata,
    transactional_ddl=False,  # the caller holds one transaction around all of it
    render_as_batch=True,
)
context.run_migrations()
