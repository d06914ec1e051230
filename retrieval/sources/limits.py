"""How much one release may hold. What is beyond that is no press release, and is refused."""

from collections.abc import Mapping
from typing import Any

from retrieval.sources.draft import ReleaseDraft

MAX_TEXT = 1_000_000
"""Characters of a release's text, its attachments included: some 500 printed pages."""

MAX_LINES = 20_000
"""Lines of a text file, and paragraphs of any release."""

MAX_FIELD = 2_000
"""Characters of a title, an author, a newsroom, an address or an id."""

_MAX_MARKUP = 5 * MAX_TEXT
_MAX_NAMED = 40  # characters of a field's name


class BeyondLimit(ValueError):
    """A document is beyond a limit; the message is the reason, for the user."""

    def __init__(self, what: str, found: int, limit: int, unit: str = "characters") -> None:
        super().__init__(f"{what} has {found:,} {unit}: at most {limit:,} are read")


def check_text(text: str) -> str:
    """Return the text of a file, or raise `BeyondLimit`: so much would take minutes to read."""
    if len(text) > MAX_TEXT:
        raise BeyondLimit("the file", len(text), MAX_TEXT)
    if (lines := text.count("\n") + 1) > MAX_LINES:
        raise BeyondLimit("the file", lines, MAX_LINES, "lines")
    return text


def check_fields(record: Mapping[Any, Any]) -> None:
    """Raise `BeyondLimit` if a text of a record is longer than the HTML of a release can be."""
    for name, value in record.items():
        if isinstance(value, str) and len(value) > _MAX_MARKUP:
            raise BeyondLimit(f"its field {str(name)[:_MAX_NAMED]!r}", len(value), _MAX_MARKUP)


def check_draft(draft: ReleaseDraft) -> ReleaseDraft:
    """Return a draft, or raise `BeyondLimit`."""
    fields = (
        ("its title", draft.title),
        ("its author", draft.author),
        ("its newsroom", draft.newsroom),
        ("its address", draft.url),
        ("its id", draft.id),
    )
    for what, value in fields:
        if value and len(value) > MAX_FIELD:
            raise BeyondLimit(what, len(value), MAX_FIELD)
    if len(draft.paragraphs) > MAX_LINES:
        raise BeyondLimit("its text", len(draft.paragraphs), MAX_LINES, "paragraphs")
    if (size := sum(map(len, draft.paragraphs))) > MAX_TEXT:
        raise BeyondLimit("its text", size, MAX_TEXT)
    return draft
