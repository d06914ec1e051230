"""Which releases are read when nobody names any."""

from pathlib import Path

from bot.settings import Settings
from retrieval.errors import IndexDamaged, IndexVersion, NoIndex
from retrieval.generations import current_folder, read_manifest


def release_sources(settings: Settings) -> tuple[Path, ...]:
    """What to read when no path is named.

    The settings' releases; else what the current index was built from, so that building it again
    never swaps it for something else; else the sample releases that come with Verbatim.
    """
    if settings.releases:
        return settings.releases
    try:
        manifest = read_manifest(current_folder(settings.data))
    except (NoIndex, IndexDamaged, IndexVersion):
        return (sample_releases(),)
    return tuple(Path(source) for source in manifest.sources)


def sample_releases() -> Path:
    """The folder ``seeds``: in the working folder, the source tree or the installed package."""
    package = Path(__file__).parent
    places = (Path("seeds"), package.parent / "seeds", package / "seeds")
    return next((place for place in places if place.is_dir()), places[0])
