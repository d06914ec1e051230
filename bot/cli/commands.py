"""The commands of ``verbatim``."""

import contextlib
import sys
from collections.abc import Sequence
from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from bot.cli.options import data_option, filter_options, json_option
from bot.cli.output import console, print_json, print_view
from embeddings.errors import VerbatimError

if TYPE_CHECKING:
    from bot.settings import Settings
    from retrieval.archive import Archive
    from retrieval.indexing.report import IndexReport


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="verbatim-bot", prog_name="verbatim")
def verbatim() -> None:
    """Answers questions about press releases in the releases' own words."""


@verbatim.command()
@click.argument("paths", nargs=-1, type=click.Path(path_type=Path), metavar="[PATH ...]")
@data_option
@click.option("--rebuild", is_flag=True, help="Embed all passages again.")
@json_option
def index(paths: tuple[Path, ...], data: Path | None, rebuild: bool, as_json: bool) -> None:
    """Build or update the index from files and folders of releases."""
    from bot.settings import open_archive

    settings = _settings(data)
    report = _build(settings, open_archive(settings), paths, rebuild=rebuild)
    if as_json:
        from bot.cli.json_output import report_json

        print_json(report_json(report))
    else:
        from bot.cli.views import report_view

        print_view(report_view(report))


@verbatim.command()
@click.argument("question", required=False)
@data_option
@filter_options
@click.option("--limit", type=click.IntRange(1, 100), default=5, help="Most passages to show (5).")
@click.option("--explain", is_flag=True, help="Explain the rank of each passage.")
@click.option("--batch", type=click.File("rb"), help="Questions, one JSON object per line.")
@json_option
def ask(
    question: str | None,
    data: Path | None,
    since: date | None,
    until: date | None,
    newsroom: str | None,
    limit: int,
    explain: bool,
    batch: IO[bytes] | None,
    as_json: bool,
) -> int:
    """Answer QUESTION, or each question of a batch."""
    if (question is None) == (batch is None):
        raise click.UsageError("give a question, or --batch with a file of questions.")
    if explain and batch is not None:
        raise click.UsageError("--explain goes with one question, not with --batch.")
    settings = _settings(data)
    if batch is not None:
        return _ask_batch(settings, batch, since, until, newsroom, limit)
    from retrieval.question import Question

    asked = Question(question or "", since, until, newsroom, limit=limit)
    answer = _archive(settings).ask(asked)
    if as_json:
        from bot.cli.json_output import answer_json, explanation_json

        explanation = {"explanation": explanation_json(answer)} if explain else {}
        print_json(answer_json(answer) | explanation)
        return 0
    from bot.cli.views import answer_view

    print_view(answer_view(answer))
    if explain:
        from bot.cli.views import explanation_view

        print_view(explanation_view(answer))
    return 0


def _ask_batch(
    settings: "Settings",
    lines: IO[bytes],
    since: date | None,
    until: date | None,
    newsroom: str | None,
    limit: int,
) -> int:
    from bot.cli.batch import answer_lines
    from bot.cli.json_output import json_text

    failed = 0
    for line in answer_lines(_archive(settings), lines, since, until, newsroom, limit):
        failed += "error" in line
        click.echo(json_text(line))
    if failed:
        lines_failed = "1 line was" if failed == 1 else f"{failed:,} lines were"
        click.echo(f"verbatim: {lines_failed} not answered; each says why.", err=True)
    return 1 if failed else 0


@verbatim.command()
@data_option
@filter_options
def chat(data: Path | None, since: date | None, until: date | None, newsroom: str | None) -> None:
    """Ask in the terminal; a question may follow up the previous one."""
    from bot.cli.views import answer_view
    from retrieval.question import Question

    archive = _archive(_settings(data))
    click.echo("Ask about the press releases. An empty line ends the chat.", err=True)
    previous: str | None = None
    cited: tuple[str, ...] = ()
    while text := _next_question():
        try:
            question = Question(text, since, until, newsroom, previous, cited=cited)
            answer = archive.ask(question)
            print_view(answer_view(answer))
            previous = answer.ranking.query.text  # with what it took from the one before
            cited = tuple(passage.release.id for passage in answer.passages)
        except VerbatimError as error:
            click.echo(f"{error}.", err=True)


def _next_question() -> str:
    """The next line of the input; empty at its end."""
    if sys.stdin.isatty():
        with contextlib.suppress(ImportError):
            import readline  # noqa: F401 (gives input() line editing and a history)
    try:
        return input("? " if sys.stdin.isatty() else "").strip()
    except EOFError:
        return ""


