"""A reader that is given damaged inputs."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.fuzz.mutations import mutated

KEPT = Path(__file__).parent / "kept"


@dataclass(frozen=True, slots=True)
class Target:
    """A reader.

    Attributes:
        name: what it reads.
        seeds: makes good inputs.
        read: reads an input, and checks with `assert` what must hold of what it read.
        may_raise: how it says that it refuses one.
        mutate: makes the input with a number of the seeds and the name.
        inputs: how many inputs it is given unless another number is asked for.
    """

    name: str
    seeds: Callable[[], Sequence[bytes]]
    read: Callable[[bytes], object]
    may_raise: tuple[type[Exception], ...] = (ValueError,)
    mutate: Callable[[Sequence[bytes], str, int], bytes] = mutated
    inputs: int = 100_000

    def input(self, number: int) -> bytes:
        """The input with a number, the same whenever it is asked for."""
        return self.mutate(self.seeds(), self.name, number)

    def accepts(self, data: bytes) -> bool:
        """Read an input; whether it was not refused. Raises what the reader may not raise."""
        try:
            self.read(data)
        except self.may_raise as error:
            if wants_memory(error):
                raise
            return False
        return True

    @property
    def kept(self) -> Path:
        """The folder of the inputs that it failed once."""
        return KEPT / self.name.replace(" ", "-")


def wants_memory(error: BaseException | None) -> bool:
    """Whether an error, or one that led to it, says that memory has run out."""
    while error is not None:
        if isinstance(error, MemoryError):
            return True
        error = error.__cause__ or error.__context__
    return False
