import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from embeddings.sharing import SharedPasses
from embeddings.turns import Turns


class Model:
    """Counts letters, and remembers its passes."""

    def __init__(self):
        self.passes = []

    def encode(self, texts):
        self.passes.append(list(texts))
        if "broken" in texts:
            raise ValueError("broken")
        return np.array([[len(text)] for text in texts], dtype=np.float32)


@pytest.fixture
def model():
    return Model()


def ask_while_the_model_is_busy(shared, turns, texts):
    """What each text gets, asked by a thread of its own in this order: a row, or an error."""

    def ask(text):
        try:
            return shared.rows([text])[0].tolist()
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(len(texts)) as pool:
        with turns.batch():
            asked = []
            for at, text in enumerate(texts, start=1):
                asked.append(pool.submit(ask, text))
                while len(shared._waiting) < at or turns._questions_waiting < at:
                    time.sleep(0.001)
        return [each.result(10) for each in asked]


def test_those_who_wait_go_together_in_the_order_in_which_they_came(model):
    turns = Turns()
    shared = SharedPasses(model.encode, len, 9, turns)
    texts = ["a", "bb", "ccc", "dddd", "eeeee"]
    assert ask_while_the_model_is_busy(shared, turns, texts) == [[1], [2], [3], [4], [5]]
    # Three of three letters are nine; two of five would be ten.
    assert model.passes == [["a", "bb", "ccc"], ["dddd"], ["eeeee"]]


def test_a_long_text_is_not_padded_to_by_short_ones(model):
    turns = Turns()
    shared = SharedPasses(model.encode, len, 50, turns)
    ask_while_the_model_is_busy(shared, turns, ["a", "b" * 100, "c", "d"])
    assert model.passes == [["a"], ["b" * 100], ["c", "d"]]


def test_who_is_alone_does_not_wait_for_company(model):
    assert [row.tolist() for row in SharedPasses(model.encode, len, 99, Turns()).rows(["abc"])] == [
        [3]
    ]
    assert model.passes == [["abc"]]


def test_more_texts_than_one_pass_takes_go_through_several(model):
    shared = SharedPasses(model.encode, len, 4, Turns())
    assert [row.tolist() for row in shared.rows(["a", "bb", "ccc"])] == [[1], [2], [3]]
    assert model.passes == [["a", "bb"], ["ccc"]]
    assert shared.rows([]) == []


def test_an_error_is_told_to_all_in_its_pass_and_to_nobody_else(model):
    turns = Turns()
    shared = SharedPasses(model.encode, len, 12, turns)
    told = ask_while_the_model_is_busy(shared, turns, ["a", "broken", "ccc"])
    assert told == ["broken", "broken", [3]]
    assert [row.tolist() for row in shared.rows(["dd"])] == [[2]]


def test_many_threads_each_get_their_own(model):
    shared = SharedPasses(model.encode, len, 400, Turns())
    texts = ["x" * n for n in range(1, 200)]
    with ThreadPoolExecutor(16) as pool:
        rows = list(pool.map(lambda text: shared.rows([text])[0].tolist(), texts))
    assert rows == [[len(text)] for text in texts]
    assert sorted(text for some in model.passes for text in some) == texts
    assert threading.active_count() < 20
