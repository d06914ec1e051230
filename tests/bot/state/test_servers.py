"""Server settings, notes and seen releases survive a restart."""

from pathlib import Path

import pytest

from bot.state import open_state
from bot.state.database import StateUnusable
from bot.state.servers import ServerSettings

SERVER = 1
SETTINGS = ServerSettings(
    channels=(20, 21), newsroom="coast.example", private=True, passages=5, announce=22
)


def test_settings_survive_a_restart(tmp_path: Path) -> None:
    state = open_state(tmp_path)
    assert state.servers.get(SERVER) == ServerSettings()
    state.servers.set(SERVER, ServerSettings(passages=1))
    state.servers.set(SERVER, SETTINGS)
    state.close()
    state = open_state(tmp_path)
    assert state.servers.get(SERVER) == SETTINGS
    assert state.servers.get(2) == state.servers.get(None) == ServerSettings()
    assert state.servers.announcing() == {SERVER: SETTINGS}
    state.close()


def test_settings_that_cannot_be_written_do_not_apply(tmp_path: Path) -> None:
    state = open_state(tmp_path)
    state.database.write("PRAGMA query_only = ON")
    with pytest.raises(StateUnusable, match="readonly"):
        state.servers.set(SERVER, SETTINGS)
    assert state.servers.get(SERVER) == ServerSettings()
    state.close()


def test_notes_survive_a_restart(tmp_path: Path) -> None:
    state = open_state(tmp_path)
    assert state.notes.get("commands") is None
    state.notes.set("commands", "one")
    state.notes.set("commands", "two")
    state.close()
    state = open_state(tmp_path)
    assert state.notes.get("commands") == "two"
    state.close()


def test_a_release_is_unseen_once_and_the_first_index_is_no_news(tmp_path: Path) -> None:
    state = open_state(tmp_path)
    assert state.seen.unseen(["a", "b"]) == set()
    state.outbox.record(["a", "b"], [], {}, 0.0)
    assert state.seen.unseen(["a", "b", "c"]) == {"c"}
    state.close()
    state = open_state(tmp_path)
    assert state.seen.unseen(["b", "c"]) == {"c"}
    state.outbox.record(["b", "c"], [], {}, 0.0)
    assert state.seen.unseen(["a", "b", "c"]) == set()
    state.close()
