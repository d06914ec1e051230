"""The sources of an index: what it was built from, and what the next build reads again.

    data/
      SOURCES                     what the next build reads again, and since which generation
      generations/NAME/SOURCES    what this generation was built from

A generation is published with its own record, so that no kill can part the two. The record beside
the generations counts where it names the current one: it has what was changed since, such as a web
site that is still being read. Where it names another one, a build was killed after it had published
its generation. It is also a copy, in case the index is damaged.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from retrieval.errors import SourcesUnknown
from retrieval.index.generations import CURRENT, GENERATIONS, current_name, flush

SOURCES = "SOURCES"
_GENERATION = "generation"


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


@dataclass(frozen=True, slots=True)
class _Record:
    """A record of sources; ``generation`` is the one that was current, None in older records."""

    sources: RememberedSources
    generation: str | None


def built_from(data: Path) -> RememberedSources:
    """The sources that the next build goes on from; none if there was no build.

    Raises `SourcesUnknown` where there is an index and its sources cannot be read.
    """
    for record in _records(data):
        return record.sources
    if (data / CURRENT).exists() or (data / SOURCES).exists():
        raise SourcesUnknown(data)
    return RememberedSources()


def served_sources(data: Path) -> RememberedSources | None:
    """What the current generation was built from; None if there is none, or nothing says it."""
    name = current_name(data)
    if name is None:
        return None
    own = _read(data, data / GENERATIONS / name / SOURCES)
    if own:
        return own.sources
    beside = _read(data, data / SOURCES)
    return beside.sources if beside else None


def remember_sources(data: Path, sources: RememberedSources) -> None:
    """Record beside the generations what the next build goes on from, atomically.

    A path is recorded as it was named, absolute but with its symbolic links, so that a link that
    leads elsewhere one day is followed. The copies of sites move with the data folder.
    """
    new = data / f"{SOURCES}.new"
    values = _values(data, sources) | {_GENERATION: current_name(data)}
    new.write_text(json.dumps(values), encoding="utf-8")
    flush(new)
    new.replace(data / SOURCES)
    flush(data)


def write_sources(data: Path, folder: Path, sources: RememberedSources) -> None:
    """Record the sources of a generation in its folder, before it is published."""
    (folder / SOURCES).write_text(json.dumps(_values(data, sources)), encoding="utf-8")


def is_built_from(data: Path, folder: Path, sources: RememberedSources) -> bool:
    """Whether a generation's own record has these sources."""
    try:
        return bool(json.loads((folder / SOURCES).read_bytes()) == _values(data, sources))
    except (OSError, ValueError, RecursionError):
        return False


def _records(data: Path) -> Iterator[_Record]:
    """What can be read and counts, best first."""
    name = current_name(data)
    own = data / GENERATIONS / (name or "") / SOURCES
    beside = _read(data, data / SOURCES)
    if name is None or not own.exists():  # no index, a damaged one, or one of an earlier version
        yield from filter(None, [beside])
        return
    if beside and beside.generation == name:
        yield beside
    yield from filter(None, [_read(data, own)])


def _read(data: Path, file: Path) -> _Record | None:
    """A record; None where it cannot be read."""
    try:
        kinds: Any = json.loads(file.read_text(encoding="utf-8"))
        if isinstance(kinds, list):  # as written before there were kinds
            kinds = {"named": kinds}
        generation = kinds.pop(_GENERATION, None)
        if not all(isinstance(paths, list) for paths in kinds.values()):
            return None  # each letter of a text would be a path
        sites = tuple(data.absolute() / site for site in kinds.pop("sites", ()))
        paths = {kind: tuple(map(Path, paths)) for kind, paths in kinds.items()}
        return _Record(RememberedSources(**paths, sites=sites), generation)
    except (OSError, ValueError, TypeError, AttributeError, RecursionError):
        return None


def _values(data: Path, sources: RememberedSources) -> dict[str, object]:
    top = data.absolute()
    kinds: dict[str, object] = {
        kind: [str(path.absolute()) for path in paths] for kind, paths in asdict(sources).items()
    }
    sites = [site.absolute().relative_to(top).as_posix() for site in sources.sites]
    return kinds | {"sites": sites}
