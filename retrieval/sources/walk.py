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


@dataclass(frozen=True, slots=True)
class OtherFile:
    """A file of another kind: ``ending`` is ".rtf", or empty.

    ``of_page`` is whether it is in the folder that a browser saves beside a web page.
    """

    ending: str
    of_page: bool = False


FoundFile = SourceFile | UnreadableFile | OtherFile

_PAGE_FOLDERS = ("_files", "_archivos", "_fichiers", "-Dateien", "_dateien")  # by browser language


def find_files(source: Path, suffixes: tuple[str, ...]) -> Iterator[FoundFile]:
    """Yield the files under ``source``, sorted by path: to read if they end in ``suffixes``.

    A source that is a file is yielded whatever its suffix. Hidden files and folders are skipped,
    and a folder that a symbolic link leads back to is not entered twice. What a browser has saved
    in a folder beside a web page is no document, whatever its suffix.
    """
    root = real_path(source)
    if not source.is_dir():
        name = display_name(source.name or root.name)
        yield _file(source, name, name)
    else:
        yield from _walk(source, display_name(root.name) or str(root), suffixes)


def real_path(path: Path) -> Path:
    """Return an absolute path without symbolic links; of one that leads to itself, up to it.

    `Path.resolve` raises for such a link.
    """
    return Path(os.path.realpath(path))


def display_name(name: str) -> str:
    """Return a file name as valid text: bytes that are not UTF-8 become U+FFFD."""
    return os.fsencode(name).decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class _Folder:
    """A folder to be listed; its names are those of `SourceFile`."""

    path: Path
    name: str
    relative_path: str


def _walk(root: Path, name: str, suffixes: tuple[str, ...]) -> Iterator[FoundFile]:
    """Yield the files in a folder and below, however deep they are."""
    visited = set[tuple[int, int]]()  # device and inode of each folder
    pending: list[_Folder | FoundFile] = [_Folder(root, name, "")]
    while pending:
        found = pending.pop()
        if isinstance(found, _Folder):
            pending += reversed(list(_listing(found, suffixes, visited)))
        else:
            yield found


def _listing(
    folder: _Folder, suffixes: tuple[str, ...], visited: set[tuple[int, int]]
) -> Iterator[_Folder | FoundFile]:
    """Yield what is in a folder that is not in ``visited``, in order, and add it to these."""
    try:
        status = folder.path.stat()
        with os.scandir(folder.path) as listing:
            entries = sorted(listing, key=lambda entry: entry.name)
    except OSError as error:
        yield UnreadableFile(folder.name, error.strerror or str(error))
        return
    if (status.st_dev, status.st_ino) in visited:
        return
    visited.add((status.st_dev, status.st_ino))
    pages = {os.path.splitext(entry.name)[0] for entry in entries if _is_page(entry.name)}
    for entry in entries:
        if entry.name.startswith("."):
            continue
        shown = display_name(entry.name)
        path, name = Path(entry.path), f"{folder.name}/{shown}"
        relative_path = f"{folder.relative_path}/{shown}".lstrip("/")
        if _is_folder(entry) and _is_folder_of_page(entry.name, pages):
            yield from _files_of_page(path)
        elif _is_folder(entry):
            yield _Folder(path, name, relative_path)
        elif entry.name.lower().endswith(suffixes):
            yield _file(path, name, relative_path)
        elif _is_regular(path):
            yield OtherFile(_ending(entry.name))


def _is_page(name: str) -> bool:
    """Whether a file's name is that of a web page."""
    return name.lower().endswith((".html", ".htm", ".xhtml"))


def _is_folder_of_page(name: str, pages: set[str]) -> bool:
    """Whether a folder is what a browser saved beside one of ``pages``, named without endings."""
    return any(name.endswith(end) and name[: -len(end)] in pages for end in _PAGE_FOLDERS)


def _files_of_page(folder: Path) -> Iterator[OtherFile]:
    """Yield the files in the folder of a saved web page."""
    for _, _, names in os.walk(folder):
        yield from (OtherFile(_ending(name), of_page=True) for name in names)


def _ending(name: str) -> str:
    """Return the ending of a file's name in lower case (".rtf"), or an empty text."""
    return display_name(os.path.splitext(name)[1]).lower()


def _is_regular(path: Path) -> bool:
    """Whether ``path`` is a file with content, not a pipe or a device."""
    try:
        return stat.S_ISREG(path.stat().st_mode)
    except OSError:
        return False


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
