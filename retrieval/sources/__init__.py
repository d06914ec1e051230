"""Reading press releases from folders and files, one reader per form."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from retrieval.errors import NoReleases, SourceMissing
from retrieval.release import RefusedDocument, Release
from retrieval.sources.copied_page import read_text
from retrieval.sources.decoding import decode
from retrieval.sources.draft import Draft, IdAllocator, slug
from retrieval.sources.html import read_html
from retrieval.sources.jsonlines import BadRowError, read_rows
from retrieval.sources.markdown import read_markdown
from retrieval.sources.walk import SourceFile, UnreadableFile, files_in

_LARGEST_FILE = 20_000_000  # bytes, of a file that is one release

_PAGES: dict[str, Callable[[str], Draft]] = {
    ".txt": read_text,
    ".text": read_text,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
}
_ROWS = (".jsonl", ".jsonl.gz")

SUFFIXES: tuple[str, ...] = (*_PAGES, *_ROWS)
"""What is looked for in a folder: how a file's name ends."""


def read_sources(
    paths: Sequence[Path], *, newsroom: str | None = None
) -> Iterator[Release | RefusedDocument]:
    """Return an iterator over the releases in ``paths`` (folders and files), in a fixed order.

    What cannot be read is yielded as ``RefusedDocument`` in its place and stops nothing.
    ``newsroom`` is whose a release is when its source names neither a newsroom nor a web address.

    Raises:
        SourceMissing: at once, if one of ``paths`` does not exist.
        NoReleases: at the end of the iteration, if there was not one release.
    """
    for path in paths:
        if not path.exists():
            raise SourceMissing(path)
    return _read(tuple(paths), newsroom)


def _read(paths: tuple[Path, ...], newsroom: str | None) -> Iterator[Release | RefusedDocument]:
    """Yield what is in ``paths``; a file that two of them hold is read once."""
    identities, seen = IdAllocator(), set[Path]()
    releases = refused = 0
    for path in paths:
        for found in files_in(path, SUFFIXES):
            if isinstance(found, UnreadableFile):
                refused += 1
                yield RefusedDocument(found.name, found.reason)
                continue
            real = found.path.resolve()
            if real in seen:
                continue
            seen.add(real)
            for item in _read_file(found, identities, newsroom):
                if isinstance(item, Release):
                    releases += 1
                else:
                    refused += 1
                yield item
    if not releases:
        raise NoReleases(paths, SUFFIXES, refused)


def _read_file(
    found: SourceFile, identities: IdAllocator, newsroom: str | None
) -> Iterator[Release | RefusedDocument]:
    """Yield the releases of one file, or why there are none."""
    suffix = next((known for known in SUFFIXES if found.name.lower().endswith(known)), None)
    try:
        if suffix is None:
            readable = ", ".join(SUFFIXES)
            yield RefusedDocument(
                found.name, f"no press release by its name: readable are {readable}"
            )
        elif suffix in _ROWS:
            yield from _read_lines(found, identities, newsroom)
        else:
            yield _read_page(found, suffix, identities, newsroom)
    except (EOFError, zlib.error):
        yield RefusedDocument(
            found.name, "the compressed file is cut off or damaged: read up to there"
        )
    except OSError as error:
        yield RefusedDocument(found.name, error.strerror or str(error))


def _read_page(
    found: SourceFile, suffix: str, identities: IdAllocator, newsroom: str | None
) -> Release | RefusedDocument:
    """Return the release that a file is."""
    if found.path.stat().st_size > _LARGEST_FILE:
        return RefusedDocument(found.name, f"larger than {_LARGEST_FILE:,} bytes")
    try:
        draft = _PAGES[suffix](decode(found.path.read_bytes()))
    except ValueError as error:
        return RefusedDocument(found.name, str(error))
    if draft.is_empty:
        return RefusedDocument(found.name, "it is empty")
    wanted = draft.id or slug(found.inside[: -len(suffix)])
    id = identities.claim(wanted, found.name)
    return draft.release(id=id, source=found.name, newsroom=newsroom)


def _read_lines(
    found: SourceFile, identities: IdAllocator, newsroom: str | None
) -> Iterator[Release | RefusedDocument]:
    """Yield the releases of a file that has one a line."""
    for number, row, origin in read_rows(found.path):
        source = f"{found.name}:{number}"
        if isinstance(row, BadRowError):
            yield RefusedDocument(source, str(row))
        else:
            id = identities.claim(row.id or origin, origin)
            yield row.release(id=id, source=source, newsroom=newsroom)
