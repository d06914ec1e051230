"""``verbatim backup`` and ``verbatim restore``."""

from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.building import read_settings
from bot.cli.options import NamedPath, data_option, json_option
from bot.cli.output import print_json, print_note
from embeddings.errors import VerbatimError

if TYPE_CHECKING:
    from bot.backup.contents import BackupContents


class BackedUpElsewhere(VerbatimError):
    """A backup of what is in a database was asked for, or is to be restored into it."""

    def __init__(self) -> None:
        super().__init__(
            "VERBATIM_STORE names a database, whose own tools back it up: pg_dump and pg_restore. "
            "Or copy it into a folder: verbatim move --to DIR"
        )


@click.command()
@click.argument("file", type=NamedPath())
@click.option("--replace", is_flag=True, help="Replace FILE if it is there.")
@data_option
@json_option
def backup(file: Path, replace: bool, data: Path | None, as_json: bool) -> None:
    """Write index, sources, copies of sites and the bot's state into FILE.

    The bot may be running.
    """
    from bot.backup.writing import back_up

    settings = read_settings(data, must_exist=True)
    if settings.store:
        raise BackedUpElsewhere
    contents = back_up(settings.data, file, replace=replace)
    size = file.stat().st_size
    if as_json:
        print_json({"file": str(file), "bytes": size, **_json(contents)})
    else:
        shown = f"{size / 1e6:,.1f} MB" if size >= 1e6 else f"{size / 1e3:,.0f} kB"
        click.echo(f"Backed up into {file} ({shown}): {_listed(contents)}.")


@click.command()
@click.argument("file", type=NamedPath())
@click.option("--replace", is_flag=True, help="Put aside what is in the data folder.")
@data_option
@json_option
def restore(file: Path, replace: bool, data: Path | None, as_json: bool) -> None:
    """Put what a backup in FILE has into the data folder.

    A bot on it must be stopped.
    """
    from bot.backup.restoring import restore as restored_from

    settings = read_settings(data)
    if settings.store:
        raise BackedUpElsewhere
    restored = restored_from(file, settings.data, replace=replace)
    if as_json:
        aside = str(restored.aside) if restored.aside else None
        missing = [str(path) for path in restored.missing]
        values = {"put_aside": aside, "missing_sources": missing}
        print_json({"data": str(settings.data), **_json(restored.contents), **values})
    else:
        contents = restored.contents
        taken = f"{contents.taken:%Y-%m-%d %H:%M} UTC"
        click.echo(f"Restored into {settings.data}, as of {taken}: {_listed(contents)}.")
    if restored.aside:
        print_note(f"what was there before is in {restored.aside}. Delete it when all is well.")
    for path in restored.missing:
        print_note(f"the index was built from {path}, which is not here. Bring it, or name others.")


def _json(contents: "BackupContents") -> dict[str, object]:
    return {
        "taken": contents.taken.isoformat(timespec="seconds"),
        "generation": contents.generation,
        "sites": list(contents.sites),
        "history": contents.history,
        "state": contents.state,
    }


def _listed(contents: "BackupContents") -> str:
    count = len(contents.sites)
    return ", ".join(
        part
        for is_there, part in (
            (contents.generation, f"the index {contents.generation} and its sources"),
            (count, "1 copy of a web site" if count == 1 else f"{count} copies of web sites"),
            (contents.history, "earlier wordings"),
            (contents.state, "the state of the bot"),
        )
        if is_there
    )
