"""What several commands begin with: the settings, and a build with its progress."""

from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.output import console

if TYPE_CHECKING:
    from bot.release_sources import BuildSources
    from bot.settings import Settings
    from retrieval.archive import Archive
    from retrieval.indexing.report import IndexReport, Progress

_STAGES = {
    "reading": "Reading releases",
    "embedding": "Indexing",
    "writing": "Writing the index",
}


def read_settings(data: Path | None, *, must_exist: bool = False) -> "Settings":
    """The settings. If the data folder ``must_exist``, raises `DataFolderMissing`."""
    from bot.settings import Settings, check_data_folder

    settings = Settings(data=data) if data else Settings()
    if must_exist:
        check_data_folder(settings)
    return settings


def build_index(
    settings: "Settings", archive: "Archive", sources: "BuildSources", *, rebuild: bool = False
) -> "IndexReport":
    """Build the index, with progress on stderr."""
    from bot.cli.progress_bar import ProgressBar
    from bot.phrases import progress_line

    def show(progress: "Progress") -> None:
        bar.show(_STAGES[progress.stage], progress_line(progress), progress.done, progress.total)

    with ProgressBar(console(stderr=True), "releases") as bar:
        return archive.reindex(
            sources.paths,
            new=sources.new,
            remember=sources.remember,
            newsroom=settings.newsroom,
            rebuild=rebuild,
            on_progress=show,
        )
