import numpy as np
import pytest

from retrieval.index.vectors import ExactVectors
from retrieval.indexing.recall import recall, sample_queries
from retrieval.release import Release
from tests.retrieval.index.store_suite import unit_rows


class Forgetful(ExactVectors):
    """An exact store that never finds some rows."""

    def __init__(self, vectors, forgotten):
        super().__init__(vectors)
        self._known = np.ones(len(vectors), dtype=np.bool_)
        self._known[forgotten] = False

    def top(self, query, k, allowed=None):
        return super().top(query, k, self._known if allowed is None else allowed & self._known)


@pytest.mark.parametrize("forgotten", [0, 1, 5])
def test_recall_is_the_share_of_the_ten_nearest(forgotten):
    rows, queries = unit_rows(500, 32), unit_rows(50, 32, seed=1)
    exact = ExactVectors(rows)
    shares = []
    for query in queries:
        lost = exact.top(query, 10)[0][:forgotten]
        shares.append(recall(Forgetful(rows, lost), exact, query[None]))
    assert np.mean(shares) == pytest.approx(1 - forgotten / 10)
    assert recall(exact, exact, queries) == 1


def test_a_row_as_near_as_the_tenth_counts():
    rows = np.repeat(unit_rows(1, 8), 20, axis=0)
    assert recall(Forgetful(rows, [0, 1, 2]), ExactVectors(rows), rows[:1]) == 1


def test_queries_are_titles_and_sentences_of_all_times(recording):
    asked = []
    recording.encode_queries = lambda texts: asked.extend(texts) or np.zeros((len(texts), 4))
    releases = [
        Release(f"r{n}", f"Title {n}", ("One.", f"The river rose by {n} feet. It fell.", "Three."))
        for n in range(1000)
    ]
    sample_queries(releases, recording)
    assert len(asked) == 200
    assert asked[:3] == ["Title 0", "The river rose by 0 feet.", "Title 10"]
    assert asked[-2] == "Title 990"
    asked.clear()
    sample_queries(releases[:3], recording)
    assert len(asked) == 6
