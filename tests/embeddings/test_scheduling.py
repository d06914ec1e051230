import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from embeddings.scheduling import PriorityLock


def test_a_waiting_query_goes_before_the_next_batch():
    lock, order = PriorityLock(), []

    def take(kind):
        with getattr(lock, kind)():
            order.append(kind)

    with lock.batch():
        batch = threading.Thread(target=take, args=["batch"])
        query = threading.Thread(target=take, args=["query"])
        batch.start()
        query.start()
        # Wait for the query alone; whether the batch waits yet makes no difference.
        while not lock._waiting_queries:
            time.sleep(0.001)
    batch.join(10)
    query.join(10)
    assert order == ["query", "batch"]


def test_a_query_waits_for_the_current_batch_only():
    lock, order = PriorityLock(), []

    def ask():
        with lock.query():
            order.append("query")

    asking = threading.Thread(target=ask)
    for number in range(4):
        with lock.batch():
            order.append(number)
            if number == 1:
                asking.start()
                while not lock._waiting_queries:
                    time.sleep(0.001)
    asking.join(10)
    assert order == [0, 1, "query", 2, 3]


def test_there_is_one_holder_at_a_time():
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
def test_an_error_releases_the_lock(kind):
    lock = PriorityLock()
    with pytest.raises(ZeroDivisionError), getattr(lock, kind)():
        raise ZeroDivisionError
    taken = []
    following = threading.Thread(target=lambda: lock.batch().__enter__() or taken.append(True))
    following.start()
    following.join(10)
    assert taken == [True]
