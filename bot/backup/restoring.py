"""Puts the content of a backup into a data folder."""

import errno
import json
import re
import shutil
import sqlite3
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath

from filelock import FileLock, Timeout

from bot.backup.contents import CONTENTS, FORMAT, PARTS, BackupContents
from bot.backup.errors import BackupUnusable, DataInUse, WouldReplace
from bot.private_files import FILE, FOLDER, make_private, private_file
from bot.state import STATE
from embeddings.errors import VerbatimError
from retrieval.disk import flush
from retrieval.errors import IndexBusy, SourcesUnknown
from retrieval.index.generations import GENERATIONS, LOCK
from retrieval.index.remembered_sources import built_from
from retrieval.sources.web.site_copy import SITES

RESTORING = "restoring"

_NAME = re.compile(
    r"(?!\.\.?(?:/|$))[\w.-]{1,255}(?:/(?!\.\.?(?:/|$))[\w.-]{1,255}){0,9}", re.ASCII
)
_FOLDERS = (SITES, GENERATIONS)
_MAX_CONTENTS = 1_000_000  # bytes of the file that says what is in a backup


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


def restore(file: Path, data: Path, *, replace: bool = False) -> Restored:
    """Put the content of a backup into a data folder.

    What is there is put aside with ``replace``. Nothing changes before the whole backup has been
    read and checked. Raises `BackupUnusable`, `WouldReplace`, `DataInUse`, `IndexBusy`, or
    `OSError`.
    """
    with _opened(file) as archive:
        with _reading(file, "it is no backup of Verbatim, or a damaged one"):
            contents, names = _contents(file, archive)
        there = [each for each in PARTS if (data / each).exists()]
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
                for part in PARTS:
                    if (new / part).exists():
                        (new / part).rename(data / part)
                flush(data)
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
    if any(each.compress_size > file.stat().st_size for each in archive.infolist()):
        raise ValueError("a file in it is larger than all of it")
    if archive.getinfo(CONTENTS).file_size > _MAX_CONTENTS:
        raise ValueError(f"{CONTENTS} is too large")
    values = json.loads(archive.read(CONTENTS))
    if values["format"] > FORMAT:
        raise BackupUnusable(file, "a newer version of Verbatim wrote it")
    names = [each for each in archive.namelist() if each != CONTENTS]
    if not _are_of_a_backup(names) or len(names) != values["files"]:
        raise BackupUnusable(file, "it has other files than a backup has")
    return BackupContents.from_json(values), names


def _are_of_a_backup(names: Sequence[str]) -> bool:
    """Whether files of these names are in a data folder, and there is room for each of them."""
    parents = {str(parent) for each in names for parent in PurePosixPath(each).parents}
    return len({each.casefold() for each in names}) == len(names) and all(
        _NAME.fullmatch(each)
        and each not in parents
        and (each in PARTS) != (each.split("/")[0] in _FOLDERS)
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
        flush(path)


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
    there = [each for each in PARTS if (data / each).exists()]
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
