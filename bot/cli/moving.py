"""``verbatim move``."""

from pathlib import Path

import click

from bot.cli.building import read_settings, shown_progress
from bot.cli.options import data_option, json_option
from bot.cli.output import print_json, print_note
from bot.phrases import release_count


@click.command()
@click.option("--to", required=True, metavar="STORE", help="postgresql://… or a data folder.")
@data_option
@json_option
def move(to: str, data: Path | None, as_json: bool) -> None:
    """Copy index and state into a database, or from there into a folder.

    Every bot on them must be stopped. What is copied stays where it was.
    """
    from bot.moving import move as moved_to
    from bot.settings import is_database

    settings = read_settings(data, must_exist=True)
    with shown_progress() as on_progress:
        moved = moved_to(settings, to, on_progress)
    manifest = moved.manifest
    if as_json:
        print_json(
            {
                "from": str(moved.source),
                "to": str(moved.target),
                "generation": manifest.generation,
                "releases": manifest.releases,
                "passages": manifest.passages,
                "state": dict(moved.rows),
            }
        )
        return
    rows = ", ".join(f"{count:,} in {table}" for table, count in moved.rows.items() if count)
    click.echo(
        f"Copied from {moved.source} to {moved.target}: the index {manifest.generation} "
        f"({release_count(manifest.releases)}, {manifest.passages:,} passages)"
        + (f" and the state of the bot (rows: {rows})." if moved.rows else ".")
    )
    use = "VERBATIM_STORE=…" if is_database(to) else f"VERBATIM_DATA={to} without VERBATIM_STORE"
    print_note(f"set {use} to use it.")
