"""The sources of an index: what it was built from, and what the next build reads again.

    data/
      SOURCES                     what the next build reads again, and since which generation
      generations/NAME/SOURCES    what this generation was built from

A generation is published with its own record, so that no kill can part the two. The record beside
the generations counts where it names the current one. Where it names another one, a build was
killed after it had published its generation. It is also a copy, in case the index is damaged.

A web site is a source from the moment at which it is added, long before it is read and built. Until
a generation has it, it is among the added ones of the record beside the generations, which count
whatever generation the record names: a build that began before, in whichever process, does not know
of the site, and neither its generation nor its end may make it lost.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any

from filelock import FileLock

from retrieval.disk import flush
from retrieval.errors import SourcesUnknown
from retrieval.index.generations import CURRENT, GENERATIONS, current_name

SOURCES = "SOURCES"
_GENERATION = "generation"
_ADDED = "added"
_LOCK = f"{SOURCES}.lock"


@dataclass(frozen=True, slots=True)
class RememberedSources:
    """The sources that an index was built from, which the next build reads again.

    Attributes:
        named: what was named to a build. It stays among the sources until it is replaced.
        configured: what the settings named. It is a source as long as they do, or name nothing.
        sample: the sample, which is read only where nothing else is a source.
        sites: the copies of web sites, which are below the data folder.
        left_out: copies of web sites that are sources no longer, though they were added.
    """

    named: tuple[Path, ...] = ()
    configured: tuple[Path, ...] = ()
    sample: tuple[Path, ...] = ()
    sites: tuple[Path, ...] = ()
    left_out: tuple[Path, ...] = field(default=(), compare=False)

    @property
    def paths(self) -> tuple[Path, ...]:
        """All of them, in the order in which they are read."""
        return (*self.named, *self.configured, *self.sample, *self.sites)


@dataclass(frozen=True, slots=True)
class _Record:
    """A record of sources.

    ``generation`` is the one that was current, None in older records; ``added`` are the copies of
    the sites that no generation had yet.
    """

    sources: RememberedSources
    generation: str | None
    added: tuple[Path, ...] = ()


def built_from(data: Path) -> RememberedSources:
    """The sources that the next build goes on from; none if there was no build.

    Raises `SourcesUnknown` where there is an index and its sources cannot be read.
    """
    for record in _records(data):
        return _with(record.sources, added_sites(data))
    if (data / CURRENT).exists() or (data / SOURCES).exists():
        raise SourcesUnknown(data)
    return RememberedSources()


def added_sites(data: Path) -> tuple[Path, ...]:
    """The copies of the sites that were added, and that no generation has yet."""
    beside = _read(data, data / SOURCES)
    return beside.added if beside else ()


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
    leads elsewhere one day is followed. The copies of sites move with the data folder. Sites that
    were added since ``sources`` were determined stay among the sources.
    """
    known = {each.absolute() for each in (*sources.sites, *sources.left_out)}
    with _locked(data):
        _write(data, sources, [each for each in added_sites(data) if each not in known])


def add_site(data: Path, site: Path) -> None:
    """Make the copy of a site a source, which it stays until it is removed.

    Raises `SourcesUnknown` where there is an index and its sources cannot be read.
    """
    with _locked(data):
        _write(data, built_from(data), dict.fromkeys([*added_sites(data), site.absolute()]))


def forget_site(data: Path, site: Path) -> None:
    """Make the copy of a site no source any more. Raises as `add_site`."""
    with _locked(data):
        sources, added = built_from(data), added_sites(data)
        _write(data, _without(sources, site), [each for each in added if each != site.absolute()])


@contextmanager
def _locked(data: Path) -> Iterator[None]:
    """Nobody else writes the record; that takes milliseconds."""
    with FileLock(data / _LOCK, mode=0o600):
        yield


def _write(data: Path, sources: RememberedSources, added: Iterable[Path]) -> None:
    new = data / f"{SOURCES}.new"
    values = _values(data, _with(sources, added)) | {_GENERATION: current_name(data)}
    if names := _below(data, added):
        values[_ADDED] = names
    new.write_text(json.dumps(values), encoding="utf-8")
    flush(new)
    new.replace(data / SOURCES)
    flush(data)


def _with(sources: RememberedSources, added: Iterable[Path]) -> RememberedSources:
    """The sources and the added sites, each once."""
    sites = {each.absolute(): each for each in (*sources.sites, *added)}
    return replace(sources, sites=tuple(sites.values()))


def _without(sources: RememberedSources, site: Path) -> RememberedSources:
    sites = tuple(each for each in sources.sites if each.absolute() != site.absolute())
    return replace(sources, sites=sites)


def read_sources(data: Path, text: str) -> RememberedSources | None:
    """What `write_sources` wrote, of a build in a data folder; None where it cannot be read."""
    record = _parsed(data, text)
    return record.sources if record else None


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
        return _parsed(data, file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError):
        return None


def _parsed(data: Path, text: str) -> _Record | None:
    """The record that a text is; None where it is none."""
    try:
        kinds: Any = json.loads(text)
        if isinstance(kinds, list):  # as written before there were kinds
            kinds = {"named": kinds}
        generation = kinds.pop(_GENERATION, None)
        if not all(isinstance(paths, list) for paths in kinds.values()):
            return None  # each letter of a text would be a path
        sites, added = (
            tuple(data.absolute() / site for site in kinds.pop(kind, ()))
            for kind in ("sites", _ADDED)
        )
        paths = {kind: tuple(map(Path, paths)) for kind, paths in kinds.items()}
        return _Record(RememberedSources(**paths, sites=sites), generation, added)
    except (ValueError, TypeError, AttributeError, RecursionError):
        return None


def _values(data: Path, sources: RememberedSources) -> dict[str, object]:
    kinds: dict[str, object] = {
        kind: [str(path.absolute()) for path in paths] for kind, paths in asdict(sources).items()
    }
    del kinds["left_out"]
    return kinds | {"sites": _below(data, sources.sites)}


def _below(data: Path, sites: Iterable[Path]) -> list[str]:
    """Where sites are, below the data folder."""
    top = data.absolute()
    return [site.absolute().relative_to(top).as_posix() for site in sites]
