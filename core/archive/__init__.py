"""Records, metadata schemas and filters, catalogue, tables: the archive on disk."""

from core.archive.archive import Archive, exists
from core.archive.filters import MetadataFilter, SqlFilter
from core.archive.store import WriteReport

__all__ = ["Archive", "MetadataFilter", "SqlFilter", "WriteReport", "exists"]
