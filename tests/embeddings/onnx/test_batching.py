import threading
import time
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pytest

from embeddings.onnx.batching import QueryBatcher
from embeddings.scheduling import PriorityLock


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


def ask_while_the_model_is_busy(shared, lock, texts):
    """What each text gets, asked by a thread of its own in this order: a row, or an error."""

    def ask(text):
        try:
            return shared.run([text])[0].tolist()
        except ValueError as error:
            return str(error)

    with ThreadPoolExecutor(len(texts)) as pool:
        with lock.batch():
            asked = []
            for at, text in enumerate(texts, start=1):
                asked.append(pool.submit(ask, text))
                while len(shared._waiting) < at or lock._queries_waiting < at:
                    time.sleep(0.001)
        return [each.result(10) for each in asked]


def test_those_who_wait_go_together_in_the_order_in_which_they_came(model):
    lock = PriorityLock()
    shared = QueryBatcher(model.encode, len, 9, lock)
    texts = ["a", "bb", "ccc", "dddd", "eeeee"]
    assert ask_while_the_model_is_busy(shared, lock, texts) == [[1], [2], [3], [4], [5]]
    # Three of three letters are nine; two of five would be ten.
    assert model.passes == [["a", "bb", "ccc"], ["dddd"], ["eeeee"]]


def test_a_long_text_is_not_padded_to_by_short_ones(model):
    lock = PriorityLock()
    shared = QueryBatcher(model.encode, len, 50, lock)
    ask_while_the_model_is_busy(shared, lock, ["a", "b" * 100, "c", "d"])
    assert model.passes == [["a"], ["b" * 100], ["c", "d"]]


def test_who_is_alone_does_not_wait_for_company(model):
    assert [
        row.tolist() for row in QueryBatcher(model.encode, len, 99, PriorityLock()).run(["abc"])
    ] == [[3]]
    assert model.passes == [["abc"]]


def test_more_texts_than_one_pass_takes_go_through_several(model):
    shared = QueryBatcher(model.encode, len, 4, PriorityLock())
    assert [row.tolist() for row in shared.run(["a", "bb", "ccc"])] == [[1], [2], [3]]
    assert model.passes == [["a", "bb"], ["ccc"]]
    assert shared.run([]) == []


def test_an_error_is_told_to_all_in_its_pass_and_to_nobody_else(model):
    lock = PriorityLock()
    shared = QueryBatcher(model.encode, len, 12, lock)
    told = ask_while_the_model_is_busy(shared, lock, ["a", "broken", "ccc"])
    assert told == ["broken", "broken", [3]]
    assert [row.tolist() for row in shared.run(["dd"])] == [[2]]


def test_many_threads_each_get_their_own(model):
    shared = QueryBatcher(model.encode, len, 400, PriorityLock())
    texts = ["x" * n for n in range(1, 200)]
    with ThreadPoolExecutor(16) as pool:
        rows = list(pool.map(lambda text: shared.run([text])[0].tolist(), texts))
    assert rows == [[len(text)] for text in texts]
    assert sorted(text for some in model.passes for text in some) == texts
    assert threading.active_count() < 20
