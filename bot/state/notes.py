"""Small facts by name, such as a checksum of the registered commands."""

from bot.state.database import StateDatabase


class Notes:
    """Values by name. Every method raises `StateUnusable`."""

    def __init__(self, database: StateDatabase) -> None:
        self._database = database

    def get(self, name: str) -> str | None:
        """The value of a name, if it has one."""
        rows = self._database.read("SELECT value FROM note WHERE name = ?", [name])
        return str(rows[0][0]) if rows else None

    def set(self, name: str, value: str) -> None:
        """Store the value of a name."""
        self._database.write(
            "INSERT INTO note (name, value) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET value = excluded.value",
            [name, value],
        )
