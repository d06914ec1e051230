"""Generations on disk: immutable folders, and one small file that names the current one.

    data/
      CURRENT                     the name of the current generation
      SOURCES                     what it was built from, paths in JSON
      generations/NAME/           manifest.json, releases.sqlite, words.txt, digests.npy, segments/
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
from collections.abc import Collection, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from filelock import FileLock, Timeout

from embeddings.models import Model, name_and_precision
from retrieval.errors import (
    CannotWrite,
    IndexBusy,
    IndexDamaged,
    IndexFormatOutdated,
    IndexModel,
    IndexModelOutdated,
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
DRAFTS = "drafts.sqlite"
_LOCK = "lock"
_FLUSHED = 8  # files at a time
_NAME = re.compile(r"g[0-9]{6,200}")  # no counter comes near what a name may hold


@dataclass(frozen=True, slots=True)
class RememberedSources:
    """The sources that an index was built from, which the next build reads again.

    Attributes:
        named: what was named to a build. It stays among the sources until it is replaced.
        configured: what the settings named. It is a source as long as they do, or name nothing.
        sample: the sample, which is read only where nothing else is a source.
        sites: the copies of web sites, which are below the data folder.
    """

    named: tuple[Path, ...] = ()
    configured: tuple[Path, ...] = ()
    sample: tuple[Path, ...] = ()
    sites: tuple[Path, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """All of them, in the order in which they are read."""
        return (*self.named, *self.configured, *self.sample, *self.sites)


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


def current_stamp(data: Path) -> Stamp | None:
    """A value that differs once another generation is published; None if there is none."""
    try:
        status = (data / CURRENT).stat()
    except OSError:
        return None
    return status.st_ino, status.st_mtime_ns


def built_from(data: Path) -> RememberedSources:
    """The sources of the last build; none if there was no build.

    They are kept beside the generations, so that a damaged index can be rebuilt from them. Raises
    `SourcesUnknown` where there is an index and its sources cannot be read.
    """
    try:
        kinds = json.loads((data / SOURCES).read_text(encoding="utf-8"))
        if isinstance(kinds, list):  # as written before there were kinds
            kinds = {"named": kinds}
        sites = tuple(data.absolute() / site for site in kinds.pop("sites", ()))
        paths = {kind: tuple(map(Path, paths)) for kind, paths in kinds.items()}
        return RememberedSources(**paths, sites=sites)
    except (OSError, ValueError, TypeError, AttributeError) as error:
        if isinstance(error, OSError) and not (data / CURRENT).exists():
            return RememberedSources()
        raise SourcesUnknown(data) from error


def remember_sources(data: Path, sources: RememberedSources) -> None:
    """Record the sources of the index, atomically.

    A path is recorded as it was named, absolute but with its symbolic links, so that a link that
    leads elsewhere one day is followed. The copies of sites move with the data folder.
    """
    kinds = {
        kind: [str(path.absolute()) for path in paths] for kind, paths in asdict(sources).items()
    }
    top = data.absolute()
    kinds["sites"] = [site.absolute().relative_to(top).as_posix() for site in sources.sites]
    new = data / f"{SOURCES}.new"
    new.write_text(json.dumps(kinds), encoding="utf-8")
    _flush(new)
    new.replace(data / SOURCES)


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
    except (OSError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise IndexDamaged(path, _reason(error)) from error
    for name, sums in manifest.files.items():
        file = folder / name
        if not file.is_file():
            raise IndexDamaged(file, "it is missing")
        if (size := file.stat().st_size) != sums.size:
            raise IndexDamaged(file, f"it has {size} bytes, not {sums.size}")
    return manifest


def check_model(
    data: Path, manifest: Manifest, model: Model, replaced: Collection[str] = ()
) -> None:
    """Check that a generation can be searched with a model.

    Raises `IndexModel` if it was built with another one, or `IndexModelOutdated` if that has one of
    the names in ``replaced`` and the same precision.
    """
    if manifest.fingerprint == model.fingerprint:
        return
    name, precision = name_and_precision(manifest.model)
    _, wanted = name_and_precision(model.name)
    outdated = name in replaced and precision == wanted
    error = IndexModelOutdated if outdated else IndexModel
    raise error(data, manifest.model, model.name)


def verify(folder: Path, manifest: Manifest) -> None:
    """Compare every file with its checksum. Raises `IndexDamaged`."""
    actual = files_sha256([folder / name for name in manifest.files])
    for (name, sums), sha256 in zip(manifest.files.items(), actual, strict=True):
        if sha256 != sums.sha256:
            raise IndexDamaged(folder / name, "its checksum does not match the manifest")


@contextmanager
def building(data: Path) -> Iterator[Path]:
    """An empty folder to write a generation into, with the lock held against other builds.

    The folder is removed afterwards unless `publish` took it. Raises `IndexBusy` if another build
    is under way, and `CannotWrite` for any error of the disk until the folder is left.
    """
    with _cannot_write(data):
        data.mkdir(parents=True, exist_ok=True)
        lock = FileLock(data / _LOCK)
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
        list(threads.map(_flush, written))
    final = data / GENERATIONS / manifest.generation
    final.parent.mkdir(exist_ok=True)
    folder.rename(final)
    _flush(final.parent)
    kept = {manifest.generation, _current_name(data)}
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


def _current_name(data: Path) -> str | None:
    """The generation that ``CURRENT`` names; None if that cannot be read."""
    try:
        return (data / CURRENT).read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError):
        return None


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


def _flush(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
