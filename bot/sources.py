"""Which releases are read when nobody names any."""

from pathlib import Path

from bot.settings import Settings
from retrieval.generations import built_from


def release_sources(settings: Settings) -> tuple[Path, ...]:
    """What to read when no path is named.

    The settings' releases; else what the index was built from, so that building it again never
    swaps it for something else; else the sample releases that come with Verbatim. Raises
    `SourcesUnknown` where there is an index and nothing says what it was built from.
    """
    return settings.releases or built_from(settings.data) or (sample_releases(),)


def sample_releases() -> Path:
    """The folder ``seeds``: in the working folder, the source tree or the installed package."""
    package = Path(__file__).parent
    places = (Path("seeds"), package.parent / "seeds", package / "seeds")
    return next((place for place in places if place.is_dir()), places[0])
