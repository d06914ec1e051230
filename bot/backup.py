"""A data folder in one file, and back: ``verbatim backup`` and ``verbatim restore``.

The file is a ZIP archive with what cannot be made again: the current generation, its sources, the
copies of web sites, the earlier wordings, and the state of the bot. Models and caches are left out.

A backup may be taken while a bot and a build write. The parts are taken in this order, so that
nothing is missing from a later part that an earlier one tells of:

1. the generation, which never changes, held by links so that no build removes it meanwhile;
2. the earlier wordings, which a build writes before it publishes;
3. the copies of sites, of each when it is asked for again before its pages, and these before the
   list of them. What is newer than the generation is built when the bot starts;
4. the state. What it has announced is never announced again.
"""

import errno
import json
import os
import re
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from bot.private_files import FILE, FOLDER, make_private, private_file
from bot.sqlite_snapshot import snapshot
from bot.state import STATE
from embeddings.errors import VerbatimError
from retrieval.errors import IndexBusy, NoIndex, SourcesUnknown
from retrieval.index.earlier_wordings import HISTORY
from retrieval.index.generations import (
    CURRENT,
    GENERATIONS,
    LOCK,
    current_folder,
    link_folder,
)
from retrieval.index.remembered_sources import SOURCES, built_from
from retrieval.sources.web.site_copy import SITES, is_site_copy
from retrieval.timestamps import parse_timestamp

FORMAT = 1
CONTENTS = "verbatim-backup.json"
RESTORING = "restoring"

# In the order in which they are put in place: with the last one, the index is there.
_PARTS = (STATE, HISTORY, SITES, SOURCES, GENERATIONS, CURRENT)
_VISITS = ("visits.sqlite", "pdf_visits.sqlite")
_PAGES = ("pages", "pdfs")
_LISTS = ("pdfs.sqlite", "site.sqlite")
_PACKED = (".gz", ".npy")  # what compressing again makes no smaller
_NAME = re.compile(
    r"(?!\.\.?(?:/|$))[\w.-]{1,255}(?:/(?!\.\.?(?:/|$))[\w.-]{1,255}){0,9}", re.ASCII
)
_FOLDERS = (SITES, GENERATIONS)
_MAX_CONTENTS = 1_000_000  # bytes of the file that says what is in a backup
_TRIES = 5


class NothingToBackUp(VerbatimError):
    """A data folder with neither an index nor anything else."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"there is nothing to back up in {data}. Name the data folder: --data DIR")
        self.data = data


class BackupExists(VerbatimError):
    """The file of a backup is there already."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already. Name another file, or add --replace")
        self.path = path


class BackupFailed(VerbatimError):
    """Something of a data folder cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot back up {path}: {reason}. See what is wrong: verbatim doctor")
        self.path = path
        self.reason = reason


class BackupUnusable(VerbatimError):
    """A file that is no backup, or a damaged one."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot restore {path}: {reason}. Nothing has changed")
        self.path = path
        self.reason = reason


class WouldReplace(VerbatimError):
    """A restoration would replace what is in a data folder."""

    def __init__(self, data: Path, names: Sequence[str]) -> None:
        super().__init__(
            f"{data} has {', '.join(names)} already. Restore into another folder with --data, "
            "or add --replace, which puts them aside"
        )
        self.data = data
        self.names = tuple(names)


