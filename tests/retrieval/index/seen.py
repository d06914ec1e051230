"""All that can be seen of an open generation, wherever it is kept."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import pytest

from embeddings.encoder import Encoder
from retrieval.index.index import Index
from retrieval.index.scored_passages import Selection
from retrieval.text.tokens import stems, terms
from tests.benchmarks.building import HashingEncoder

QUESTIONS = (
    "Who opened the bridge?",
    "ferry fares of Jose",
    "Who has looked after the quay since 1893?",
    "Who signed the letter to the minister?",
)
PHRASES = ("the mayor", "jose's island", "of", "quay since 1893", "nowhere at all")
_EVERY = 10**6


@dataclass(frozen=True)
class Seen:
    """What can be seen: equal for the same generation, wherever it is kept.

    Attributes:
        texts: what is the same to the letter.
        scores: what is nearly the same, since vectors may be kept in half precision.
    """

    texts: Mapping[str, Any]
    scores: Mapping[Any, float]

    def assert_like(self, other: "Seen") -> None:
        """Fail unless another one has the same."""
        for name, value in self.texts.items():
            assert value == other.texts[name], name
        assert self.scores.keys() == other.scores.keys()
        assert {each: self.scores[each] for each in self.scores} == pytest.approx(
            other.scores, abs=2e-3
        )


def seen(index: Index, encoder: Encoder | None = None) -> Seen:
    """What can be seen of a generation."""
    encoder = encoder or HashingEncoder()
    store = index.releases
    infos = store.select()
    id_of = {info.number: info.id for info in infos}

    def ids(numbers: Any) -> list[str]:
        return sorted(id_of[number] for number in numbers)

    every = [*dict.fromkeys(stems([*index.vocabulary.counts])), "nowher"]
    texts = {
        "releases": [
            (
                replace(info, number=0),
                store.paragraphs(info.number),
                store.places(info.number),
                store.copies(info.number),
                index.passages_of(info.number),
            )
            for info in infos
        ],
        "contents": dict(store.contents()),
        "ids": store.ids_with_copies(),
        "names": (store.newsrooms(), store.authors(), store.span(), store.has_undated()),
        "words": dict(index.vocabulary.counts),
        "rarity": {term: round(value, 5) for term, value in index.idf(every).items()},
        "quoting": [ids(index.releases_quoting(each)) for each in PHRASES],
        "having": [ids(index.releases_having(terms(each))) for each in QUESTIONS],
        "about": [
            ids(index.releases_about([each], share=0.3, least=2)) for each in sorted(every)[:20]
        ],
        "titles": [each.id for each in index.titles.matching("fares")],
        "counts": (
            index.manifest.releases,
            index.manifest.paragraphs,
            index.manifest.passages,
            index.manifest.dimensions,
            index.manifest.fingerprint,
        ),
    }
    scores: dict[Any, float] = {}
    for question in QUESTIONS:
        vector, idf = encoder.encode_queries([question])[0], index.idf(terms(question))
        selections = (None, Selection(), Selection(phrases=PHRASES[3:4]))
        for at, selection in enumerate(selections):
            found = index.search(vector, idf, selection).best(_EVERY)
            located = index.located(found.rows)
            for place, cosine, bm25 in zip(located, found.cosine, found.bm25, strict=True):
                key = question, at, id_of[place[0]], place[1]
                scores[*key, "cosine"], scores[*key, "bm25"] = float(cosine), float(bm25)
        best = index.search(vector, idf, None).best_of_releases(0.6)
        for number, score in zip(sorted(id_of), best.tolist(), strict=True):
            scores[question, id_of[number]] = score if np.isfinite(score) else -9.0
    return Seen(texts, scores)
