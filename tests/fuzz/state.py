"""The state of the bot, damaged: it opens, repaired if need be, with all that can be read of it."""

import sqlite3
import tempfile
from collections.abc import Mapping, Sequence
from contextlib import closing, suppress
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from bot.state import STATE, State, open_repaired_state, open_state
from bot.state.announcements import Announcement
from bot.state.answers import AnswerRecord, PassageRef
from bot.state.database import StateUnusable
from bot.state.outbox import NewItem
from bot.state.repair import BACKUP, back_up_state, find_damage, put_aside, repair_state
from bot.state.servers import ServerSettings
from bot.state.sqlite import MIGRATIONS
from bot.state.subscriptions import Subscription
from retrieval.scope import Scope
from retrieval.sqlite_damage import ERRORS
from retrieval.standing import Calibration, StandingQuestion
from tests.fuzz.archives import packed, unpacked
from tests.fuzz.databases import version_of

_VERSIONS = Path(__file__).parents[1] / "bot" / "state" / "versions"
_SERVERS = 1, 7
_CHANNEL, _USER, _DIRECT = 20, 1575071663106555939, 30
_NOON = datetime(2026, 4, 11, 12, tzinfo=UTC)
_NOW = _NOON.timestamp()
# What a repair leaves out with what it belongs to.
_BELONGS = ("verdict", "outbox_release")

Rows = Mapping[str, Sequence[tuple[Any, ...]]]


@cache
def state_seeds() -> tuple[bytes, ...]:
    """Folders with a state of a bit of everything, with a backup and without, and older ones."""
    with tempfile.TemporaryDirectory() as folder:
        data = Path(folder)
        state = open_state(data)
        state.notes.set("voters", "07" * 32)  # which are by chance otherwise
        fill_state(state, 1)
        back_up_state(data / STATE, _NOW)
        fill_state(state, 2)
        state.close()
        with_backup = packed(data)
        (data / BACKUP).unlink()
        return (with_backup, with_backup, packed(data), *map(_older, sorted(_VERSIONS.iterdir())))


def read_state(data: bytes) -> None:
    """Open it as the bot does. Raises `StateUnusable` for the state of a newer version."""
    with unpacked(data) as folder:
        path = folder / STATE
        before = path.read_bytes() if path.exists() else b""
        known = _known(path)
        try:
            repair = repair_state(path)
            open_repaired_state(folder).close()
        except StateUnusable:
            assert version_of(before) > len(MIGRATIONS), "a damaged state stops the start"
            assert path.read_bytes() == before
            raise
        aside = [each for each in put_aside(path) if each.suffix == ".damaged"]
        assert bool(repair) == bool(aside)
        assert not aside or aside[0].read_bytes() == before
        assert find_damage(path) is None
        after = _rows(path)
        damaged = set(repair.tables if repair else ())
        # What may be announced or sent twice is rather lost.
        damaged |= {"outbox"} if "outbox_release" in damaged else set()
        for table, rows in known.items():
            if table in damaged & {"seen", "outbox"}:
                continue
            columns = {name for row in rows for name, _ in row}
            left = {frozenset(each for each in row if each[0] in columns) for row in after[table]}
            assert left.issuperset(map(frozenset, rows)), f"a readable row of {table} is gone"
        state = open_state(folder)
        try:
            _use(state)
        except StateUnusable as error:
            raise AssertionError(f"a repaired state cannot be used: {error}") from error
        finally:
            state.close()
        assert find_damage(path) is None


def fill_state(state: State, day: int) -> None:
    """Write into every table; another ``day`` writes other rows."""
    scope = Scope("coast.example", "fair", "anything about ferries?")
    calibration = Calibration(StandingQuestion("anything about ferries?"), 0.2, 4, "abc")
    for server in _SERVERS:
        state.servers.set(server, ServerSettings((_CHANNEL, day), "Harbor", True, 4, 9, 10))
    passages = (
        PassageRef("bridge", 2, "1a2b", (3, 9), 0.7, (1, 2)),
        PassageRef("a", 1, "c", (0, 1), 0.1),
    )
    for number in range(30):
        answer = AnswerRecord(
            f"How much was it on day {day}, {number % 7}?", "the bridge", number % 2 == 0, 0.5,
            "g000001", passages, _SERVERS[0], _CHANNEL, _USER,
        )  # fmt: skip
        id = state.answers.add(answer, _NOON)
        state.answers.set_message(id, 1000 * day + number)
        state.answers.rate(id, _USER, _NOON, helpful=False, reason="too old")
    ids = [f"release-{day}-{number}" for number in range(40)]
    item = NewItem(_SERVERS[0], _CHANNEL, {ids[0]: "c0ffee"}, 1, scopes=(scope,), roles=(5,))
    later = NewItem(_SERVERS[0], _CHANNEL, {ids[1]: "c0ffee"}, 1, digest=9)
    state.outbox.record(ids, [item, later], {}, _NOW)
    offered = state.subscriptions.offer(Subscription(_USER, scope, "es-ES", calibration), _NOW)
    state.subscriptions.keep(_USER, offered, _DIRECT, ids[:3], _NOW)
    made = Announcement(_SERVERS[0], _CHANNEL + day, scope, 5, calibration, digest=9)
    state.announcements.keep(_SERVERS[0], state.announcements.offer(made, _NOW), _NOW)
    state.notes.set(f"commands-{day}", "abc")
    state.sources.begin(f"harbor.example-{day}", _NOON)
    state.sources.fail(f"harbor.example-{day}", _NOON, _NOON, "no answer")
    state.sources.tell(f"harbor.example-{day}", _NOON)
    state.sources.add_offer("{}", _NOON)
    state.database.write("UPDATE outbox SET nonce = id")  # likewise


