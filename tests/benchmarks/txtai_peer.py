"""txtai's hybrid index (vectors and BM25) with the same model over the same passages.

It is built once below the data folder with the defaults of the library: its own encoder and
nearest-neighbour index, equal weights. It indexes what Verbatim embeds: passages with their titles.
Without a database it has no filters, so its results are filtered by date afterwards.
"""

import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from embeddings.models import BASE_MODEL, find_model
from retrieval.evaluation.questions import DEPTH, ParagraphRef
from retrieval.index.folder_index import FolderIndex
from retrieval.index.scored_passages import Selection
from retrieval.passages import embedded_text
from retrieval.question import MAX_CHARACTERS, Question
from retrieval.release import Filter

_RESULTS = 300  # results that a ranking of paragraphs is made of; txtai considers ten times as many


@dataclass(frozen=True, slots=True)
class Txtai:
    """A txtai index of the rows of our index, whose numbers are its ids."""

    index: FolderIndex
    embeddings: Any

    def search(self, text: str, limit: int) -> list[tuple[int, float]]:
        """Return the best rows and their scores, best first."""
        results: list[tuple[int, float]] = self.embeddings.search(text, limit)
        return results

    def rank(self, question: Question) -> list[ParagraphRef]:
        """Return the best paragraphs; a follow-up is appended to the previous question."""
        text = question.text
        if question.previous:
            text = f"{question.previous[:MAX_CHARACTERS]} {text}"
        newsroom = self.index.releases.newsroom(question.newsroom)
        searched = Selection(Filter(question.since, question.until, newsroom))
        allowed = self.index.rows_in(searched)
        paragraphs: dict[ParagraphRef, None] = {}
        for row, _ in self.search(text, _RESULTS):
            if allowed is None or allowed[row]:
                release, paragraph = self.index.passages[row, :2].tolist()
                paragraphs.setdefault((release, paragraph))
        return [*paragraphs][:DEPTH]


def installed() -> bool:
    return find_spec("txtai") is not None


def open_txtai(data: Path, index: FolderIndex) -> Txtai:
    """Open the index; build it first if it is missing."""
    from txtai.embeddings import Embeddings

    folder = data / "peers" / f"txtai-{index.manifest.generation}"
    embeddings = Embeddings(
        {"path": str(find_model(BASE_MODEL).path), "hybrid": True, "gpu": False}
    )
    if folder.exists():
        embeddings.load(str(folder))
        return Txtai(index, embeddings)
    embeddings.index(list(enumerate(texts_of(index))))
    unfinished = folder.with_name(f"{folder.name}.part")
    shutil.rmtree(unfinished, ignore_errors=True)
    unfinished.parent.mkdir(parents=True, exist_ok=True)
    embeddings.save(str(unfinished))
    unfinished.replace(folder)
    return Txtai(index, embeddings)


def texts_of(index: FolderIndex) -> list[str]:
    """The embedded text of each row."""
    texts = []
    for info in sorted(index.releases.select(), key=lambda info: info.number):
        paragraphs = index.releases.paragraphs(info.number)
        texts += [
            embedded_text(info.title, passage.heading(paragraphs), passage.text(paragraphs))
            for passage in index.passages_of(info.number)
        ]
    return texts
