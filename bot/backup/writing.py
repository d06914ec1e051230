"""Writes a data folder into a file.

That may be done while a bot and a build write. The parts are taken in this order, so that nothing
is missing from a later part that an earlier one tells of:

1. the generation, which never changes, held by links so that no build removes it meanwhile;
2. the earlier wordings, which a build writes before it publishes;
3. the copies of sites, of each when it is asked for again before its pages, and these before the
   list of them. What is newer than the generation is built when the bot starts;
4. the state. What it has announced is never announced again.
"""

import json
import shutil
import sqlite3
import tempfile
import zipfile
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path

from bot.backup.contents import CONTENTS, BackupContents
from bot.backup.errors import BackupExists, BackupFailed, NothingToBackUp
from bot.private_files import private_file
from bot.sqlite_snapshot import snapshot
from bot.state import STATE
from retrieval.disk import flush
from retrieval.errors import NoIndex
from retrieval.index.earlier_wordings import HISTORY
from retrieval.index.generations import CURRENT, GENERATIONS, current_folder, link_folder
from retrieval.index.remembered_sources import SOURCES
from retrieval.sources.web.site_copy import SITES, is_site_copy

_VISITS = ("visits.sqlite", "pdf_visits.sqlite")
_PAGES = ("pages", "pdfs")
_LISTS = ("pdfs.sqlite", "site.sqlite")
_PACKED = (".gz", ".npy")  # what compressing again makes no smaller
_TRIES = 5


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
        flush(new)
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
        values = contents.to_json(len(self._archive.namelist()))
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
