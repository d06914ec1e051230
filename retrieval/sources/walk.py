"""Finding the files of a source, in an order that does not change."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read, and how it is named to people.

    ``name`` begins with the source folder's own name; ``inside`` is the path within it.
    """

    path: Path
    name: str
    inside: str


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A folder that could not be listed, or what is neither folder nor file."""

    name: str
    reason: str


def files_in(source: Path, suffixes: tuple[str, ...]) -> Iterator[SourceFile | UnreadableFile]:
    """Yield the files under ``source`` that end in one of ``suffixes``, sorted by path.

    A source that is a file is yielded whatever its suffix. Hidden files and folders are passed
    over, and a folder that a symbolic link leads back to is not entered twice.
    """
    root = source.resolve()
    if not source.is_dir():
        name = shown_name(source.name or root.name)
        yield _file(source, name, name)
    else:
        yield from _walk(source, shown_name(root.name) or str(root), "", suffixes, set())


def shown_name(name: str) -> str:
    """A file's name as text: bytes that are no UTF-8 become a replacement character."""
    return os.fsencode(name).decode("utf-8", "replace")


def _walk(
    folder: Path, name: str, inside: str, suffixes: tuple[str, ...], entered: set[tuple[int, int]]
) -> Iterator[SourceFile | UnreadableFile]:
    """Yield what is in ``folder`` and below it."""
    try:
        status = folder.stat()
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        yield UnreadableFile(name, error.strerror or str(error))
        return
    if (status.st_dev, status.st_ino) in entered:
        return
    entered.add((status.st_dev, status.st_ino))
    for entry in entries:
        if entry.name.startswith("."):
            continue
        shown = shown_name(entry.name)
        path, entry_name = Path(entry.path), f"{name}/{shown}"
        entry_inside = f"{inside}/{shown}".lstrip("/")
        if _is_folder(entry):
            yield from _walk(path, entry_name, entry_inside, suffixes, entered)
        elif entry.name.lower().endswith(suffixes):
            yield _file(path, entry_name, entry_inside)


def _file(path: Path, name: str, inside: str) -> SourceFile | UnreadableFile:
    """Return the file at ``path``, unless reading it might never end: a pipe, a device.

    Of a link that leads nowhere, and the like, whoever reads it is told.
    """
    try:
        regular = stat.S_ISREG(path.stat().st_mode)
    except OSError:
        regular = True
    return (
        SourceFile(path, name, inside) if regular else UnreadableFile(name, "it is no regular file")
    )


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    """Whether an entry is a folder; a link that leads nowhere is not."""
    try:
        return entry.is_dir()
    except OSError:
        return False
