"""The tables of a state, as its database describes them."""

from bot.state import State


def columns_of_state(state: State) -> dict[str, list[str]]:
    """The columns of each table of the stores."""
    database = state.database
    if state.file:
        tables = database.read(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite_%'"
        )
        return {
            name: [row[1] for row in database.read(f"PRAGMA table_info({name})")]
            for (name,) in tables
        }
    found: dict[str, list[str]] = {}
    for table, column in database.read(
        "SELECT table_name, column_name FROM information_schema.columns"
        " WHERE table_schema = 'verbatim_bot' ORDER BY table_name, ordinal_position"
    ):
        found.setdefault(table, []).append(column)
    del found["migration"]
    return found
