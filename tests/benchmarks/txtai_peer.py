"""txtai's hybrid index (vectors and BM25) with the same model over the same passages.

It is built once below the data folder, as the library builds it by itself: its own encoder, its own
nearest-neighbour index, weights half and half. What it indexes is what Verbatim embeds: passages
under their titles. It has no filter without a database, so that dates are held against its results.
"""

import shutil
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from embeddings.models import find_model
from retrieval.evaluation.questions import DEPTH, ParagraphRef
from retrieval.index.index import Index
from retrieval.passages import embedded_text
from retrieval.question import MAX_CHARACTERS, Question
from retrieval.release import Filter

_DEEP = 300  # results of which a ranking of paragraphs is made: txtai looks at ten times as many


@dataclass(frozen=True, slots=True)
class Txtai:
    """An index of txtai's over the rows of ours, whose numbers are its ids."""

    index: Index
    embeddings: Any

    def search(self, text: str, limit: int) -> list[tuple[int, float]]:
        """Rows and scores, best first."""
        found: list[tuple[int, float]] = self.embeddings.search(text, limit)
        return found

    def rank(self, question: Question) -> list[ParagraphRef]:
        """The best paragraphs; a follow-up stands behind the question before it."""
        text = question.text
        if question.previous:
            text = f"{question.previous[:MAX_CHARACTERS]} {text}"
        newsroom = self.index.releases.newsroom(question.newsroom)
        allowed = self.index.allowed_rows(Filter(question.since, question.until, newsroom))
        places: dict[ParagraphRef, None] = {}
        for row, _ in self.search(text, _DEEP):
            if allowed is None or allowed[row]:
                release, paragraph = self.index.passages[row, :2].tolist()
                places.setdefault((release, paragraph))
        return [*places][:DEPTH]


def installed() -> bool:
    return find_spec("txtai") is not None


def open_txtai(data: Path, index: Index) -> Txtai:
    """Open the index, built first if it is not there."""
    from txtai.embeddings import Embeddings

    folder = data / "peers" / f"txtai-{index.manifest.generation}"
    embeddings = Embeddings({"path": str(find_model().path), "hybrid": True, "gpu": False})
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


def texts_of(index: Index) -> list[str]:
    """The embedded text of each row."""
    texts = []
    for info in sorted(index.releases.select(), key=lambda info: info.number):
        paragraphs = index.releases.paragraphs(info.number)
        texts += [
            embedded_text(info.title, passage.heading(paragraphs), passage.text(paragraphs))
            for _, passage in index.located(index.rows_of(info.number))
        ]
    return texts
