"""Runs a command: the only place where an error becomes a line on stderr and an exit status."""

import contextlib
import logging
import sys
from collections.abc import Iterator, Sequence

import click

from bot.cli.commands import verbatim
from bot.cli.hints import error_line, printable
from bot.cli.options import Given
from embeddings.errors import VerbatimError
from retrieval.errors import NoReleases


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit status.

    The status is 0 for success, 1 for an error, which is one line on stderr, 2 for wrong usage, and
    130 if the user interrupts the command.
    """
    # The bot has a log of its own.
    given = Given()
    exports = contextlib.nullcontext() if "bot" in arguments[:1] else _export_log()
    try:
        with exports:
            status = verbatim.main(
                list(arguments), prog_name="verbatim", standalone_mode=False, obj=given
            )
    except click.UsageError as error:
        error.show()
        return 2
    except VerbatimError as error:
        if isinstance(error, NoReleases):
            _show_reasons(error)
        click.echo(f"verbatim: {error_line(error, given.data)}", err=True)
        return 1
    except (click.Abort, KeyboardInterrupt):
        click.echo("verbatim: stopped. The index is unchanged.", err=True)
        return 130
    except SystemExit:
        return 0  # how click exits when the reader of a pipe is gone
    except OSError as error:
        where = f" ({error.filename})" if error.filename else ""
        click.echo(f"verbatim: {printable(f'{error.strerror or error}{where}')}.", err=True)
        return 1
    return status if isinstance(status, int) else 0


def _show_reasons(error: NoReleases) -> None:
    """Show why no document could be read, ahead of the line that says that none was."""
    for reason in error.reasons:
        click.echo(printable(f"refused {reason}"), err=True)
    if (more := error.refused - len(error.reasons)) > 0 and error.reasons:
        click.echo(f"refused {more:,} more", err=True)


@contextlib.contextmanager
def _export_log() -> Iterator[None]:
    """Show on stderr that a model is being exported, which takes a while and happens once."""
    logger, handler = logging.getLogger("embeddings.export"), logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s …"))
    logger.addHandler(handler)
    logger.setLevel(logging.INFO)
    try:
        yield
    finally:
        logger.removeHandler(handler)
        logger.setLevel(logging.NOTSET)
