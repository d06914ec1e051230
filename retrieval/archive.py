"""A data folder, served: its current generation, searched by whoever asks."""

import logging
import threading
from collections.abc import Callable, Sequence
from datetime import date
from pathlib import Path

from embeddings.encoder import Encoder
from embeddings.errors import VerbatimError
from embeddings.reranker import Reranker
from retrieval.errors import IndexModel
from retrieval.index.generations import Stamp, current_stamp
from retrieval.index.index import Index, open_index
from retrieval.indexing.report import IndexReport, OnProgress
from retrieval.question import Question
from retrieval.ranking.answer import Answer
from retrieval.ranking.searcher import Searcher
from retrieval.ranking.weights import THRESHOLD
from retrieval.release import Filter
from retrieval.source_search import SourceResult, find_source
from retrieval.timeline import Timeline, timeline

log = logging.getLogger(__name__)


class Archive:
    """A data folder, served. Safe to use from several threads.

    A new generation, whichever process publishes it, serves from the next question on. Until then,
    and if it cannot be opened, the one in use goes on serving.

    Args:
        data: the data folder.
        encoder: the model that the index is made and searched with.
        reranker: scores the best candidates; without one the features alone rank.
        threshold: the confidence, 0 to 1, from which passages count as an answer.
        today: the day from which "last March" is reckoned.
    """

    def __init__(
        self,
        data: Path,
        encoder: Encoder,
        reranker: Reranker | None = None,
        *,
        threshold: float = THRESHOLD,
        today: Callable[[], date] = date.today,
    ) -> None:
        self.data = data
        self.encoder = encoder
        self.reranker = reranker
        self._threshold = threshold
        self._today = today
        self._lock = threading.Lock()
        self._searcher: Searcher | None = None
        self._stamp: Stamp | None = None

    @property
    def searcher(self) -> Searcher:
        """The pipeline over the generation in use, which is opened when first needed.

        Raises:
            NoIndex, IndexDamaged, IndexVersion, IndexModel: if there is no generation to use.
        """
        with self._lock:
            stamp = current_stamp(self.data)
            if self._searcher and stamp == self._stamp:
                return self._searcher
            try:
                self._searcher = Searcher(self._open(), self.encoder, self.reranker, self._today)
            except VerbatimError as error:
                if self._searcher is None:
                    raise
                in_use = self._searcher.index.manifest.generation
                log.warning("still serving %s: %s", in_use, error)
            self._stamp = stamp  # what could not be opened is not tried again until it changes
            return self._searcher

    @property
    def index(self) -> Index:
        """The generation in use. Raises as `searcher` does."""
        return self.searcher.index

    def ask(self, question: Question) -> Answer:
        """Answer a question. Raises as `searcher` does, and `UnknownNewsroom`."""
        return self.searcher.answer(question, self._threshold)

    def find_source(self, text: str) -> SourceResult:
        """Find the releases that a message quotes. Raises as `searcher` does, and `BadQuestion`."""
        return find_source(self.searcher, text)

    def timeline(self, topic: str, allowed: Filter) -> Timeline:
        """The releases about a topic over time. Raises as `ask` does, and `BadQuestion`."""
        return timeline(self.searcher, topic, allowed)

    def warm_up(self) -> None:
        """Load the models, so that the first question need not wait for them."""
        self.encoder.encode_queries(["warm up"])
        if self.reranker:
            self.reranker.scores("warm up", ["warm up"])

    def reindex(
        self,
        sources: Sequence[Path],
        *,
        newsroom: str | None = None,
        rebuild: bool = False,
        on_progress: OnProgress = lambda _: None,
    ) -> IndexReport:
        """Read the sources again, as `build_index` does; questions are answered meanwhile."""
        from retrieval.indexing.build import build_index  # takes longer to import than an answer

        return build_index(
            self.data,
            sources,
            self.encoder,
            newsroom=newsroom,
            rebuild=rebuild,
            on_progress=on_progress,
        )

    def _open(self) -> Index:
        index = open_index(self.data)
        if index.manifest.fingerprint != self.encoder.model.fingerprint:
            raise IndexModel(self.data, index.manifest.model, self.encoder.model.name)
        return index
