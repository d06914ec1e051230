"""Hearing at once of what another process did (``LISTEN`` and ``NOTIFY``)."""

import logging
import selectors
import socket
import threading
from collections.abc import Callable

from embeddings.errors import VerbatimError
from retrieval.postgres.database import Connection, PostgresDatabase

log = logging.getLogger(__name__)

_CHECK = 30.0  # seconds until a silent connection is tried
_PAUSE = 1.0  # seconds until a lost connection is made anew


class Listener:
    """Calls a function, in a thread of its own, for each notification of a channel.

    It is called after each new connection too: something may have been missed.

    Args:
        database: any schema of the database.
        channel: what to listen to.
        on_notice: what is called. It may raise `VerbatimError`, which is logged.
    """

    def __init__(
        self, database: PostgresDatabase, channel: str, on_notice: Callable[[], None]
    ) -> None:
        self._database = database
        self._channel = channel
        self._on_notice = on_notice
        self._closed = threading.Event()
        self._woken, self._waker = socket.socketpair()
        self._thread = threading.Thread(target=self._run, name=f"listen-{channel}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._closed.set()
        self._waker.send(b"\0")
        self._thread.join()
        self._waker.close()
        self._woken.close()

    def _run(self) -> None:
        while not self._closed.is_set():
            try:
                with self._database.own_connection() as connection:
                    connection.execute(f'LISTEN "{self._channel}"'.encode())
                    self._on_notice()
                    self._listen(connection)
            except VerbatimError as error:
                log.debug("cannot listen to %s: %s", self._channel, error)
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
                    self._on_notice()
