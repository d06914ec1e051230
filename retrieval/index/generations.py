"""Generations on disk: immutable folders, and one small file that names the current one.

    data/
      CURRENT                     the name of the generation in use
      SOURCES                     what it was built from, as JSON
      generations/NAME/           manifest.json, releases.sqlite, vectors.npy, passages.npy, …
      building/                   a generation being written; it is renamed when complete
      pending/                    vectors of a build that was interrupted
      lock                        held by whoever builds

A generation is published by renaming its finished folder and then replacing ``CURRENT``, so that a
reader sees the old one or the new one, whole. Files are flushed to disk before either step.
"""

import errno
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from retrieval.errors import (
    CannotWrite,
    IndexBusy,
    IndexDamaged,
    IndexVersion,
    NoIndex,
    SourcesUnknown,
)
from retrieval.index.manifest import FORMAT, MANIFEST, Manifest, files_sha256

CURRENT = "CURRENT"
SOURCES = "SOURCES"
GENERATIONS = "generations"
BUILDING = "building"
PENDING = "pending"
_LOCK = "lock"
_NAME = re.compile(r"g\d{6,9}")

Stamp = tuple[int, int]
"""Tells one writing of ``CURRENT`` from another."""


def current_folder(data: Path) -> Path:
    """The folder of the generation in use. Raises `NoIndex` or `IndexDamaged`."""
    pointer = data / CURRENT
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoIndex(data) from error
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(pointer, _reason(error)) from error
    folder = data / GENERATIONS / name
    if not _NAME.fullmatch(name) or not folder.is_dir():
        raise IndexDamaged(pointer, f"it names {name!r}, which is not there")
    return folder


def current_stamp(data: Path) -> Stamp | None:
    """What changes whenever a generation is published, whatever its name; None without one."""
    try:
        status = (data / CURRENT).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def built_from(data: Path) -> tuple[Path, ...]:
    """What the index was built from last; nothing where there never was one.

    It stands beside the generations, so that a damaged one can be built anew from the same. Raises
    `SourcesUnknown` where there is an index and this cannot be read.
    """
    try:
        listed = json.loads((data / SOURCES).read_text(encoding="utf-8"))
        return tuple(Path(source) for source in listed)
    except (OSError, ValueError, TypeError) as error:
        if isinstance(error, OSError) and not (data / CURRENT).exists():
            return ()
        raise SourcesUnknown(data) from error


def remember_sources(data: Path, sources: Sequence[Path]) -> None:
    """Write down what the index is built from, in one step."""
    new = data / f"{SOURCES}.new"
    new.write_text(json.dumps([str(path.resolve()) for path in sources]), encoding="utf-8")
    _flush(new)
    new.replace(data / SOURCES)


def read_manifest(folder: Path) -> Manifest:
    """A generation's manifest, its files' sizes checked.

    Raises `IndexDamaged`, or `IndexVersion` where the format is another.
    """
    path = folder / MANIFEST
    try:
        text = path.read_text(encoding="utf-8")
        values = json.loads(text)
        if not isinstance(values, dict):
            raise ValueError("it is no manifest")
        if (found := values.get("format")) != FORMAT:
            raise IndexVersion(folder.parent.parent, found, FORMAT)
        manifest = Manifest.from_json(text)
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(path, _reason(error)) from error
    for name, sums in manifest.files.items():
        file = folder / name
        if not file.is_file():
            raise IndexDamaged(file, "it is missing")
        if (size := file.stat().st_size) != sums.size:
            raise IndexDamaged(file, f"it has {size} bytes, not {sums.size}")
    return manifest


def verify(folder: Path, manifest: Manifest) -> None:
    """Hold every file against its checksum. Raises `IndexDamaged`."""
    found = files_sha256([folder / name for name in manifest.files])
    for (name, sums), sha256 in zip(manifest.files.items(), found, strict=True):
        if sha256 != sums.sha256:
            raise IndexDamaged(folder / name, "its checksum is not the one in the manifest")


@contextmanager
def building(data: Path) -> Iterator[Path]:
    """An empty folder to write a generation into, while no other build runs.

    The folder is gone afterwards unless `publish` took it. Raises `IndexBusy` where another build
    runs, `CannotWrite` for whatever the disk refuses meanwhile.
    """
    with _writes(data):
        data.mkdir(parents=True, exist_ok=True)
        lock = FileLock(data / _LOCK)
        try:
            lock.acquire(blocking=False)
        except Timeout as error:
            raise IndexBusy(data) from error
        folder = data / BUILDING
        try:
            shutil.rmtree(folder, ignore_errors=True)  # what a killed build left
            folder.mkdir()
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            lock.release()


def publish(data: Path, folder: Path, manifest: Manifest) -> Path:
    """Make the finished ``folder`` the current generation; drop all but it and the one before."""
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    for path in (*folder.rglob("*"), folder):
        _flush(path)
    final = data / GENERATIONS / manifest.generation
    final.parent.mkdir(exist_ok=True)
    folder.rename(final)
    _flush(final.parent)
    kept = {manifest.generation, _named_by(data / CURRENT)}
    pointer = data / f"{CURRENT}.new"
    pointer.write_text(manifest.generation + "\n", encoding="utf-8")
    _flush(pointer)
    pointer.replace(data / CURRENT)
    _flush(data)
    shutil.rmtree(data / PENDING, ignore_errors=True)
    for name in _names(data):
        if name not in kept:
            shutil.rmtree(data / GENERATIONS / name, ignore_errors=True)
    return final


def next_name(data: Path) -> str:
    """The name of the next generation: ``g000001``, ``g000002`` and so on."""
    names = _names(data)
    return f"g{int(names[-1][1:]) + 1 if names else 1:06d}"


def _named_by(pointer: Path) -> str | None:
    """The generation that ``CURRENT`` names, if it can be read."""
    try:
        return pointer.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None


def _names(data: Path) -> list[str]:
    """The generations that there are, oldest first; other files beside them are not ours."""
    folder = data / GENERATIONS
    found = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return sorted(filter(_NAME.fullmatch, found), key=lambda name: int(name[1:]))


@contextmanager
def _writes(data: Path) -> Iterator[None]:
    """Turn what the disk refuses into `CannotWrite`."""
    try:
        yield
    except OSError as error:
        raise CannotWrite(data, _reason(error)) from error
    except sqlite3.OperationalError as error:
        raise CannotWrite(data, str(error)) from error


def _reason(error: Exception) -> str:
    if isinstance(error, OSError) and error.errno is not None:
        if error.errno == errno.ENOSPC:
            return "no space is left on the disk"
        return os.strerror(error.errno).lower()
    return str(error) or type(error).__name__


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
