"""Archives of chosen releases, with the default models and vectors that are computed once."""

import gzip
import json
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from bot.settings import Settings, open_archive
from retrieval.archive import Archive
from retrieval.errors import IndexVersion, NoIndex
from retrieval.index.sqlite_releases import open_release_store
from retrieval.training.remembering import RememberingEncoder
from tests.benchmarks.parts import Options

Row = Mapping[str, Any]
"""A release, or a question, as its file has it."""


@dataclass(frozen=True, slots=True)
class Builder:
    """Builds archives that share one set of models and vectors; see `builder`."""

    settings: Settings
    models: Archive
    encoder: RememberingEncoder

    def open(self, data: Path, today: date) -> Archive:
        """Open a data folder, built or not."""
        return Archive(
            data,
            self.encoder,
            self.models.reranker,
            threshold=self.settings.threshold,
            today=lambda: today,
        )

    def build(self, data: Path, source: Path, today: date) -> Archive:
        """Build an archive of a file of releases, unless the folder has one; open it."""
        archive = self.open(data, today)
        with suppress(NoIndex, IndexVersion):
            open_release_store(data)
            return archive
        archive.reindex([source])
        return archive


@contextmanager
def builder(options: Options) -> Iterator[Builder]:
    """Yield a builder of archives; its vectors are kept beside ``options.data``."""
    settings = Settings(data=options.data)
    models = open_archive(settings)
    encoder = RememberingEncoder(models.encoder, options.data.with_name("vectors"))
    try:
        yield Builder(settings, models, encoder)
    finally:
        encoder.save()


def read_rows(path: Path) -> list[dict[str, Any]]:
    """Read a file of JSON objects, one a line, compressed or not."""
    open_text = gzip.open if path.suffix == ".gz" else open
    with open_text(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines if line.strip()]


def write_rows(path: Path, rows: Iterable[Row]) -> Path:
    """Write JSON objects, one a line; return the path."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8") as file:
        file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
    return path
