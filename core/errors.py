"""Every error that the observatory raises on purpose.

All of them derive from `AtlasError`, carry the facts as attributes (so that a program need not
parse a sentence) and a hint that says what would be right. `api/errors.py` holds the one table
from these classes to HTTP statuses.
"""

from __future__ import annotations

from typing import Any


class AtlasError(Exception):
    """Root of the family.

    Parameters
    ----------
    message : str
        What is wrong, naming the thing that is wrong.
    hint : str
        What would be right, or what to do next.
    **details
        Facts about the failure; they become attributes and the `details` mapping.
    """

    def __init__(self, message: str, *, hint: str = "", **details: Any) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details

    def __getattr__(self, name: str) -> Any:
        details = self.__dict__.get("details", {})
        if name in details:
            return details[name]
        raise AttributeError(name)

    def __reduce__(self) -> tuple[Any, ...]:
        # Default pickling forgets keyword arguments; worker processes send errors across.
        return _rebuild, (type(self), self.message, self.hint, self.details)

    def __str__(self) -> str:
        return f"{self.message} {self.hint}".strip()


def _rebuild(
    kind: type[AtlasError], message: str, hint: str, details: dict[str, Any]
) -> AtlasError:
    return kind(message, hint=hint, **details)


class BadInput(AtlasError, ValueError):
    """What a person or program sent is not valid. Details: `field`, `value`, often `expected`."""


class RecordError(BadInput):
    """A record of a batch is not valid. Details: `row` (counted from 0), `field`, `value`."""


class BatchRefused(RecordError):
    """Records of a batch are not valid; nothing of it was written.

    Details: `errors` (a RecordError for each record told), `bad`, `total` (records that are not
    valid, and in all), and `row`, `field` and `value` of the first.
    """


class LimitExceeded(BadInput):
    """A documented limit would be passed. Details: `limit`, `asked`, `allowed`."""


class HapiRefused(BadInput):
    """A HAPI request is not answered. Details: `code`, one of the status codes of HAPI."""


class NotAuthenticated(AtlasError):
    """Who asks is not known: no key, or one that is wrong, revoked or of a disabled account."""


class NotAuthorized(AtlasError):
    """Who asks is known and may not do this. Details: `role`, `needed`."""


class TooManyRequests(AtlasError):
    """A rate is exceeded. Details: `limit`, `allowed`, `retry_after_s`."""


class MaintenanceMode(AtlasError):
    """The archive is read only for a while. Details: `retry_after_s`."""


class NotFound(AtlasError, LookupError):
    """The named thing is not in the archive. Details: `kind`, `key`."""


class Duplicate(AtlasError):
    """A thing with this identity exists already. Details: `kind`, `key`."""


class Conflict(AtlasError):
    """The archive's present state does not allow the change."""


class FileRefused(AtlasError):
    """A file is truncated, foreign or inconsistent. Details: `path`, `reason`."""


class SkymapRefused(AtlasError):
    """A skymap does not belong to the frames.

    Details: `site`, `wanted_site`, `camera`, `wanted_camera`, `valid_from`, `valid_to`, `time`,
    `reason`.
    """


class ArchiveError(AtlasError):
    """The archive folder is missing, of another format version, or damaged."""


class IndexDamaged(ArchiveError):
    """An index file is truncated, foreign or has changed. Details: `path`, `reason`."""


class SearchCancelled(AtlasError):
    """The search was cancelled by its owner."""


class MovieCancelled(AtlasError):
    """The movie was cancelled by whoever asked for it; there is no file. Details: `pictures`."""


class SearchFailed(AtlasError):
    """The search ended with an error. Details: `request_id`."""