def _older(script: Path) -> bytes:
    """The folder with the state of an older version."""
    with tempfile.TemporaryDirectory() as folder:
        with closing(sqlite3.connect(Path(folder) / STATE)) as connection:
            connection.executescript(script.read_text(encoding="utf-8"))
        return packed(Path(folder))


@cache
def _written() -> Mapping[str, frozenset[tuple[Any, ...]]]:
    """The rows of all seeds by table: what can be read of these must not be lost."""
    rows = dict[str, set[tuple[Any, ...]]]()
    for seed in state_seeds():
        with unpacked(seed) as folder:
            for table, found in _rows(folder / STATE).items():
                rows.setdefault(table, set()).update(found)
    return {table: frozenset(found) for table, found in rows.items()}


def _known(path: Path) -> Rows:
    """The rows of a damaged state that were written so; without those that need another one."""
    written = _written()
    return {
        table: [row for row in rows if row in written[table]]
        for table, rows in _rows(path).items()
        if table in written and table not in _BELONGS
    }


def _rows(path: Path) -> dict[str, list[tuple[Any, ...]]]:
    """The rows of each table that can be read, each as pairs of its columns and values."""
    found = dict[str, list[tuple[Any, ...]]]()
    if not path.exists():
        return found
    uri = f"{path.as_uri()}?mode=ro"
    with suppress(*ERRORS), closing(sqlite3.connect(uri, uri=True)) as connection:
        query = "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        for (name,) in connection.execute(query).fetchall():
            with suppress(*ERRORS):
                cursor = connection.execute(f'SELECT * FROM "{name}"')
                columns = [each[0] for each in cursor.description]
                found[name] = [tuple(zip(columns, row, strict=True)) for row in cursor.fetchall()]
    return found


def _use(state: State) -> None:
    """All that the bot asks of it, and some that it writes."""
    for server in (*_SERVERS, 2):
        assert 1 <= state.servers.get(server).passages <= 5
        state.answers.unanswered(server)
        state.announcements.of_server(server)
    state.servers.announcing()
    state.servers.with_managers()
    for id in (1, 2, 31, 60):
        state.answers.get(id)
    state.answers.by_message(1000)
    state.answers.latest_in(_CHANNEL)
    added = AnswerRecord("And then?", "", True, 0.5, "g1", (), _SERVERS[0], _CHANNEL)
    id = state.answers.add(added, _NOON)
    assert state.answers.get(id)
    assert state.answers.rate(id, _USER, _NOON, helpful=True)
    state.seen.unseen(["release-1-1", "other"])
    assert state.outbox.waiting() >= 0
    state.outbox.correctable(_NOW)
    for channel in {*state.outbox.due_channels(_NOW), _CHANNEL}:
        if item := state.outbox.next_due(channel, _NOW):
            state.outbox.begin(item, _NOW)
            state.outbox.postpone(item, _NOW + 60)
    new = NewItem(_SERVERS[0], _CHANNEL, {"new": "sum"}, 1, digest=9, roles=(5,))
    state.outbox.record(["new"], [new], {"release-1-0": "other"}, _NOW)
    state.notes.get("commands-1")
    for site in state.sources.all().values():
        assert site.due <= _NOON or site.due > _NOON, "it can be compared with the time"
        assert not site.failing_since or site.failing_since <= max(site.failing_since, _NOON)
    state.announcements.all()
    for subscription in state.subscriptions.all():
        assert all(isinstance(each, str) for each in subscription.unannounced)
        datetime.fromtimestamp(subscription.since, UTC)
    state.subscriptions.of_user(_USER)
    state.subscriptions.of_channel(_DIRECT, [1])
    assert state.persons.find(_USER, _DIRECT) is not None
