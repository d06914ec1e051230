"""Which releases a build reads: those named to it, to earlier builds and in the settings."""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

from bot.settings import Settings
from retrieval.errors import FixedByCommand, SourceGone
from retrieval.index.generations import RememberedSources, built_from


class NoSources(FixedByCommand):
    """A data folder was named, but nothing to read: the sample does not belong there."""

    def __init__(self, data: Path) -> None:
        super().__init__(
            f"no index in {data} yet, and no releases are named to build it from. Name them",
            "index PATH …",
        )
        self.data = data


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
    settings: Settings, named: Sequence[Path] = (), *, only: bool = False
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

    Raises:
        SourceGone: an earlier source does not exist any more.
        SourcesUnknown: there is an index, and nothing says what it was built from.
        NoSources: there is nothing to read.
    """
    new = tuple(named)
    if only:
        configured = () if new else _distinct(settings.releases)
        return BuildSources(RememberedSources(_distinct(new), configured), new)
    before = built_from(settings.data)
    everything = _distinct([*before.named, *new])
    configured = _distinct(settings.releases or before.configured, everything)
    remember = RememberedSources(everything, configured)
    if not remember.paths:
        if settings.data_is_named and not before.sample:
            raise NoSources(settings.data)
        return BuildSources(RememberedSources(sample=(sample_releases().absolute(),)))
    _check_that_there_are(remember.paths, {*new, *settings.releases})
    return BuildSources(remember, new)


def sample_releases() -> Path:
    """The folder ``seeds``: in the working folder, the source tree or the installed package."""
    package = Path(__file__).parent
    folders = (Path("seeds"), package.parent / "seeds", package / "seeds")
    return next((folder for folder in folders if folder.is_dir()), folders[0])


def _distinct(paths: Iterable[Path], others: Iterable[Path] = ()) -> tuple[Path, ...]:
    """The paths that lead to different files or folders, and to none of ``others``, absolute."""
    known = {path.resolve() for path in others}
    distinct = []
    for path in paths:
        if (real := path.resolve()) not in known:
            known.add(real)
            distinct.append(path.absolute())
    return tuple(distinct)


def _check_that_there_are(paths: Sequence[Path], named_now: Collection[Path]) -> None:
    """Raise `SourceGone` for the first path that is gone, unless it was named just now."""
    now = {path.resolve() for path in named_now}
    for path in paths:
        if not path.exists() and path.resolve() not in now:
            raise SourceGone(path, [*filter(Path.exists, paths)])
