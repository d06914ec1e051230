import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from embeddings.scheduling import PriorityLock


def test_a_question_that_waits_goes_before_the_next_batch():
    lock, order = PriorityLock(), []

    def take(kind):
        with getattr(lock, kind)():
            order.append(kind)

    with lock.batch():
        batch = threading.Thread(target=take, args=["batch"])
        question = threading.Thread(target=take, args=["query"])
        batch.start()
        question.start()
        # Only that it waits is awaited; whether the batch does already makes no difference.
        while not lock._queries_waiting:
            time.sleep(0.001)
    batch.join(10)
    question.join(10)
    assert order == ["query", "batch"]


def test_a_question_waits_for_the_batch_under_way_and_no_longer():
    lock, order = PriorityLock(), []

    def ask():
        with lock.query():
            order.append("question")

    asking = threading.Thread(target=ask)
    for number in range(4):
        with lock.batch():
            order.append(number)
            if number == 1:
                asking.start()
                while not lock._queries_waiting:
                    time.sleep(0.001)
    asking.join(10)
    assert order == [0, 1, "question", 2, 3]


def test_one_at_a_time():
    lock, inside, most = PriorityLock(), [], []

    def take(kind):
        with getattr(lock, kind)():
            inside.append(kind)
            most.append(len(inside))
            time.sleep(0.0005)
            inside.pop()

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(take, ["query", "batch"] * 50))
    assert most == [1] * 100


@pytest.mark.parametrize("kind", ["query", "batch"])
def test_an_error_gives_the_turn_back(kind):
    lock = PriorityLock()
    with pytest.raises(ZeroDivisionError), getattr(lock, kind)():
        raise ZeroDivisionError
    taken = []
    next_in_line = threading.Thread(target=lambda: lock.batch().__enter__() or taken.append(True))
    next_in_line.start()
    next_in_line.join(10)
    assert taken == [True]
