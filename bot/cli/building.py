"""What several commands begin with: the settings, and a build with its progress."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.output import console
from bot.private_files import make_private

if TYPE_CHECKING:
    from bot.release_sources import BuildSources
    from bot.settings import Settings
    from retrieval.archive import Archive
    from retrieval.indexing.report import IndexReport, OnProgress, Progress

_STAGES = {
    "reading": "Reading releases",
    "embedding": "Indexing",
    "writing": "Writing the index",
    "publishing": "Publishing the index",
}


def read_settings(data: Path | None, *, must_exist: bool = False) -> "Settings":
    """The settings, with a data folder that only its owner may read.

    Raises `DataFolderMissing` if the folder ``must_exist`` and does not.
    """
    from bot.settings import Settings, check_data_folder

    settings = Settings(data=data) if data else Settings()
    if must_exist:
        check_data_folder(settings)
    if settings.data.is_dir():
        make_private(settings.data)
    return settings


def build_index(
    settings: "Settings", archive: "Archive", sources: "BuildSources", *, rebuild: bool = False
) -> "IndexReport":
    """Build the index, with progress on stderr."""
    with shown_progress() as show:
        return archive.reindex(
            sources.paths,
            new=sources.new,
            remember=sources.remember,
            newsroom=settings.newsroom,
            rebuild=rebuild,
            on_progress=show,
        )


@contextmanager
def shown_progress() -> "Iterator[OnProgress]":
    """A function that shows the progress of a build on stderr."""
    from bot.cli.progress_bar import ProgressBar
    from bot.phrases import progress_line

    def show(progress: "Progress") -> None:
        bar.show(_STAGES[progress.stage], progress_line(progress), progress.done, progress.total)

    with ProgressBar(console(stderr=True), "releases") as bar:
        yield show
