"""Server settings, notes and seen releases survive a restart."""

import pytest

from bot.state import State
from bot.state.database import StateUnusable
from bot.state.servers import ServerSettings
from tests.bot.state.conftest import Open

SERVER = 1
SETTINGS = ServerSettings(
    channels=(20, 21), newsroom="coast.example", private=True, passages=5, announce=22
)


def test_settings_survive_a_restart(open_again: Open) -> None:
    state = open_again()
    assert state.servers.get(SERVER) == ServerSettings()
    state.servers.set(SERVER, ServerSettings(passages=1))
    state.servers.set(SERVER, SETTINGS)
    state = open_again()
    assert state.servers.get(SERVER) == SETTINGS
    assert state.servers.get(2) == state.servers.get(None) == ServerSettings()
    assert state.servers.announcing() == {SERVER: SETTINGS}


def test_settings_that_cannot_be_written_do_not_apply(state: State) -> None:
    state.database.write("ALTER TABLE server RENAME TO hidden")
    with pytest.raises(StateUnusable, match="server"):
        state.servers.set(SERVER, SETTINGS)
    assert state.servers.get(SERVER) == ServerSettings()


def test_notes_survive_a_restart(open_again: Open) -> None:
    state = open_again()
    assert state.notes.get("commands") is None
    state.notes.set("commands", "one")
    state.notes.set("commands", "two")
    state = open_again()
    assert state.notes.get("commands") == "two"


def test_a_release_is_unseen_once_and_the_first_index_is_no_news(open_again: Open) -> None:
    state = open_again()
    assert state.seen.unseen(["a", "b"]) == set()
    state.outbox.record(["a", "b"], [], {}, 0.0)
    assert state.seen.unseen(["a", "b", "c"]) == {"c"}
    state = open_again()
    assert state.seen.unseen(["b", "c"]) == {"c"}
    state.outbox.record(["b", "c"], [], {}, 0.0)
    assert state.seen.unseen(["a", "b", "c"]) == set()
