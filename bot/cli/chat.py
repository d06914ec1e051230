"""``verbatim chat``: questions and answers, one after the other."""

import contextlib
import io
import sys
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import click

from bot.cli.hints import error_line
from bot.cli.output import print_view
from bot.cli.request_view import request_view
from bot.cli.views import answer_view
from embeddings.errors import VerbatimError
from retrieval.archive import Archive
from retrieval.query.standalone import is_courtesy
from retrieval.question import Question
from retrieval.ranking.answer import Answer

GREETING = "Ask about the press releases. To leave: quit, an empty line, or Ctrl+D."
_LEAVING = frozenset({"", "quit", "exit", "salir", ":q"})


def talk(
    archive: Archive,
    since: date | None,
    until: date | None,
    newsroom: str | None,
    data: Path | None,
) -> None:
    """Answer the questions on stdin until the user leaves, by a word, Ctrl+D or Ctrl+C.

    ``data`` is the folder that was given with ``--data``.
    """
    click.echo(GREETING, err=True)
    previous: str | None = None
    cited: tuple[str, ...] = ()
    with contextlib.suppress(KeyboardInterrupt):
        for text in _questions():
            try:
                question = Question(text, since, until, newsroom, previous, cited=cited)
                answer = archive.respond(question)
                if not isinstance(answer, Answer):
                    print_view(request_view(answer, data))
                    continue  # what comes next follows up what was asked before it
                print_view(answer_view(answer))
                if is_courtesy(text):
                    continue
                previous = answer.ranking.query.text  # with what it took from the one before
                cited = tuple(passage.release.id for passage in answer.passages)
            except VerbatimError as error:
                click.echo(error_line(error, data), err=True)
        return
    click.echo(err=True)  # what was interrupted left the cursor within a line


def _questions() -> Iterator[str]:
    """The lines of stdin, up to its end or to one that leaves."""
    prompt = "? " if sys.stdin.isatty() else ""
    if prompt:
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 (gives input() line editing and a history)
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(errors="replace")  # a line in another encoding ends nothing
    while True:
        try:
            text = input(prompt).strip()
        except EOFError:
            if prompt:
                click.echo(err=True)
            return
        if text.casefold() in _LEAVING:
            return
        yield text
