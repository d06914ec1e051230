"""All that was published, behind one door; new generations are taken up as they come."""

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
from retrieval.ranking.answering import ask
from retrieval.ranking.weights import THRESHOLD, TRACED, TRACED_UNREAD
from retrieval.release import Filter
from retrieval.source_search import Trace, trace
from retrieval.timeline import Timeline, timeline

log = logging.getLogger(__name__)


class Archive:
    """A data folder, served. Safe to use from several threads.

    Whoever publishes a new generation, this process or another, the next question gets it; until
    then, and if it cannot be opened, the one in use goes on answering. Without a ``reranker``
    passages are ranked by the other evidence alone.
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
        self._index: Index | None = None
        self._stamp: Stamp | None = None

    @property
    def index(self) -> Index:
        """The generation in use, opened at need.

        Raises `NoIndex`, `IndexDamaged`, `IndexVersion` or `IndexModel` where there is none to use.
        """
        with self._lock:
            stamp = current_stamp(self.data)
            if self._index and stamp == self._stamp:
                return self._index
            try:
                self._index = self._open()
            except VerbatimError as error:
                if self._index is None:
                    raise
                log.warning("still serving %s: %s", self._index.manifest.generation, error)
            self._stamp = stamp  # what could not be opened is not tried again until it changes
            return self._index

    def ask(self, question: Question) -> Answer:
        """Answer a question. Raises what `index` raises, and `UnknownNewsroom`."""
        return ask(
            self.index,
            self.encoder,
            question,
            reranker=self.reranker,
            threshold=self._threshold,
            today=self._today(),
        )

    def timeline(self, topic: str, allowed: Filter) -> Timeline:
        """When there were releases about a topic. Raises what `ask` raises, and `BadQuestion`."""
        return timeline(self.index, self.encoder, topic, allowed=allowed, today=self._today())

    def trace(self, text: str) -> Trace:
        """Find where a message comes from. Raises what `index` raises, and `BadQuestion`."""
        threshold = TRACED if self.reranker else TRACED_UNREAD
        return trace(self.index, self.encoder, text, reranker=self.reranker, threshold=threshold)

    def warm_up(self) -> None:
        """Load the models, so that the first question need not wait for it."""
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
        """Read the sources again, as `build_index` does; answers go on meanwhile."""
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