@verbatim.command()
@data_option
@filter_options
@click.option(
    "--limit", type=click.IntRange(1, 100_000), default=20, help="Most releases to list (20)."
)
@click.option("--search", help="Only releases with these words in the title.")
@json_option
def releases(
    data: Path | None,
    since: date | None,
    until: date | None,
    newsroom: str | None,
    limit: int,
    search: str | None,
    as_json: bool,
) -> None:
    """List releases, newest first."""
    from retrieval.index.release_store import open_release_store
    from retrieval.release import Filter

    _, store = open_release_store(_settings(data).data)
    allowed = Filter(since, until, store.newsroom(newsroom))
    infos = store.select(allowed, search=search, limit=limit)
    if as_json:
        from bot.cli.json_output import release_info_json

        print_json([release_info_json(info) for info in infos])
        return
    from bot.cli.views import release_list_view

    if infos:
        print_view(release_list_view(infos))
    else:
        click.echo("No release matches.", err=True)


@verbatim.command()
@click.argument("id")
@data_option
@json_option
def release(id: str, data: Path | None, as_json: bool) -> None:
    """Print the whole release with an ID."""
    from retrieval.errors import UnknownRelease
    from retrieval.index.release_store import open_release_store

    _, store = open_release_store(_settings(data).data)
    info = store.find(id)
    if info is None:
        raise UnknownRelease(id)
    paragraphs = store.paragraphs(info.number)
    if as_json:
        from bot.cli.json_output import release_json

        print_json(release_json(info, paragraphs))
    else:
        from bot.cli.views import release_view

        print_view(release_view(info, paragraphs))


@verbatim.command(name="eval")
@click.argument("questions", type=click.Path(path_type=Path), metavar="QUESTIONS.jsonl")
@data_option
@click.option("--baselines", is_flag=True, help="Measure simple methods as well (slow at first).")
@json_option
def evaluate(questions: Path, data: Path | None, baselines: bool, as_json: bool) -> None:
    """Measure retrieval quality with questions whose answers are known."""
    from bot.settings import open_archive
    from retrieval.evaluation import evaluate as evaluation

    archive = open_archive(_settings(data))
    result = evaluation.evaluate(
        archive, questions, baselines=baselines, on_embedded=_show_embedded
    )
    if as_json:
        from bot.cli.json_output import evaluation_json

        print_json(evaluation_json(result))
    else:
        from bot.cli.evaluation_view import evaluation_view

        print_view(evaluation_view(result))


def _show_embedded(done: int, total: int) -> None:
    click.echo(f"embedding for the baselines: {done:,} of {total:,} texts", err=True)


@verbatim.command()
@data_option
@json_option
def doctor(data: Path | None, as_json: bool) -> int:
    """Check everything that the bot needs, and say how to fix it."""
    from bot.cli.doctor import ERROR, run_checks

    results = run_checks(data)
    if as_json:
        from bot.cli.json_output import check_json

        print_json([check_json(result) for result in results])
    else:
        from bot.cli.views import checks_view

        print_view(checks_view(results))
    return 1 if any(result.state == ERROR for result in results) else 0


@verbatim.command()
@data_option
@click.option("--register", is_flag=True, help="Register unchanged commands as well.")
def bot(data: Path | None, register: bool) -> None:
    """Run the Discord bot (DISCORD_TOKEN)."""
    from bot.run import run_bot

    run_bot(_settings(data), force_registration=register)


def _settings(data: Path | None) -> "Settings":
    from bot.settings import Settings

    return Settings(data=data) if data else Settings()


def _archive(settings: "Settings") -> "Archive":
    """Open the archive; build its index from the default sources first if none can be used."""
    from bot.settings import open_archive
    from retrieval.errors import IndexOutdated, NoIndex

    archive = open_archive(settings)
    try:
        _ = archive.index
    except NoIndex:
        _build(settings, archive, ())
    except IndexOutdated as error:
        click.echo(f"verbatim: {error.rebuilding}.", err=True)
        _build(settings, archive, ())
    return archive


def _build(
    settings: "Settings", archive: "Archive", paths: Sequence[Path], *, rebuild: bool = False
) -> "IndexReport":
    """Build the index, with progress on stderr."""
    from bot.cli.views import BuildBar
    from bot.settings import release_sources

    sources = tuple(paths) or release_sources(settings)
    with BuildBar(console(stderr=True)) as bar:
        return archive.reindex(
            sources, newsroom=settings.newsroom, rebuild=rebuild, on_progress=bar
        )
