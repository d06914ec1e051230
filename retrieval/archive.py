"""A store, served: its current generation, searched by whoever asks."""

import logging
import threading
from collections.abc import Callable, Collection, Hashable, Sequence
from datetime import date
from pathlib import Path

from embeddings.encoder import Encoder
from embeddings.errors import VerbatimError
from embeddings.models import Precision
from embeddings.reranker import Reranker, SourcedText
from retrieval.index.generations import check_model
from retrieval.index.index import Index
from retrieval.index.remembered_sources import RememberedSources
from retrieval.indexing.report import IndexReport, OnProgress
from retrieval.query.requests import read_request
from retrieval.question import Question
from retrieval.ranking.answer import Answer
from retrieval.ranking.searcher import Searcher
from retrieval.ranking.weights import THRESHOLD
from retrieval.release import Filter
from retrieval.request_answers import RequestAnswer, serve
from retrieval.source_search import SourceResult, find_source
from retrieval.store import FolderStore, Store
from retrieval.timeline import Timeline, timeline

log = logging.getLogger(__name__)


class Archive:
    """A store, served. Safe to use from several threads.

    A new generation, whichever process publishes it, is opened at the next question. While it is
    being opened, and if it cannot be, the one in use serves all other questions.

    Args:
        data: the data folder, in which an index is built.
        encoder: the model that the index is made and searched with.
        reranker: scores the best candidates; without one the features alone rank.
        threshold: the confidence, 0 to 1, from which passages count as an answer.
        replaced_models: the names of models that the encoder's replaces. An index of theirs is
            outdated, not one of another model.
        precision: the precision that was asked for, if any; the encoder may have another.
        today: the day from which "last March" is reckoned.
        store: where generations are published and read; the data folder if none is given.
    """

    def __init__(
        self,
        data: Path,
        encoder: Encoder,
        reranker: Reranker | None = None,
        *,
        threshold: float = THRESHOLD,
        replaced_models: Collection[str] = (),
        precision: Precision | None = None,
        today: Callable[[], date] = date.today,
        store: Store | None = None,
    ) -> None:
        self.data = data
        self.store = store or FolderStore(data)
        self.encoder = encoder
        self.reranker = reranker
        self._threshold = threshold
        self._replaced_models = replaced_models
        self._precision = precision
        self._today = today
        self._opening = threading.Lock()
        self._serving: tuple[Searcher, Hashable] | None = None  # replaced as a whole

    @property
    def searcher(self) -> Searcher:
        """The pipeline over the generation in use, which is opened when first needed.

        Raises:
            NoIndex, IndexDamaged, IndexVersion, IndexModel, IndexModelUnprepared, IndexOutdated:
                if there is no generation to use.
        """
        serving = self._serving
        if serving and serving[1] == self.store.stamp():
            return serving[0]
        if not self._opening.acquire(blocking=serving is None):
            assert serving
            return serving[0]
        try:
            return self._current()
        finally:
            self._opening.release()

    def _current(self) -> Searcher:
        """Open the current generation, unless it is the one in use. One thread at a time."""
        stamp, serving = self.store.stamp(), self._serving
        if serving and serving[1] == stamp:
            return serving[0]
        try:
            searcher = Searcher(self._open(), self.encoder, self.reranker, self._today)
        except VerbatimError as error:
            if serving is None:
                raise
            searcher = serving[0]
            log.warning("still serving %s: %s", searcher.index.manifest.generation, error)
        self._serving = searcher, stamp  # what could not be opened is tried again if it changes
        return searcher

    @property
    def index(self) -> Index:
        """The generation in use. Raises as `searcher` does."""
        return self.searcher.index

    def ask(self, question: Question) -> Answer:
        """Answer a question. Raises as `searcher` does, and `UnknownNewsroom`."""
        return self.searcher.answer(question, self._threshold)

    def respond(self, question: Question) -> Answer | RequestAnswer:
        """Answer a question, or serve what is a request and no question of fact.

        Raises as `ask` does, and `BadQuestion`.
        """
        request = read_request(question.text, self._today())
        return serve(self.searcher, question, request) if request else self.ask(question)

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
            self.reranker.read("warm up", [SourcedText("", "warm up")])

    def reindex(
        self,
        sources: Sequence[Path],
        *,
        new: Sequence[Path] = (),
        remember: RememberedSources | None = None,
        newsroom: str | None = None,
        rebuild: bool = False,
        on_progress: OnProgress = lambda _: None,
    ) -> IndexReport:
        """Read the sources again, as `build_index` does; questions are answered meanwhile."""
        from retrieval.indexing.build import build_index  # takes longer to import than an answer

        with self.store.building(self.encoder, sources, on_progress, rebuild=rebuild) as publish:
            report = build_index(
                self.data,
                sources,
                self.encoder,
                new=new,
                remember=remember,
                newsroom=newsroom,
                rebuild=rebuild,
                on_progress=on_progress,
            )
            publish()
        return report

    def _open(self) -> Index:
        index = self.store.open()
        model, manifest = self.encoder.model, index.manifest
        check_model(self.store.where, manifest, model, self._replaced_models, self._precision)
        return index
