"""A PostgreSQL server for tests: that of a package, or one named by VERBATIM_TEST_POSTGRES.

The package carries PostgreSQL with the extensions ``vector`` (pgvector) and ``pg_textsearch``. A
server of one's own needs the former at least, and a role that may create databases; tests that
kill the server are then left out.
"""

import os
import secrets
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit, urlunsplit

import psutil
import psycopg
from psycopg import sql

OWN_SERVER = "VERBATIM_TEST_POSTGRES"
_TRIES = 3  # pg_ctl gives the server ten seconds to start, which a busy machine may need


class PostgresServer:
    """A running server, and the databases in it.

    Attributes:
        url: of its database ``postgres``.
        pgdata: its folder; None for a server of one's own.
    """

    def __init__(self, url: str, pgdata: Path | None = None) -> None:
        self.url = url
        self.pgdata = pgdata

    @contextmanager
    def database(self) -> Iterator[str]:
        """A new, empty database, which is dropped at the end; its address."""
        name = f"verbatim_test_{secrets.token_hex(6)}"
        identifier = sql.Identifier(name)
        self._run(sql.SQL("CREATE DATABASE {}").format(identifier))
        try:
            yield urlunsplit(urlsplit(self.url)._replace(path=f"/{quote(name)}"))
        finally:
            self._run(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(identifier))

    def kill(self) -> None:
        """Kill the server with all its processes, as a failing machine would."""
        assert self.pgdata
        try:
            number = int((self.pgdata / "postmaster.pid").read_text().split()[0])
            main = psutil.Process(number)
            main.send_signal(signal.SIGSTOP)  # or it would start anew what is killed, and more
            processes = [main, *main.children(recursive=True)]
        except (FileNotFoundError, psutil.NoSuchProcess):
            return  # it did not start
        for process in processes:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(processes, timeout=10)

    def start(self) -> None:
        """Start the server again after `kill`; it recovers by itself."""
        assert self.pgdata
        bundled_server(self.pgdata)
        deadline = time.monotonic() + 60
        while True:
            try:
                self._run(sql.SQL("SELECT 1"))
                return
            except psycopg.OperationalError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.05)

    def _run(self, command: sql.SQL | sql.Composed) -> None:
        with psycopg.connect(self.url, autocommit=True) as connection:
            connection.execute(command)


def bundled_server(pgdata: Path) -> str:
    """Start the server of the package in a folder, unless it runs there; its address."""
    from pgserver.postgres_server import PostgresServer as Bundled

    for left in reversed(range(_TRIES)):
        try:
            if (running := Bundled._instances.get(pgdata)) is None:
                running = Bundled(pgdata)
            else:
                running.ensure_postgres_running()
            return running.get_uri()
        except (subprocess.SubprocessError, AssertionError):
            Bundled._instances.pop(pgdata, None)
            if not left:
                raise
    raise AssertionError


@contextmanager
def running_server(folder: Path) -> Iterator[PostgresServer]:
    """The server for tests; the package's has its files in a folder."""
    if own := os.environ.get(OWN_SERVER):
        yield PostgresServer(own)
        return
    pgdata = folder.resolve()
    url = bundled_server(pgdata)
    with psycopg.connect(url, autocommit=True) as connection:
        # Tests kill processes, not the machine: what the system has been given is not lost.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    server = PostgresServer(url, pgdata)
    try:
        yield server
    finally:
        server.kill()
