"""A SQLite file whose schema is updated by ordered migrations.

A released migration is never edited; a change of the schema is a new one at the end.
``PRAGMA user_version`` (https://www.sqlite.org/pragma.html#pragma_user_version) counts the
migrations that were applied to a file.
"""

import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

from bot.private_files import make_private, private_file
from bot.state.database import Row, StateLock, StateUnusable, parsing_errors
from retrieval.sqlite_damage import ERRORS

MIGRATIONS: Sequence[str] = (
    """
    CREATE TABLE answer (
        id INTEGER PRIMARY KEY,
        asked TEXT NOT NULL,           -- when: ISO 8601, UTC
        server INTEGER,                -- NULL in direct messages
        channel INTEGER,
        message INTEGER,               -- the bot's message, once it is sent
        asker INTEGER,                 -- NULL unless VERBATIM_KEEP_NAMES is yes
        kind TEXT NOT NULL,            -- question, source (of a message), or request
        question TEXT NOT NULL,
        searched TEXT NOT NULL,        -- the question, with what it took from the previous one
        folded TEXT NOT NULL,          -- the question's words: equal for equal questions
        answered INTEGER NOT NULL,
        confidence REAL NOT NULL,
        generation TEXT NOT NULL,
        passages TEXT NOT NULL         -- JSON: the passages, best first
    );
    CREATE INDEX answer_message ON answer (message);
    CREATE INDEX answer_channel ON answer (channel, id);
    CREATE INDEX answer_unanswered ON answer (server, answered, kind, folded);
    CREATE INDEX answer_asked ON answer (asked);
    CREATE TABLE verdict (
        answer INTEGER NOT NULL REFERENCES answer (id) ON DELETE CASCADE,
        voter BLOB NOT NULL,           -- keyed hash of the user, different for each answer
        helpful INTEGER NOT NULL,
        reason TEXT,
        given TEXT NOT NULL,
        PRIMARY KEY (answer, voter)
    ) WITHOUT ROWID;
    CREATE TABLE server (
        id INTEGER PRIMARY KEY,
        settings TEXT NOT NULL         -- JSON
    );
    CREATE TABLE note (
        name TEXT PRIMARY KEY,
        value TEXT NOT NULL
    ) WITHOUT ROWID;
    CREATE TABLE seen (
        release TEXT PRIMARY KEY
    ) WITHOUT ROWID;
    """,
    """
    CREATE TABLE outbox (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- never used again while somebody may hold it
        server INTEGER NOT NULL,
        channel INTEGER NOT NULL,
        nonce INTEGER NOT NULL,
        total INTEGER NOT NULL,        -- of the releases announced, not all of which are listed
        queued REAL NOT NULL,          -- when, like all times here: seconds since 1970
        due REAL,                      -- when to go on with it; NULL if nothing is left to do
        attempts INTEGER NOT NULL DEFAULT 0,  -- of the next step
        first_tried REAL,              -- when it was first tried to send it
        tried_revision INTEGER,        -- the revision that was tried then
        message INTEGER,               -- the id of the message, once it is known to be sent
        sent REAL,
        publish INTEGER NOT NULL DEFAULT 0,   -- whether it is still to be published to followers
        revision INTEGER NOT NULL DEFAULT 1,  -- counts the corrections
        shown INTEGER NOT NULL DEFAULT 0      -- the revision that the message shows
    );
    CREATE INDEX outbox_due ON outbox (channel, due);
    CREATE TABLE outbox_release (
        item INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
        release TEXT NOT NULL,
        checksum TEXT NOT NULL,        -- of its title and text
        changed REAL,                  -- when it was seen to have changed after it was sent
        PRIMARY KEY (item, release)
    ) WITHOUT ROWID;
    CREATE INDEX outbox_release_id ON outbox_release (release);
    """,
    """
    CREATE TABLE refresh (
        site TEXT PRIMARY KEY,         -- the name of the folder of its copy
        due TEXT NOT NULL,             -- when it is read next: ISO 8601, UTC
        failures INTEGER NOT NULL DEFAULT 0,  -- in a row
        failing_since TEXT,            -- NULL unless the last reading failed
        reason TEXT NOT NULL DEFAULT '',
        told TEXT,                     -- when the managers were told that it fails
        reading INTEGER NOT NULL DEFAULT 0,   -- whether a reading began and has not ended
        unbuilt INTEGER NOT NULL DEFAULT 0    -- whether the index lacks what was read
    ) WITHOUT ROWID;
    CREATE TABLE offer (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- so that no old button means a new offer
        made TEXT NOT NULL,
        plan TEXT NOT NULL             -- JSON: how the site would be read
    );
    """,
    """
    CREATE TABLE announcement (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- so that no old button means a new one
        server INTEGER NOT NULL,
        channel INTEGER NOT NULL,
        role INTEGER,                  -- to mention; NULL for nobody
        newsroom TEXT,                 -- these three: only such releases; NULL for any
        words TEXT,
        question TEXT,
        calibration TEXT,              -- JSON: from which score a release matches the question
        made REAL NOT NULL,
        kept INTEGER NOT NULL DEFAULT 0  -- 0 until a manager has seen what it would announce
    );
    CREATE INDEX announcement_server ON announcement (server);
    ALTER TABLE outbox ADD COLUMN roles TEXT NOT NULL DEFAULT '[]';   -- JSON: whom it mentions
    ALTER TABLE outbox ADD COLUMN scopes TEXT NOT NULL DEFAULT '[]';  -- JSON: why it is sent
    """,
    """
    ALTER TABLE announcement ADD COLUMN digest INTEGER;  -- the hour, 0 to 23; NULL for at once
    ALTER TABLE outbox ADD COLUMN digest INTEGER;  -- likewise
    -- Whether the message is the first of a post in a forum, which has the same id.
    ALTER TABLE outbox ADD COLUMN post INTEGER NOT NULL DEFAULT 0;
    """,
    """
    CREATE TABLE subscription (
        id INTEGER PRIMARY KEY AUTOINCREMENT,  -- so that no old button means a new one
        user INTEGER NOT NULL,
        channel INTEGER,               -- the direct messages with the user; NULL until it is kept
        locale TEXT NOT NULL,          -- of the user
        newsroom TEXT,                 -- these three: only such releases; NULL for any
        words TEXT,
        question TEXT,
        calibration TEXT,              -- JSON: from which score a release matches the question
        made REAL NOT NULL,            -- when it was offered, or, once it is kept, since when
        unannounced TEXT NOT NULL DEFAULT '[]'  -- JSON: ids that the index had, unannounced, then
    );
    CREATE INDEX subscription_user ON subscription (user);
    CREATE INDEX subscription_channel ON subscription (channel);
    ALTER TABLE outbox ADD COLUMN subscriptions TEXT NOT NULL DEFAULT '[]';  -- JSON: for which
    """,
    """
    CREATE TABLE membership (
        server INTEGER PRIMARY KEY,
        gone REAL                      -- since when the bot is not in it; NULL while it is
    );
    """,
)


