"""The PDFs that a release links to, as paragraphs that follow its own."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from urllib.parse import unquote, urlsplit

from retrieval.release import AttachedDocument, Place
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.limits import MAX_LINES, MAX_TEXT
from retrieval.sources.pdf import read_pdf_text
from retrieval.text.lines import clean
from retrieval.text.overlap import Repetition

MAX_ATTACHMENTS = 10
"""How many PDFs of a release are read."""

MAX_PAGES = 60
"""How many pages one may have: a longer one is a report or a law, and would drown the release."""

SHARED = "several releases link to it, so it is read with none of them"
"""What is said of a PDF such as a form or a press kit."""

ELSEWHERE = "it is on another site, from which no PDF is read (verbatim sources add, --pdf-host)"
"""What is said of a PDF on a host that is not known to be the newsroom's."""

TOO_MANY = f"it links to more than {MAX_ATTACHMENTS} PDFs, of which only the first were read"
"""What is said of a release with a whole library below it."""

READING = 1
"""To be raised with any change of what is read of a PDF, since copies of sites keep its text."""

_TOO_LONG = f"its PDFs have more text than is read of a release: {MAX_TEXT:,} characters"
_REPEATED = "a PDF that it links to repeats its text, and was not read again"
_LONGEST_NAME = 60  # characters


@dataclass(frozen=True, slots=True)
class AttachedText:
    """The text of a PDF that a release links to, as a draft without a title."""

    document: AttachedDocument
    text: ReleaseDraft


def read_attachment(data: bytes) -> ReleaseDraft:
    """Return the text of a PDF that a release links to.

    Raises:
        ValueError: If it is damaged, encrypted, too long, or a scan; says why.
    """
    return read_pdf_text(data, MAX_PAGES)


def with_attachments(draft: ReleaseDraft, attached: Iterable[AttachedText]) -> ReleaseDraft:
    """Return a release with the paragraphs of its attachments after its own.

    One that merely repeats the release, or an attachment before it, adds nothing but a note. So
    does the first that is beyond the limits of a release, with those after it.
    """
    said = Repetition((draft.title, *draft.paragraphs))
    paragraphs, notes = list(draft.paragraphs), list(draft.notes)
    places = list(draft.places) or [Place()] * len(paragraphs)
    size = sum(map(len, paragraphs))
    for each in attached:
        if said.of(each.text.paragraphs):
            notes += [] if _REPEATED in notes else [_REPEATED]
            continue
        size += sum(map(len, each.text.paragraphs))
        if size > MAX_TEXT or len(paragraphs) + len(each.text.paragraphs) > MAX_LINES:
            notes.append(_TOO_LONG)
            break
        said.add(each.text.paragraphs)
        paragraphs += each.text.paragraphs
        places += (Place(place.page, each.document) for place in each.text.places)
    if len(paragraphs) == len(draft.paragraphs):
        return replace(draft, notes=tuple(notes))
    return replace(draft, paragraphs=tuple(paragraphs), places=tuple(places), notes=tuple(notes))


def pdf_name(address: str) -> str | None:
    """Return the name of the file at an address, if it is that of a PDF."""
    name = PurePosixPath(unquote(urlsplit(address).path, errors="replace")).name
    return shown_name(name) if name.lower().endswith(".pdf") else None


def shown_name(name: str) -> str:
    """Return a name on one line, shortened in the middle so that it keeps its ending."""
    name = clean(name)
    if len(name) <= _LONGEST_NAME:
        return name
    return f"{name[: _LONGEST_NAME - 13]}…{name[-12:]}"
