"""Generations on disk: immutable folders, and one small file that names the current one.

    data/
      CURRENT                     the name of the current generation
      SOURCES                     what the next build reads again (`remembered_sources`)
      generations/NAME/           manifest.json, SOURCES, releases.sqlite, words.txt, segments/ …
      building/                   a generation being written; it is renamed when complete
      pending/                    vectors of a build that was interrupted
      drafts.sqlite               what the readers made of the sources, for the next build
      history.sqlite              the earlier wordings of releases that have changed
      lock                        held by the process that builds

A generation is published by renaming its finished folder and then replacing ``CURRENT``, so that a
reader sees either the old or the new generation, complete. Files are flushed to disk before each of
the two steps.

What a new generation has in common with the old one is not written again: the files of its segments
(`retrieval.index.segments`) are hard links to the same files.
"""

import errno
import json
import os
import re
import shutil
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from embeddings.models import Model, Precision, in_precision, name_and_precision
from retrieval.disk import flush
from retrieval.errors import (
    CannotWrite,
    IndexBusy,
    IndexDamaged,
    IndexFormatOutdated,
    IndexModel,
    IndexModelOutdated,
    IndexModelUnprepared,
    IndexVersion,
    NoIndex,
    Where,
)
from retrieval.index.manifest import FORMAT, MANIFEST, Manifest, files_sha256

CURRENT = "CURRENT"
GENERATIONS = "generations"
BUILDING = "building"
PENDING = "pending"
DRAFTS = "drafts.sqlite"
LOCK = "lock"
_FLUSHED = 8  # files at a time
_NAME = re.compile(r"g[0-9]{6,200}")  # no counter comes near what a name may hold


Stamp = tuple[int, int]
"""Inode and modification time of ``CURRENT``, which differ whenever it is replaced."""


def current_folder(data: Path) -> Path:
    """The folder of the current generation. Raises `NoIndex` or `IndexDamaged`."""
    pointer = data / CURRENT
    try:
        name = pointer.read_text(encoding="utf-8").strip()
    except (FileNotFoundError, NotADirectoryError) as error:
        raise NoIndex(data) from error
    except (OSError, UnicodeDecodeError) as error:
        raise IndexDamaged(pointer, _reason(error)) from error
    folder = data / GENERATIONS / name
    if not _NAME.fullmatch(name) or not folder.is_dir():
        raise IndexDamaged(pointer, f"it names {name!r}, which does not exist")
    return folder


def current_name(data: Path) -> str | None:
    """The generation that ``CURRENT`` names; None if it cannot be read or names none."""
    try:
        name = (data / CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None
    return name if _NAME.fullmatch(name) else None


def current_stamp(data: Path) -> Stamp | None:
    """A value that differs once another generation is published; None if there is none."""
    try:
        status = (data / CURRENT).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def read_manifest(folder: Path) -> Manifest:
    """A generation's manifest, its files' sizes checked.

    Raises `IndexDamaged`, `IndexFormatOutdated` if its format is older than `FORMAT`, or
    `IndexVersion` if it is another.
    """
    path = folder / MANIFEST
    try:
        text = path.read_text(encoding="utf-8")
        values = json.loads(text)
        if not isinstance(values, dict):
            raise ValueError("it is not a manifest")
        format = values["format"]
        if type(format) is not int:
            raise ValueError(f"{format!r} is not a format")
        if format != FORMAT:
            error = IndexFormatOutdated if format < FORMAT else IndexVersion
            raise error(folder.parent.parent, format, FORMAT)
        manifest = Manifest.from_json(text)
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError) as error:
        raise IndexDamaged(path, _reason(error)) from error
    for name, sums in manifest.files.items():
        file = folder / name
        if not file.is_file():
            raise IndexDamaged(file, "it is missing")
        if (size := file.stat().st_size) != sums.size:
            raise IndexDamaged(file, f"it has {size} bytes, not {sums.size}")
    return manifest