# https://www.sqlite.org/autoinc.html
_COUNTERS = "SELECT name, seq FROM sqlite_sequence"
_COUNTING = "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"


class HeldLocks:
    """The names of the locks that are held in a process."""

    def __init__(self) -> None:
        self._names = set[str]()
        self._changing = threading.Lock()

    def take(self, name: str) -> bool:
        """Hold a lock; return whether it was free."""
        with self._changing:
            if name in self._names:
                return False
            self._names.add(name)
            return True

    def release(self, name: str) -> None:
        """Hold a lock no longer."""
        with self._changing:
            self._names.discard(name)


class SqliteLock:
    """A lock among those who use one `SqliteDatabase`."""

    def __init__(self, held: HeldLocks, name: str) -> None:
        self._held = held
        self._name = name

    def is_held(self) -> bool:
        """It is, until it is released."""
        return True

    def release(self) -> None:
        """Let others have it."""
        self._held.release(self._name)


class SqliteDatabase:
    """A SQLite file: a `StateDatabase` of one process.

    Further processes may open it; their locks are not kept apart, and none learns what another has
    set. What two of them send, Discord recognizes.
    """

    def __init__(self, path: Path, migrations: Sequence[str] = MIGRATIONS) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._held = HeldLocks()
        try:
            make_private(path.parent)
            private_file(path)  # its log gets the same rights
            self._connection = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
        except (OSError, sqlite3.Error) as error:
            raise StateUnusable(path, str(error)) from error
        try:
            self._migrate(migrations)
        except StateUnusable:
            self._connection.close()
            raise

    def read(self, query: str, values: Sequence[object] = ()) -> list[Row]:
        """Return the rows of a query. Raises `StateUnusable`."""
        with self._locked() as connection:
            return connection.execute(query, values).fetchall()

    def write(self, query: str, values: Sequence[object] = ()) -> None:
        """Run a statement. Raises `StateUnusable`."""
        with self._locked() as connection:
            connection.execute(query, values)

    def write_many(self, query: str, rows: Iterable[Sequence[object]]) -> None:
        """Run a statement for each row, in one transaction. Raises `StateUnusable`."""
        with self._locked() as connection, connection:
            connection.execute("BEGIN")
            connection.executemany(query, rows)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Run several statements as one transaction, which is on disk when the block ends.

        It is rolled back if the block raises. Other writes may be lost in a power cut; this one
        is for what must be known before something is sent. Raises `StateUnusable`.
        """
        with self._locked() as connection:
            connection.execute("PRAGMA synchronous = FULL")
            try:
                with connection:
                    connection.execute("BEGIN IMMEDIATE")
                    yield connection
            finally:
                connection.execute("PRAGMA synchronous = NORMAL")

    def compact(self) -> None:
        """Leave nothing on the disk of what was deleted, neither in the file nor in its log."""
        with self._locked() as connection:
            connection.execute("VACUUM")
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    @property
    def path(self) -> Path:
        """Where the file is."""
        return self._path

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._connection.close()

    @contextmanager
    def _locked(self) -> Iterator[sqlite3.Connection]:
        try:
            with self._lock:
                yield self._connection
        except ERRORS as error:
            raise StateUnusable(self._path, str(error)) from error

    def parsing(self) -> AbstractContextManager[None]:
        """Raise `StateUnusable` for a stored value that cannot be read."""
        return parsing_errors(self._path)

    def try_lock(self, name: str) -> StateLock | None:
        """Take a lock; None if somebody else in this process has it."""
        return SqliteLock(self._held, name) if self._held.take(name) else None

    def watch(self, changed: Callable[[], None]) -> None:
        """Call nobody back: the file is one process's."""

    def last_ids(self) -> Mapping[str, int]:
        """The highest ids that were given out, of the tables that give none out twice."""
        return {str(name): int(id) for name, id in self.read(_COUNTERS)}

    def count_from(self, ids: Mapping[str, int]) -> None:
        """Give out only ids above these, by table, and above all that there are."""
        with self.transaction() as connection:
            known = dict(connection.execute(_COUNTERS).fetchall())
            tables = [str(name) for (name,) in connection.execute(_COUNTING).fetchall()]
            for table in tables:
                count = max(ids.get(table, 0), known.get(table, 0))
                connection.execute("DELETE FROM sqlite_sequence WHERE name = ?", [table])
                connection.execute("INSERT INTO sqlite_sequence VALUES (?, ?)", [table, count])

    def _migrate(self, migrations: Sequence[str]) -> None:
        with self._locked() as connection:
            self._applied(connection, migrations)  # raises before anything is changed
            # WAL: readers never wait for a writer; a power cut loses the last writes at most. The
            # file keeps this mode. If another process is just setting it, SQLite refuses at once.
            with suppress(sqlite3.OperationalError):
                connection.execute("PRAGMA journal_mode = WAL")
            connection.execute("PRAGMA synchronous = NORMAL")
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
            while (applied := self._applied(connection, migrations)) < len(migrations):
                connection.execute("BEGIN IMMEDIATE")
                with connection:
                    # Another process may have applied it before this one had the lock.
                    if self._applied(connection, migrations) == applied:
                        for statement in _statements(migrations[applied]):
                            connection.execute(statement)
                        connection.execute(f"PRAGMA user_version = {applied + 1}")

    def _applied(self, connection: sqlite3.Connection, migrations: Sequence[str]) -> int:
        """The number of migrations that were applied to the file."""
        applied = int(connection.execute("PRAGMA user_version").fetchone()[0])
        if applied > len(migrations):
            raise StateUnusable(self._path, "a newer version of Verbatim wrote it")
        return applied


def _statements(script: str) -> Iterator[str]:
    """The statements of a script, one by one: `executescript` would commit the transaction."""
    statement = ""
    for part in script.split(";"):
        statement += part + ";"
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""
