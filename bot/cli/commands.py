"""The commands of ``verbatim``."""

from datetime import date
from pathlib import Path
from typing import IO, TYPE_CHECKING

import click

from bot.cli.backups import backup, restore
from bot.cli.building import build_index, read_settings
from bot.cli.hints import listed, with_data
from bot.cli.moving import move
from bot.cli.options import NamedPath, data_option, filter_options, json_option
from bot.cli.output import print_json, print_note, print_view
from bot.cli.sources import sources

if TYPE_CHECKING:
    from bot.settings import Settings
    from retrieval.archive import Archive
    from retrieval.request_answers import RequestAnswer


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="verbatim-bot", prog_name="verbatim")
def verbatim() -> None:
    """Answers questions about press releases in the releases' own words."""


for command in (sources, backup, restore, move):
    verbatim.add_command(command)


@verbatim.command()
@click.argument("paths", nargs=-1, type=NamedPath(), metavar="[PATH ...]")
@data_option
@click.option("--replace", is_flag=True, help="Read only these paths, not those before.")
@click.option("--rebuild", is_flag=True, help="Embed all passages again.")
@json_option
def index(
    paths: tuple[Path, ...], data: Path | None, replace: bool, rebuild: bool, as_json: bool
) -> None:
    """Build or update the index from files and folders of releases.

    Each PATH is added to those that were indexed before, and all of them are read again. Without
    one, the web sites among the sources are asked for what is new.
    """
    from bot.release_sources import release_sources
    from bot.settings import open_archive

    settings = read_settings(data)
    if replace and not paths and not settings.releases:
        raise click.UsageError("--replace needs a PATH to read, or VERBATIM_RELEASES.")
    read = release_sources(settings, paths, only=replace)
    if read.is_sample:
        print_note(f"no releases are named: reading the sample in {listed(read.paths)}.")
    archive = open_archive(settings)
    if not paths and read.remember.sites:
        from bot.cli.site_import import refresh_sites

        refresh_sites(settings, read.remember.sites)
    report = build_index(settings, archive, read, rebuild=rebuild)
    if as_json:
        from bot.cli.json_output import report_json
        from bot.cli.views import dropped_line

        if report.dropped:
            print_note(dropped_line(report))
        print_json(report_json(report))
    else:
        from bot.cli.views import report_view, sources_view

        print_view(report_view(report))
        print_view(sources_view(report))
    if replace and paths and settings.releases:
        print_note("the next build reads VERBATIM_RELEASES as well, because it is set.")


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
    settings = read_settings(data, must_exist=True)
    if batch is not None:
        archive, remark = _archive(settings, data)
        if remark:
            print_note(remark)
        return _ask_batch(archive, batch, since, until, newsroom, limit)
    from retrieval.question import Question
    from retrieval.ranking.answer import Answer

    asked = Question(question or "", since, until, newsroom, limit=limit)
    archive, remark = _archive(settings, data)
    answer = archive.respond(asked)
    if not isinstance(answer, Answer):
        return _show_request(answer, remark, data, as_json=as_json)
    if as_json:
        from bot.cli.json_output import answer_json, explanation_json

        explanation = {"explanation": explanation_json(answer)} if explain else {}
        print_json(answer_json(answer) | explanation)
        if remark:
            print_note(remark)
        return 0
    from bot.cli.views import answer_view, hints_view

    print_view(answer_view(answer))
    if explain:
        from bot.cli.views import explanation_view

        print_view(explanation_view(answer))
    print_view(hints_view(answer, remark, data))
    return 0


def _show_request(
    found: "RequestAnswer", remark: str | None, data: Path | None, *, as_json: bool
) -> int:
    if as_json:
        from bot.cli.json_output import response_json

        print_json(response_json(found))
    else:
        from bot.cli.request_view import request_view

        print_view(request_view(found, data))
    if remark:
        print_note(remark)
    return 0


