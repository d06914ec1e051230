"""Hearing at once of what another process did (``LISTEN`` and ``NOTIFY``)."""

import logging
import threading
from collections.abc import Callable

import psycopg

from retrieval.postgres.database import PostgresDatabase
from retrieval.postgres.errors import DatabaseError

log = logging.getLogger(__name__)

_LOOKED_UP = 0.5  # seconds after which a listener sees that it is closed
_PAUSES = (0.5, 1.0, 2.0, 5.0, 10.0)  # seconds between two tries to connect, the last one repeated


class Listener:
    """Calls a function, in a thread of its own, for each notification of a channel.

    It is called too when a lost connection is there again: something may have been missed.

    Args:
        database: any schema of the database.
        channel: what to listen to.
        on_notice: what is called. It must not raise.
    """

    def __init__(
        self, database: PostgresDatabase, channel: str, on_notice: Callable[[], None]
    ) -> None:
        self._database = database
        self._channel = channel
        self._on_notice = on_notice
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name=f"listen {channel}", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Stop listening."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        failures = 0
        while not self._closing.is_set():
            try:
                with self._database.own_connection() as connection:
                    connection.execute(f'LISTEN "{self._channel}"'.encode())
                    if failures:
                        log.info("the database %s is there again", self._database.address)
                    failures = 0
                    self._on_notice()
                    self._listen(connection)
            except DatabaseError as error:
                if not failures:
                    log.warning("%s", error)
                self._closing.wait(_PAUSES[min(failures, len(_PAUSES) - 1)])
                failures += 1

    def _listen(self, connection: psycopg.Connection[tuple[object, ...]]) -> None:
        while not self._closing.is_set():
            for _ in connection.notifies(timeout=_LOOKED_UP, stop_after=1):
                self._on_notice()
