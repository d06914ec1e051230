"""Read press releases from folders and files, with one reader for each file format."""

import zlib
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from retrieval.errors import NoReleases, SourceMissing
from retrieval.release import DocumentNote, RefusedDocument, Release
from retrieval.sources.copied_page import read_copied_page
from retrieval.sources.decoding import decode
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.html.reader import read_html
from retrieval.sources.ids import IdAllocator, slugify
from retrieval.sources.jsonlines import InvalidRow, read_rows
from retrieval.sources.markdown import read_markdown
from retrieval.sources.walk import SourceFile, UnreadableFile, find_files

_MAX_FILE_SIZE = 20_000_000  # bytes, of a file that holds one release

_PAGE_READERS: dict[str, Callable[[str], ReleaseDraft]] = {
    ".txt": read_copied_page,
    ".text": read_copied_page,
    ".md": read_markdown,
    ".markdown": read_markdown,
    ".html": read_html,
    ".htm": read_html,
}
_ROW_SUFFIXES = (".jsonl", ".jsonl.gz")

Document = Release | RefusedDocument | DocumentNote
"""What reading yields: a release, or what there is to say of a document or a folder."""

SUFFIXES: tuple[str, ...] = (*_PAGE_READERS, *_ROW_SUFFIXES)
"""The file name endings that are read when a folder is searched."""


def read_sources(paths: Sequence[Path], *, newsroom: str | None = None) -> Iterator[Document]:
    """Return an iterator over the releases in ``paths``, in a fixed order.

    A document that cannot be read is yielded as a `RefusedDocument` in its place, and reading
    continues with the next one. What a reader has to say of a document follows its release.

    Args:
        paths: Folders, which are searched recursively, and files.
        newsroom: The newsroom of releases whose source gives neither a newsroom nor a URL.

    Raises:
        SourceMissing: Immediately, if one of ``paths`` does not exist.
        NoReleases: At the end of the iteration, if no release was read.
    """
    for path in paths:
        if not path.exists():
            raise SourceMissing(path)
    return _read_paths(tuple(paths), newsroom)


def _read_paths(paths: tuple[Path, ...], newsroom: str | None) -> Iterator[Document]:
    """Yield the releases in ``paths``; a file that is reached twice is read once."""
    ids, visited = IdAllocator(), set[Path]()
    releases = refused = 0
    for path in paths:
        for file in find_files(path, SUFFIXES):
            if isinstance(file, UnreadableFile):
                refused += 1
                yield RefusedDocument(file.name, file.reason)
                continue
            real_path = file.path.resolve()
            if real_path in visited:
                continue
            visited.add(real_path)
            for item in _read_file(file, ids, newsroom):
                releases += isinstance(item, Release)
                refused += isinstance(item, RefusedDocument)
                yield item
    if not releases:
        raise NoReleases(paths, SUFFIXES, refused)


def _read_file(file: SourceFile, ids: IdAllocator, newsroom: str | None) -> Iterator[Document]:
    """Yield the releases of one file, or the reason why it has none."""
    suffix = next((suffix for suffix in SUFFIXES if file.name.lower().endswith(suffix)), None)
    try:
        if suffix is None:
            yield RefusedDocument(
                file.name, f"unknown file type: the types read are {', '.join(SUFFIXES)}"
            )
        elif suffix in _ROW_SUFFIXES:
            yield from _read_rows(file, ids, newsroom)
        else:
            yield from _read_page(file, suffix, ids, newsroom)
    except (EOFError, zlib.error):
        yield RefusedDocument(
            file.name, "the compressed file is truncated or damaged: read only up to that point"
        )
    except OSError as error:
        yield RefusedDocument(file.name, error.strerror or str(error))


def _read_page(
    file: SourceFile, suffix: str, ids: IdAllocator, newsroom: str | None
) -> Iterator[Document]:
    """Yield the one release that a file holds, and the notes on it."""
    if file.path.stat().st_size > _MAX_FILE_SIZE:
        yield RefusedDocument(file.name, f"larger than {_MAX_FILE_SIZE:,} bytes")
        return
    try:
        draft = _PAGE_READERS[suffix](decode(file.path.read_bytes()))
    except ValueError as error:
        yield RefusedDocument(file.name, str(error))
        return
    if draft.is_empty:
        yield RefusedDocument(file.name, "the file is empty")
        return
    wanted = draft.id or slugify(file.relative_path[: -len(suffix)])
    id = ids.allocate(wanted, origin=file.name)
    yield draft.to_release(id=id, source=file.name, newsroom=newsroom)
    yield from (DocumentNote(file.name, note) for note in draft.notes)


def _read_rows(file: SourceFile, ids: IdAllocator, newsroom: str | None) -> Iterator[Document]:
    """Yield the releases of a file that holds one per line."""
    for row in read_rows(file.path):
        source = f"{file.name}:{row.line}"
        if isinstance(row, InvalidRow):
            yield RefusedDocument(source, row.reason)
        else:
            id = ids.allocate(row.draft.id or row.digest, origin=row.digest)
            yield row.draft.to_release(id=id, source=source, newsroom=newsroom)