def check_model(
    data: Where,
    manifest: Manifest,
    model: Model,
    replaced: Collection[str] = (),
    precision: Precision | None = None,
) -> None:
    """Check that a generation can be searched with a model.

    Args:
        data: the data folder, or the database.
        manifest: of the generation.
        model: the model as it runs.
        replaced: names of models that it replaces.
        precision: the one that was asked for; the model has another if that was not possible.

    Raises:
        IndexModelOutdated: if it was built with a model of a name in ``replaced`` and the same
            precision.
        IndexModelUnprepared: if it was built with the model that was asked for.
        IndexModel: if it was built with any other.
    """
    if manifest.fingerprint == model.fingerprint:
        return
    if precision and manifest.fingerprint == in_precision(model, precision).fingerprint:
        raise IndexModelUnprepared(data, manifest.model)
    name, precision = name_and_precision(manifest.model)
    _, wanted = name_and_precision(model.name)
    outdated = name in replaced and precision == wanted
    error = IndexModelOutdated if outdated else IndexModel
    raise error(data, manifest.model, model.name)


def verify(folder: Path, manifest: Manifest, names: Sequence[str] | None = None) -> None:
    """Compare every file, or those with some names, with its checksum. Raises `IndexDamaged`."""
    names = list(manifest.files) if names is None else names
    try:
        actual = files_sha256([folder / name for name in names])
    except OSError as error:
        raise IndexDamaged(Path(error.filename or folder), _reason(error)) from error
    for name, sha256 in zip(names, actual, strict=True):
        if sha256 != manifest.files[name].sha256:
            raise IndexDamaged(folder / name, "its checksum does not match the manifest")


@contextmanager
def building(data: Path) -> Iterator[Path]:
    """An empty folder to write a generation into, with the lock held against other builds.

    The folder is removed afterwards unless `publish` took it. Raises `IndexBusy` if another build
    is under way, and `CannotWrite` for any error of the disk until the folder is left.
    """
    with _cannot_write(data):
        data.mkdir(mode=0o700, parents=True, exist_ok=True)
        lock = FileLock(data / LOCK, mode=0o600)
        try:
            lock.acquire(blocking=False)
        except Timeout as error:
            raise IndexBusy(data) from error
        folder = data / BUILDING
        try:
            shutil.rmtree(folder, ignore_errors=True)  # left by a killed build
            folder.mkdir()
            yield folder
        finally:
            shutil.rmtree(folder, ignore_errors=True)
            lock.release()


def publish(data: Path, folder: Path, manifest: Manifest) -> Path:
    """Make the finished ``folder`` the current generation; delete all but it and the one before."""
    (folder / MANIFEST).write_text(manifest.to_json(), encoding="utf-8")
    written = [
        path
        for path in (*folder.rglob("*"), folder)
        # A file that another generation has as well was flushed with that one.
        if path.is_dir() or path.stat().st_nlink == 1
    ]
    with ThreadPoolExecutor(_FLUSHED) as threads:  # the disk takes several at once
        list(threads.map(flush, written))
    final = data / GENERATIONS / manifest.generation
    final.parent.mkdir(exist_ok=True)
    folder.rename(final)
    flush(final.parent)
    kept = {manifest.generation, current_name(data)}
    pointer = data / f"{CURRENT}.new"
    pointer.write_text(manifest.generation + "\n", encoding="utf-8")
    flush(pointer)
    pointer.replace(data / CURRENT)
    flush(data)
    shutil.rmtree(data / PENDING, ignore_errors=True)
    for name in _names(data):
        if name not in kept:
            shutil.rmtree(data / GENERATIONS / name, ignore_errors=True)
    return final


def link_folder(source: Path, to: Path) -> None:
    """Make a new folder with the files below another one: as hard links, or copies if need be."""
    for path in (source, *sorted(source.rglob("*"))):
        target = to / path.relative_to(source)
        if path.is_dir():
            target.mkdir(parents=True)
            continue
        try:
            target.hardlink_to(path)
        except OSError:  # not every file system has them
            shutil.copyfile(path, target)


def next_name(data: Path) -> str:
    """The name of the next generation: ``g000001``, ``g000002`` and so on."""
    names = _names(data)
    return f"g{int(names[-1][1:]) + 1 if names else 1:06d}"


def _names(data: Path) -> list[str]:
    """The names of all generations, oldest first, ignoring other files beside them."""
    folder = data / GENERATIONS
    names = [path.name for path in folder.iterdir()] if folder.is_dir() else []
    return sorted(filter(_NAME.fullmatch, names), key=lambda name: int(name[1:]))


@contextmanager
def _cannot_write(data: Path) -> Iterator[None]:
    """Raise `CannotWrite` for the errors of the disk."""
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
