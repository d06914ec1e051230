"""What one document raises is its refusal, and stops nothing else.

A reader says with a `ValueError` why it refuses a document. The libraries that it reads with may
raise anything else when a document is made to break them: an error of recursion, of memory, of a
type. Here all of that becomes a reason.
"""

import zlib
from collections.abc import Callable

from retrieval.release import RefusedDocument
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.limits import check_draft

_MAX_REASON = 300  # characters
_LARGE = "it needs more memory than there is"
_NESTED = "it nests too deeply to be read"
_CUT = "the compressed file is truncated or damaged: read only up to that point"


def guarded(read: Callable[[], ReleaseDraft]) -> Callable[[], ReleaseDraft]:
    """Return a reader that returns the draft of ``read``, if that is within the limits.

    It raises `ValueError` with the reason, whatever ``read`` raises, but an error of the operating
    system as it is.
    """

    def guarded_read() -> ReleaseDraft:
        try:
            return check_draft(read())
        except (ValueError, OSError):
            raise
        except Exception as error:
            raise ValueError(reason_of(error)) from error

    return guarded_read


def refused(source: str, error: Exception) -> RefusedDocument:
    """The refusal of the document that raised an error."""
    return RefusedDocument(source, reason_of(error))


def reason_of(error: Exception) -> str:
    """Why a document that raised an error cannot be read: one line, in words."""
    match error:
        case EOFError() | zlib.error():
            return _CUT
        case OSError():
            reason = error.strerror or str(error)
        case RecursionError():
            return _NESTED
        case MemoryError():
            return _LARGE
        case ValueError():
            reason = str(error)
        case _:
            reason = f"its reader failed ({type(error).__name__}: {error})"
    reason = " ".join(reason.split()) or type(error).__name__
    return reason if len(reason) <= _MAX_REASON else f"{reason[:_MAX_REASON]}…"