def _ask_batch(
    archive: "Archive",
    lines: IO[bytes],
    since: date | None,
    until: date | None,
    newsroom: str | None,
    limit: int,
) -> int:
    from bot.cli.batch import answer_lines
    from bot.cli.json_output import json_text

    failed = 0
    for line in answer_lines(archive, lines, since, until, newsroom, limit):
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
    from bot.cli.chat import talk

    archive, remark = _archive(read_settings(data, must_exist=True), data)
    if remark:
        print_note(remark)
    talk(archive, since, until, newsroom, data)


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
    from bot.settings import open_store
    from retrieval.release import Filter

    _, store = open_store(read_settings(data, must_exist=True)).releases()
    allowed = Filter(since, until, store.newsroom(newsroom))
    infos = store.select(allowed, search=search, limit=limit)
    if as_json:
        from bot.cli.json_output import release_info_json

        print_json([release_info_json(info) for info in infos])
        return
    from bot.cli.views import ReleaseListView

    if infos:
        print_view(ReleaseListView(infos))
    else:
        click.echo("No release matches.", err=True)


@verbatim.command()
@click.argument("id")
@data_option
@json_option
def release(id: str, data: Path | None, as_json: bool) -> None:
    """Print the whole release with an ID."""
    from bot.settings import open_store
    from retrieval.errors import UnknownRelease
    from retrieval.ranking.full_release import full_release
    from retrieval.release_history import release_history

    store = open_store(read_settings(data, must_exist=True))
    _, releases = store.releases()
    info = releases.find(id)
    if info is None:
        raise UnknownRelease(id)
    history = release_history(store, full_release(releases, info))
    if as_json:
        from bot.cli.json_output import release_json

        print_json(release_json(history))
    else:
        from bot.cli.release_view import release_view

        print_view(release_view(history))


@verbatim.command(name="eval")
@click.argument("questions", type=NamedPath(), metavar="QUESTIONS.jsonl")
@data_option
@click.option("--baselines", is_flag=True, help="Measure simple methods as well (slow at first).")
@json_option
def evaluate(questions: Path, data: Path | None, baselines: bool, as_json: bool) -> None:
    """Measure retrieval quality with questions whose answers are known."""
    from bot.settings import open_archive
    from retrieval.evaluation import evaluate as evaluation

    archive = open_archive(read_settings(data, must_exist=True))
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

    run_bot(read_settings(data), force_registration=register)


def _archive(settings: "Settings", data: Path | None) -> "tuple[Archive, str | None]":
    """Open the archive; build its index first if none can be used, or only the sample's.

    Returns it with a remark on where answers come from, if it was built just now, is the sample, or
    is not what is named.
    """
    from bot.release_sources import release_sources
    from bot.served_sources import mismatches
    from bot.settings import open_archive
    from retrieval.errors import IndexOutdated, NoIndex

    archive = open_archive(settings)
    built = False
    try:
        _ = archive.index
        if any(each.kind == "sample" for each in mismatches(settings)):
            sources = release_sources(settings)
            print_note(f"building an index from {listed(sources.paths)} in place of the sample.")
            build_index(settings, archive, sources)
            built = True
    except NoIndex:
        sources = release_sources(settings)
        which = "the sample in " if sources.is_sample else ""
        named = f"{which}{listed(sources.paths)}"
        print_note(f"no index in {settings.data} yet: building one from {named}.")
        build_index(settings, archive, sources)
        built = True
    except IndexOutdated as error:
        print_note(f"{error.rebuilding}.")
        build_index(settings, archive, release_sources(settings))
    return archive, _remark(settings, data, built=built)


def _remark(settings: "Settings", data: Path | None, *, built: bool) -> str | None:
    from bot.served_sources import mismatches
    from retrieval.index.remembered_sources import served_sources

    served = served_sources(settings.data)
    if served is None:
        return None
    if differences := mismatches(settings):
        lines = (f"{each.described(listed(each.paths))}." for each in differences)
        mended = with_data(f"verbatim {differences[0].command}", data)
        return f"{' '.join(lines)} {differences[0].fix}: {mended}"
    if served.sample:
        own = with_data("verbatim index PATH …", data)
        return f"answers come from the sample in {listed(served.sample)}. Name your own: {own}"
    return f"answers come from {listed(served.paths)}, indexed just now." if built else None
