"""Errors of a PostgreSQL database: each says in one line what to do."""

from embeddings.errors import VerbatimError


class DatabaseError(VerbatimError):
    """A database that cannot be used.

    ``database`` is its address without its password, and ``reason`` is what it said.
    """

    def __init__(self, text: str, database: str, reason: str) -> None:
        super().__init__(text)
        self.database = database
        self.reason = reason


class DatabaseUnreachable(DatabaseError):
    """Nobody answers at the address of the database, or the connection was lost."""

    def __init__(self, database: str, reason: str) -> None:
        super().__init__(
            f"cannot reach the database {database}: {reason}. See that it runs and can be reached "
            "from here, and try again",
            database,
            reason,
        )


class DatabaseRefused(DatabaseError):
    """The database refuses a statement: the role may not, or an extension is not there."""

    def __init__(self, database: str, reason: str) -> None:
        super().__init__(
            f"the database {database} refuses: {reason}. See docs/postgresql.md for the rights and "
            "the extension that Verbatim needs",
            database,
            reason,
        )


class DatabaseNewer(DatabaseError):
    """A newer version of Verbatim has changed the tables."""

    def __init__(self, database: str, schema: str, found: int, known: int) -> None:
        super().__init__(
            f"a newer version of Verbatim wrote the schema {schema} of the database {database} "
            f"(migration {found}, this version knows {known}). Use that version",
            database,
            f"migration {found} of {known}",
        )
        self.schema = schema
        self.found = found
        self.known = known


class DatabaseOlder(DatabaseError):
    """The tables are not there, or of an older version, and the role may not change them."""

    def __init__(self, database: str, schema: str, reason: str) -> None:
        super().__init__(
            f"the schema {schema} of the database {database} is not there, or of an older version "
            f"of Verbatim, and this role may not change it ({reason}). See docs/postgresql.md for "
            "the rights that it needs, or run as its owner: verbatim index",
            database,
            reason,
        )
        self.schema = schema


class DriverMissing(VerbatimError):
    """The driver of PostgreSQL is not installed."""

    def __init__(self) -> None:
        super().__init__(
            "VERBATIM_STORE needs the driver of PostgreSQL. Install it: "
            "pip install 'verbatim-bot[postgres]'"
        )
