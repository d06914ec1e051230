"""Which releases a build reads: those named to it, to earlier builds and in the settings."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.settings import Settings
from retrieval.errors import FixedByCommand, SourceGone
from retrieval.index.remembered_sources import RememberedSources, added_sites, built_from
from retrieval.sources.walk import real_path


class NoSources(FixedByCommand):
    """A data folder was named, but nothing to read: the sample does not belong there."""

    def __init__(self, data: Path) -> None:
        super().__init__(
            f"no index in {data} yet, and no releases are named to build it from. Name them",
            "index PATH …",
        )
        self.data = data


class SiteCopyGone(FixedByCommand):
    """The copy of a site that is among the sources does not exist any more."""

    def __init__(self, copy: Path) -> None:
        super().__init__(
            f"no such folder: {copy}, the copy of a web site. Bring it back, or add the site again",
            "sources add ADDRESS",
        )
        self.copy = copy


@dataclass(frozen=True, slots=True)
class BuildSources:
    """What a build reads: all the sources by kind, and the ``new`` ones, as they were typed."""

    remember: RememberedSources
    new: tuple[Path, ...] = ()

    @property
    def paths(self) -> tuple[Path, ...]:
        """All of them, in the order in which they are read."""
        return self.remember.paths

    @property
    def is_sample(self) -> bool:
        """Whether the sample is read, because nothing else was named."""
        return bool(self.remember.sample)


def release_sources(
    settings: Settings,
    named: Sequence[Path] = (),
    *,
    only: bool = False,
    site: Path | None = None,
    without: Path | None = None,
) -> BuildSources:
    """What a build reads to which ``named`` was named.

    These are the sources named now and to earlier builds, and those of the settings, or of the
    settings of the last build where they name none. A path that is named twice is read once. The
    sample is read only where there is no such source and no data folder was named.

    Args:
        settings: the settings; earlier sources are remembered in their data folder.
        named: files and folders that are to be read from now on.
        only: read ``named`` alone, or the sources of the settings alone if it is empty. One of
            the two must not be.
        site: the copy of a web site that is to be read from now on.
        without: an earlier source that is to be read no longer.

    Raises:
        SourceGone: an earlier source does not exist any more.
        SiteCopyGone: neither does the copy of a site.
        SourcesUnknown: there is an index, and nothing says what it was built from.
        NoSources: there is nothing to read.
    """
    new = tuple(named)
    if only:
        configured = () if new else _distinct(settings.releases)
        left_out = added_sites(settings.data)
        return BuildSources(RememberedSources(_distinct(new), configured, left_out=left_out), new)
    before = built_from(settings.data)
    everything = _without(without, _distinct([*before.named, *new]))
    earlier = _without(without, before.configured)
    configured = _distinct(settings.releases or earlier, everything)
    sites = _without(without, _distinct([*before.sites, *filter(None, [site])]))
    left_out = tuple(filter(None, [without]))
    remember = RememberedSources(everything, configured, sites=sites, left_out=left_out)
    if not remember.paths:
        if settings.data_is_named and not before.sample:
            raise NoSources(settings.data)
        return BuildSources(RememberedSources(sample=(sample_releases().absolute(),)))
    _check_that_there_are((*everything, *configured), {*new, *settings.releases})
    _check_copies(sites)
    return BuildSources(remember, (*new, *filter(None, [site])))


def known_sources(settings: Settings) -> RememberedSources:
    """The sources that the next build reads, whether they exist or not; the sample is none.

    Raises:
        SourcesUnknown: there is an index, and nothing says what it was built from.
    """
    before = built_from(settings.data)
    named = _distinct(before.named)
    return RememberedSources(
        named,
        _distinct(settings.releases or before.configured, named),
        sites=_distinct(before.sites),
    )


def sample_releases() -> Path:
    """The folder ``seeds``: in the working folder, the source tree or the installed package."""
    package = Path(__file__).parent
    folders = (Path("seeds"), package.parent / "seeds", package / "seeds")
    return next((folder for folder in folders if folder.is_dir()), folders[0])


def _distinct(paths: Iterable[Path], others: Iterable[Path] = ()) -> tuple[Path, ...]:
    """The paths that lead to different files or folders, and to none of ``others``, absolute."""
    known = set(map(real_path, others))
    distinct = []
    for path in paths:
        if (real := real_path(path)) not in known:
            known.add(real)
            distinct.append(path.absolute())
    return tuple(distinct)


def _without(path: Path | None, paths: tuple[Path, ...]) -> tuple[Path, ...]:
    """The paths but those that lead where ``path`` does."""
    real = real_path(path) if path else None
    return tuple(each for each in paths if real_path(each) != real)


def _check_copies(sites: Sequence[Path]) -> None:
    """Raise `SiteCopyGone` for the first copy of a site that is gone."""
    if not sites:
        return
    # Most questions are asked where there is none, and need not wait for the import.
    from retrieval.sources.web.site_copy import is_site_copy

    for copy in sites:
        if not is_site_copy(copy):
            raise SiteCopyGone(copy)


def _check_that_there_are(paths: Sequence[Path], named_now: Collection[Path]) -> None:
    """Raise `SourceGone` for the first path that is gone, unless it was named just now."""
    now = set(map(real_path, named_now))
    for path in paths:
        if not path.exists() and real_path(path) not in now:
            raise SourceGone(path, [*filter(Path.exists, paths)])
