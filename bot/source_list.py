"""The sources that an index is built from, and how far each is."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from bot.phrases import release_count
from embeddings.errors import VerbatimError
from retrieval.index.remembered_sources import RememberedSources
from retrieval.sources.walk import real_path
from retrieval.sources.web.addresses import typed_address
from retrieval.sources.web.errors import BadAddress
from retrieval.sources.web.site_copy import CopyStatus, SiteCopy, copy_folder, is_site_copy

SourceKind = Literal["site", "folder", "file", "missing"]


class UnknownSource(VerbatimError):
    """What was named is none of the sources."""

    def __init__(self, name: str, sources: RememberedSources) -> None:
        names = ", ".join(state.name for state in source_states(sources)) or "none"
        super().__init__(f"{name} is none of the sources. They are: {names}")
        self.name = name


class LastSource(VerbatimError):
    """The only source is to be removed."""

    def __init__(self, name: str) -> None:
        super().__init__(
            f"{name} is the only source, and an index needs one. Add another one first, or delete "
            "the data folder"
        )
        self.name = name


@dataclass(frozen=True, slots=True)
class SourceState:
    """A source: what it is, what it is called, and how far it is.

    ``status`` is that of a site's copy, None for other sources.
    """

    kind: SourceKind
    name: str
    path: Path
    status: CopyStatus | None = None
    is_complete: bool = True

    @property
    def detail(self) -> str:
        """How far it is, in words."""
        if self.kind == "missing":
            return "not there any more"
        if self.status is None:
            return f"a {self.kind}"
        status = self.status
        parts = [f"a web site, {release_count(status.copied)} copied"]
        if status.listed > status.copied:
            parts.append(f"{status.listed - status.copied:,} still to come")
        if status.failed:
            parts.append(f"{status.failed:,} failed")
        if status.gone:
            parts.append(f"{status.gone:,} no longer on the site")
        if not self.is_complete:
            parts.append("the latest only")
        read = f"read on {status.read:%Y-%m-%d}" if status.read else "not read to its end yet"
        failure = f"; the last time: {status.failure}" if status.failure else ""
        return f"{', '.join(parts)}; {read}{failure}"


def source_states(sources: RememberedSources) -> Iterator[SourceState]:
    """Yield each source with how far it is.

    Raises `CopyUnusable`.
    """
    for path in sources.paths:
        yield source_state(path, sources)


def source_state(path: Path, sources: RememberedSources) -> SourceState:
    """How far one of the sources is. Raises `CopyUnusable`."""
    if is_site_copy(path):
        with SiteCopy(path) as copy:
            plan = copy.plan
            return SourceState("site", plan.address, path, copy.status(), plan.is_complete)
    if path.is_dir() and path not in sources.sites:
        return SourceState("folder", str(path), path)
    return SourceState("file" if path.is_file() else "missing", str(path), path)


def find_source(name: str, sources: RememberedSources, data: Path) -> Path:
    """The source that is named by its address or its path.

    Raises `UnknownSource`.
    """
    real = real_path(Path(name))
    for path in sources.paths:
        if real_path(path) == real:
            return path
    try:
        folder = real_path(copy_folder(data, typed_address(name)))
    except BadAddress:
        raise UnknownSource(name, sources) from None
    for path in sources.sites:
        if real_path(path) == folder:
            return path
    raise UnknownSource(name, sources)
