"""Learns at once when another process changes settings of servers."""

import logging
import selectors
import socket
import threading
from collections.abc import Callable

from embeddings.errors import VerbatimError
from retrieval.postgres.database import Connection, PostgresDatabase

log = logging.getLogger(__name__)

_CHANNEL = "verbatim_bot_server"  # which the trigger of the table notifies
_CHECK = 30.0  # seconds until a silent connection is tried
_PAUSE = 1.0  # seconds until a lost connection is made anew


class ServerWatcher:
    """Calls back in a thread of its own, also after each new connection: it may have missed some.

    Args:
        database: where the settings are.
        changed: reads them again.
    """

    def __init__(self, database: PostgresDatabase, changed: Callable[[], None]) -> None:
        self._database = database
        self._changed = changed
        self._closed = threading.Event()
        self._woken, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name="server-watcher", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop."""
        self._closed.set()
        self._waker.send(b"\0")
        self._thread.join()
        self._waker.close()
        self._woken.close()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                with self._database.own_connection() as connection:
                    connection.execute(f"LISTEN {_CHANNEL}".encode())
                    self._changed()
                    self._listen(connection)
            except VerbatimError as error:
                log.debug("cannot learn of changed settings: %s", error)
                self._closed.wait(_PAUSE)
            except Exception:
                log.exception("unexpected error")
                self._closed.wait(_PAUSE)

    def _listen(self, connection: Connection) -> None:
        with selectors.DefaultSelector() as selector:
            for each in (connection, self._woken):
                selector.register(each, selectors.EVENT_READ)
            while True:
                is_silent = not selector.select(_CHECK)
                if self._closed.is_set():
                    return
                if is_silent:
                    connection.execute("SELECT 1")
                if list(connection.notifies(timeout=0)):
                    self._changed()
