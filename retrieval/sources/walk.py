"""Find the files of a source, in a fixed order."""

import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True, slots=True)
class SourceFile:
    """A file to read.

    ``name`` is for display and begins with the source folder's own name; ``relative_path`` is
    relative to that folder. Both have "/" as separator.
    """

    path: Path
    name: str
    relative_path: str


@dataclass(frozen=True, slots=True)
class UnreadableFile:
    """A folder that could not be listed, or a path that is neither a folder nor a regular file."""

    name: str
    reason: str


def find_files(source: Path, suffixes: tuple[str, ...]) -> Iterator[SourceFile | UnreadableFile]:
    """Yield the files under ``source`` that end in one of ``suffixes``, sorted by path.

    A source that is a file is yielded whatever its suffix. Hidden files and folders are skipped,
    and a folder that a symbolic link leads back to is not entered twice.
    """
    root = source.resolve()
    if not source.is_dir():
        name = display_name(source.name or root.name)
        yield _file(source, name, name)
    else:
        yield from _walk(source, display_name(root.name) or str(root), "", suffixes, set())


def display_name(name: str) -> str:
    """Return a file name as valid text: bytes that are not UTF-8 become U+FFFD."""
    return os.fsencode(name).decode("utf-8", "replace")


def _walk(
    folder: Path,
    name: str,
    relative_path: str,
    suffixes: tuple[str, ...],
    visited: set[tuple[int, int]],
) -> Iterator[SourceFile | UnreadableFile]:
    """Yield the files in ``folder`` and below; ``visited`` has device and inode of each folder."""
    try:
        status = folder.stat()
        with os.scandir(folder) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        yield UnreadableFile(name, error.strerror or str(error))
        return
    if (status.st_dev, status.st_ino) in visited:
        return
    visited.add((status.st_dev, status.st_ino))
    for entry in entries:
        if entry.name.startswith("."):
            continue
        shown = display_name(entry.name)
        path, entry_name = Path(entry.path), f"{name}/{shown}"
        entry_path = f"{relative_path}/{shown}".lstrip("/")
        if _is_folder(entry):
            yield from _walk(path, entry_name, entry_path, suffixes, visited)
        elif entry.name.lower().endswith(suffixes):
            yield _file(path, entry_name, entry_path)


def _file(path: Path, name: str, relative_path: str) -> SourceFile | UnreadableFile:
    """Return the file at ``path``, or the reason why not: reading a pipe or device may never end.

    A broken link counts as a file here, so that opening it reports the operating system's reason.
    """
    try:
        is_regular = stat.S_ISREG(path.stat().st_mode)
    except OSError:
        is_regular = True
    if not is_regular:
        return UnreadableFile(name, "not a regular file")
    return SourceFile(path, name, relative_path)


def _is_folder(entry: "os.DirEntry[str]") -> bool:
    """Whether an entry is a folder; a broken link is not one."""
    try:
        return entry.is_dir()
    except OSError:
        return False
