"""How many threads of torch's a pass runs on."""

from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def torch_threads(count: int) -> Iterator[None]:
    """Run the passes of this thread on so many threads of torch's.

    A short text gains nothing from a second one, and on a machine that has other work to do the two
    wait for each other at every layer: half a second for a question instead of 15 ms.
    """
    import torch

    before = torch.get_num_threads()
    torch.set_num_threads(count)
    try:
        yield
    finally:
        torch.set_num_threads(before)