class DataInUse(VerbatimError):
    """A bot is running on a data folder that is to be replaced."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"a bot is running on {data}. Stop it, and restore then")
        self.data = data


@dataclass(frozen=True, slots=True)
class BackupContents:
    """What is in a backup.

    Attributes:
        taken: when it was taken.
        generation: the name of the generation; None if there was no index.
        sites: the names of the folders of the copies of web sites.
        history: whether it has earlier wordings.
        state: whether it has the state of a bot.
    """

    taken: datetime
    generation: str | None
    sites: tuple[str, ...]
    history: bool
    state: bool


@dataclass(frozen=True, slots=True)
class Restored:
    """A backup that was restored.

    Attributes:
        contents: what was in it.
        aside: where what was there before is; None if nothing was.
        missing: the sources of the index that are not on this machine.
    """

    contents: BackupContents
    aside: Path | None
    missing: tuple[Path, ...]


def back_up(data: Path, file: Path, *, replace: bool = False) -> BackupContents:
    """Write a data folder into a file, which is complete when it is there.

    Raises `NothingToBackUp`, `BackupExists` unless it may ``replace`` the file, `BackupFailed`, or
    `OSError`.
    """
    if file.exists() and not replace:
        raise BackupExists(file)
    if not any((data / each).exists() for each in (CURRENT, HISTORY, SITES, STATE)):
        raise NothingToBackUp(data)
    new = file.with_name(f"{file.name}.new")
    new.unlink(missing_ok=True)
    private_file(new)
    try:
        with (
            tempfile.TemporaryDirectory(dir=data, prefix="backup-") as temporary,
            zipfile.ZipFile(
                new, "w", zipfile.ZIP_DEFLATED, compresslevel=1, strict_timestamps=False
            ) as archive,
        ):
            contents = _Writer(data, Path(temporary), archive).write()
        _flush(new)
        new.replace(file)
    finally:
        new.unlink(missing_ok=True)
    return contents


class _Writer:
    """Writes the parts of a data folder into an archive."""

    def __init__(self, data: Path, temporary: Path, archive: zipfile.ZipFile) -> None:
        self._data = data
        self._temporary = temporary
        self._archive = archive

    def write(self) -> BackupContents:
        generation = self._write_index()
        history = self._write_database(HISTORY)
        sites = tuple(self._write_sites())
        state = self._write_database(STATE, "UPDATE refresh SET unbuilt = 1")
        contents = BackupContents(datetime.now(UTC), generation, sites, history, state)
        values = {
            "format": FORMAT,
            "taken": contents.taken.isoformat(timespec="seconds"),
            "generation": generation,
            "sites": sites,
            "history": history,
            "state": state,
            "files": len(self._archive.namelist()),
        }
        self._archive.writestr(CONTENTS, json.dumps(values, indent=1))
        return contents

    def _write_index(self) -> str | None:
        held = self._temporary / "generation"
        for _ in range(_TRIES):
            before = self._pointers()
            try:
                folder = current_folder(self._data)
                link_folder(folder, held)
            except NoIndex:
                return None
            except FileNotFoundError:  # two builds have published since
                shutil.rmtree(held, ignore_errors=True)
                continue
            if self._pointers() == before:
                break
            shutil.rmtree(held)
        else:
            raise BackupFailed(self._data, "its index is replaced all the time")
        self._write_folder(held, f"{GENERATIONS}/{folder.name}")
        for name, content in zip((CURRENT, SOURCES), before, strict=True):
            if content is not None:
                self._archive.writestr(name, content)
        return folder.name

    def _pointers(self) -> tuple[bytes | None, ...]:
        """What names the generation and its sources."""
        paths = (self._data / each for each in (CURRENT, SOURCES))
        return tuple(path.read_bytes() if path.exists() else None for path in paths)

    def _write_sites(self) -> Iterator[str]:
        top = self._data / SITES
        for folder in sorted(top.iterdir()) if top.is_dir() else ():
            if not is_site_copy(folder):
                continue
            name = f"{SITES}/{folder.name}"
            for database in _VISITS:
                self._write_database(f"{name}/{database}")
            for pages in _PAGES:
                self._write_folder(folder / pages, f"{name}/{pages}")
            for database in _LISTS:
                self._write_database(f"{name}/{database}")
            for pages in _PAGES:  # those that have come meanwhile
                self._write_folder(folder / pages, f"{name}/{pages}")
            yield folder.name

    def _write_database(self, name: str, statement: str | None = None) -> bool:
        """Write a SQLite file, changed by a statement; return whether there is one."""
        path, copy = self._data / name, self._temporary / "snapshot"
        if not path.exists():
            return False
        try:
            snapshot(path, copy)
            if statement:
                # An older version has no such table.
                with (
                    suppress(sqlite3.OperationalError),
                    closing(sqlite3.connect(copy)) as connection,
                    connection,
                ):
                    connection.execute(statement)
        except sqlite3.Error as error:
            raise BackupFailed(path, str(error)) from error
        self._write_file(copy, name)
        return True

    def _write_folder(self, folder: Path, name: str) -> None:
        """Write the files below a folder that are not in the archive yet."""
        known = self._archive.NameToInfo
        for path in sorted(folder.rglob("*")):
            within = f"{name}/{path.relative_to(folder).as_posix()}"
            if within in known or path.suffix == ".new":
                continue
            with suppress(FileNotFoundError):  # a page that has just been replaced
                if path.is_file():
                    self._write_file(path, within)

    def _write_file(self, path: Path, name: str) -> None:
        packed = path.suffix in _PACKED
        self._archive.write(path, name, zipfile.ZIP_STORED if packed else None)


def restore(file: Path, data: Path, *, replace: bool = False) -> Restored:
    """Put the content of a backup into a data folder.

    What is there is put aside with ``replace``. Nothing changes before the whole backup has been
    read and checked. Raises `BackupUnusable`, `WouldReplace`, `DataInUse`, `IndexBusy`, or
    `OSError`.
    """
    with _opened(file) as archive:
        with _reading(file, "it is no backup of Verbatim, or a damaged one"):
            contents, names = _contents(file, archive)
        there = [each for each in _PARTS if (data / each).exists()]
        if there and not replace:
            raise WouldReplace(data, there)
        make_private(data)
        with _locked(data):
            _require_stopped(data)
            new = data / RESTORING
            shutil.rmtree(new, ignore_errors=True)  # left by a restoration that was killed
            new.mkdir(mode=FOLDER)
            try:
                _extract(file, archive, names, new)
                aside = _put_aside(data)
                for part in _PARTS:
                    if (new / part).exists():
                        (new / part).rename(data / part)
                _flush(data)
            finally:
                shutil.rmtree(new, ignore_errors=True)
    return Restored(contents, aside, tuple(_missing(data)))


@contextmanager
def _opened(file: Path) -> Iterator[zipfile.ZipFile]:
    with file.open("rb") as stream:
        with _reading(file, "it is no backup, or not a whole one"):
            archive = zipfile.ZipFile(stream)
        with archive:
            yield archive


@contextmanager
def _reading(file: Path, reason: str) -> Iterator[None]:
    """Raise `BackupUnusable` for whatever an archive that is damaged, or made to be, raises."""
    try:
        yield
    except (VerbatimError, MemoryError):
        raise
    except OSError as error:
        # A place before the beginning of the file, or data that is not what its method makes.
        if error.errno not in (None, errno.EINVAL):
            raise
        raise BackupUnusable(file, reason) from error
    except Exception as error:  # of zipfile, and of each of its decompressors
        raise BackupUnusable(file, reason) from error


def _contents(file: Path, archive: zipfile.ZipFile) -> tuple[BackupContents, list[str]]:
    """What a backup has, and the names of its files, none of which leads out of a folder.

    Raises whatever reading it raises: see `_reading`.
    """
    methods = {each.compress_type for each in archive.infolist()}
    if not methods <= {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}:
        raise ValueError("it is compressed as no backup is")  # others may take any memory
    if archive.getinfo(CONTENTS).file_size > _MAX_CONTENTS:
        raise ValueError(f"{CONTENTS} is too large")
    values = json.loads(archive.read(CONTENTS))
    if values["format"] > FORMAT:
        raise BackupUnusable(file, "a newer version of Verbatim wrote it")
    names = [each for each in archive.namelist() if each != CONTENTS]
    if not _are_of_a_backup(names) or len(names) != values["files"]:
        raise BackupUnusable(file, "it has other files than a backup has")
    generation, sites = values["generation"], tuple(values["sites"])
    if not all(isinstance(each, str) for each in (generation or "", *sites)):
        raise TypeError("a name in it is not a text")
    contents = BackupContents(
        parse_timestamp(values["taken"]),
        generation,
        sites,
        bool(values["history"]),
        bool(values["state"]),
    )
    return contents, names


def _are_of_a_backup(names: Sequence[str]) -> bool:
    """Whether files of these names are in a data folder, and there is room for each of them."""
    parents = {str(parent) for each in names for parent in PurePosixPath(each).parents}
    return len({each.casefold() for each in names}) == len(names) and all(
        _NAME.fullmatch(each)
        and each not in parents
        and (each in _PARTS) != (each.split("/")[0] in _FOLDERS)
        for each in names
    )


def _extract(file: Path, archive: zipfile.ZipFile, names: Sequence[str], to: Path) -> None:
    """Extract the files of a backup, flushed to the disk. Raises `BackupUnusable`."""
    size = sum(archive.getinfo(each).file_size for each in names)
    if size > (free := shutil.disk_usage(to).free):
        need = f"it takes {size // 2**20:,} MiB, and {free // 2**20:,} are free"
        raise BackupUnusable(file, need)
    for name in names:
        path = to / name
        for parent in reversed(PurePosixPath(name).parents):
            (to / parent).mkdir(mode=FOLDER, exist_ok=True)
        private_file(path)
        with (
            _reading(file, f"{name} in it is damaged"),
            archive.open(name) as source,
            path.open("wb") as target,
        ):
            shutil.copyfileobj(source, target, 1 << 20)  # compares checksums at its end
        _flush(path)


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    """Hold the lock of builds. Raises `IndexBusy`."""
    lock = FileLock(data / LOCK, mode=FILE)
    try:
        lock.acquire(blocking=False)
    except Timeout as error:
        raise IndexBusy(data) from error
    try:
        yield
    finally:
        lock.release()


def _require_stopped(data: Path) -> None:
    """Raise `DataInUse` if another process has the state open; write its log into it."""
    if not (data / STATE).exists():
        return
    with closing(sqlite3.connect(data / STATE, timeout=0)) as connection:
        try:
            # Which SQLite grants only to the one who has the file alone.
            connection.execute("PRAGMA journal_mode = DELETE")
        except sqlite3.OperationalError as error:
            raise DataInUse(data) from error
        except sqlite3.DatabaseError:
            return  # damaged: it is replaced


def _put_aside(data: Path) -> Path | None:
    """Move what a restoration replaces into a new folder; None if there is nothing."""
    # Also the backup of the state, which must not repair another one.
    there = [each for each in _PARTS if (data / each).exists()]
    there += [each.name for each in data.glob("state.*") if each.name not in (STATE, "state.lock")]
    if not there:
        return None
    aside, number = data / "before-restore", 1
    while aside.exists():
        number += 1
        aside = data / f"before-restore-{number}"
    aside.mkdir(mode=FOLDER)
    for name in reversed(there):
        (data / name).rename(aside / name)
    return aside


def _missing(data: Path) -> Iterator[Path]:
    try:
        sources = built_from(data)
    except SourcesUnknown:
        return
    yield from (path for path in sources.paths if not path.exists())


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
