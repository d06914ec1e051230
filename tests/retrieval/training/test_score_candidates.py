import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from embeddings.reranker import SourcedText, TextReading
from retrieval.ranking.features import FEATURES, FeatureTable
from retrieval.ranking.rounds import READ
from retrieval.training.score_candidates import readings_of, sourced
from tests.retrieval.training.mined_questions import mined_question

LINE = st.text(st.characters(exclude_characters="\n"))


class Counting:
    """A reader that says of a text the number that it is."""

    name = "counting"

    def read(self, question, texts):
        return [TextReading(float(t.text), -float(t.text)) for t in texts]


def many(count, releases):
    """A question with so many candidates, best first."""
    first = -np.arange(count, dtype=np.float32)
    return mined_question(
        features=FeatureTable(dict.fromkeys(FEATURES, first)),
        texts=[f"Source\n{number}" for number in range(count)],
        releases=np.array(releases),
    )


def test_what_the_product_may_read_is_read_and_the_rest_is_not_known():
    releases = [*range(98), 0, 1]  # the best two releases come again at the end
    readings = readings_of(many(100, releases), Counting())
    assert readings.shape == (100, 2)
    assert readings.dtype == np.float32
    read = np.flatnonzero(~np.isnan(readings[:, 0])).tolist()
    assert read[:READ] == list(range(READ))
    assert {98, 99} <= set(read)
    assert len(read) < 50
    assert readings[read, 0].tolist() == read
    assert readings[read, 1].tolist() == [-at for at in read]
    assert np.isnan(np.delete(readings, read, axis=0)).all()
    assert np.isfinite(readings[read]).all()  # even where nothing of a text was read


def test_of_few_candidates_all_are_read():
    assert not np.isnan(readings_of(many(3, [0, 1, 1]), Counting())).any()


@given(LINE, st.text(), st.booleans())
def test_a_text_is_taken_apart_as_it_was_put_together(text, source, is_sourced):
    given = SourcedText(source if is_sourced else "", text)
    assert sourced(str(given)) == given
