"""Both kinds of state, so that every test of a store runs over each."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any, TypeAlias

import pytest

from bot.state import State, open_postgres_state, open_state

Open: TypeAlias = Callable[[], State]


@pytest.fixture(params=["sqlite", "postgres"])
def open_again(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Open]:
    """Opens the same state as often as it is called, as further processes do; closes them all."""
    place: Any = tmp_path
    if request.param == "postgres":
        place = request.getfixturevalue("database_url")
    with ExitStack() as opened:

        def open_it() -> State:
            state = open_postgres_state(place) if isinstance(place, str) else open_state(place)
            opened.callback(state.close)
            return state

        yield open_it


@pytest.fixture
def state(open_again: Open) -> State:
    """A new state."""
    return open_again()


@pytest.fixture
def file_state(tmp_path: Path) -> Iterator[State]:
    """A new state in a file."""
    opened = open_state(tmp_path)
    yield opened
    opened.close()
