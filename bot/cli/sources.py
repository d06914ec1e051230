"""``verbatim sources``: where releases come from, folders and web sites."""

import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from bot.cli.building import build_index, read_settings
from bot.cli.options import data_option, json_option
from bot.cli.output import print_json, print_note, print_view
from embeddings.errors import VerbatimError
from retrieval.errors import NoReleases, SourceMissing

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.sites import FirstLook, SiteOffer
    from retrieval.archive import Archive

_HOST = re.compile(r"[\w-]+(?:\.[\w-]+)+(?::\d+)?(?:/|$)|localhost(?::\d+)?(?:/|$)")


class NobodyToAsk(VerbatimError):
    """A command that asks first was run where nobody can answer."""

    def __init__(self) -> None:
        super().__init__("there is no terminal to ask in. Add --yes to do it without asking")


class ConfiguredSource(VerbatimError):
    """A source that the settings name is to be removed."""

    def __init__(self, name: str) -> None:
        super().__init__(f"{name} is named by VERBATIM_RELEASES. Take it out there")
        self.name = name


@click.group()
def sources() -> None:
    """Where releases come from: web sites, folders and files."""


@sources.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Keep it without asking.")
@click.option(
    "--pdf-host",
    "pdf_hosts",
    multiple=True,
    metavar="HOST",
    help="Another host whose PDFs are read where releases link to them.",
)
@data_option
@json_option
def add(
    address: str, yes: bool, pdf_hosts: tuple[str, ...], data: Path | None, as_json: bool
) -> None:
    """Add the web site at ADDRESS, or the file or folder there.

    Says what the site offers, shows its first releases, asks, and reads all of them.
    """
    from bot.settings import open_archive

    settings = read_settings(data)
    path = Path(address)
    if "://" not in address and (path.exists() or not _HOST.match(address)):
        if not address.strip() or not path.exists():
            raise SourceMissing(path)
        _add_path(settings, path, as_json=as_json)
        return
    if not yes:
        _require_terminal(as_json=as_json)
    archive = open_archive(settings)
    _add_site(settings, archive, address, pdf_hosts, yes=yes, as_json=as_json)


@sources.command(name="list")
@data_option
@json_option
def list_sources(data: Path | None, as_json: bool) -> None:
    """List the sources, and how far each is."""
    from bot.cli.source_json import source_json
    from bot.release_sources import known_sources
    from bot.source_list import source_states

    states = list(source_states(known_sources(read_settings(data, must_exist=True))))
    if as_json:
        print_json([source_json(each) for each in states])
    elif states:
        from bot.cli.site_views import sources_list_view

        print_view(sources_list_view(states))
    else:
        click.echo("No sources yet. Add one: verbatim sources add ADDRESS", err=True)


@sources.command()
@click.argument("address", required=False)
@data_option
@json_option
def check(address: str | None, data: Path | None, as_json: bool) -> int:
    """Say what is new on each web site, or on the one at ADDRESS; keep nothing."""
    import asyncio

    from bot.cli.site_views import check_view, sources_list_view
    from bot.cli.source_json import check_json
    from bot.release_sources import known_sources
    from bot.sites import look_for_news
    from bot.source_list import find_source, source_states

    settings = read_settings(data, must_exist=True)
    known = known_sources(settings)
    wanted = find_source(address, known, settings.data) if address else None
    failed, values = False, list[object]()
    for state in source_states(known):
        if wanted not in (None, state.path):
            continue
        news = asyncio.run(look_for_news(settings, state.path)) if state.kind == "site" else None
        failed = failed or state.kind == "missing" or bool(news and news.error)
        if as_json:
            values.append(check_json(state, news))
        else:
            print_view(check_view(state.name, news) if news else sources_list_view([state]))
    if as_json:
        print_json(values)
    return 1 if failed else 0


@sources.command()
@click.argument("address")
@click.option("--yes", is_flag=True, help="Remove it without asking.")
@data_option
@json_option
def remove(address: str, yes: bool, data: Path | None, as_json: bool) -> None:
    """Remove a source and its releases; the files of a folder stay."""
    from bot.release_sources import known_sources, release_sources
    from bot.settings import open_archive
    from bot.source_list import LastSource, find_source
    from retrieval.sources.walk import real_path
    from retrieval.sources.web.site_copy import delete_copy

    settings = read_settings(data, must_exist=True)
    known = known_sources(settings)
    path = find_source(address, known, settings.data)
    if real_path(path) in set(map(real_path, settings.releases)):
        raise ConfiguredSource(address)
    if len(known.paths) == 1:
        raise LastSource(address)
    is_site = path in known.sites
    if not yes:
        _require_terminal(as_json=as_json)
        what = "and delete its copy" if is_site else "(its files stay)"
        click.confirm(f"Remove {address} {what}?", abort=True, err=True)
    remaining = release_sources(settings, without=path)
    report = build_index(settings, open_archive(settings), remaining)
    if is_site:
        delete_copy(path)  # only now: if the build fails, it is still a source
    if as_json:
        from bot.cli.json_output import report_json

        print_json({"removed": address, "index": report_json(report)})
    else:
        from bot.cli.views import report_view

        print_view(report_view(report))


def _require_terminal(*, as_json: bool) -> None:
    if as_json or not sys.stdin.isatty():
        raise NobodyToAsk


def _add_path(settings: "Settings", path: Path, *, as_json: bool) -> None:
    from bot.release_sources import release_sources
    from bot.settings import open_archive

    read = release_sources(settings, [path])
    report = build_index(settings, open_archive(settings), read)
    if as_json:
        from bot.cli.json_output import report_json

        print_json({"path": str(path.absolute()), "index": report_json(report)})
    else:
        from bot.cli.views import report_view, sources_view

        print_view(report_view(report))
        print_view(sources_view(report))


def _add_site(
    settings: "Settings",
    archive: "Archive",
    typed: str,
    pdf_hosts: Sequence[str],
    *,
    yes: bool,
    as_json: bool,
) -> None:
    from bot.cli.site_import import read_site
    from bot.cli.site_views import failures_view, import_line
    from bot.cli.source_json import discovery_json, import_json
    from bot.cli.views import report_view
    from bot.release_sources import release_sources
    from bot.sites import FirstLook, allow_pdf_hosts, nothing_copied
    from retrieval.index.remembered_sources import add_site, forget_site
    from retrieval.sources.web.addresses import host, typed_address
    from retrieval.sources.web.site_copy import SiteCopy, copy_folder, delete_copy, is_site_copy

    address = typed_address(typed)
    hosts = tuple(host(typed_address(each)) for each in pdf_hosts)
    folder = copy_folder(settings.data, address)
    is_new = not is_site_copy(folder)
    look = FirstLook()
    found: dict[str, object] = {"address": address}
    if is_new or _has_failed(folder):
        offer = _looked_at(settings, address, folder, look, yes=yes, as_json=as_json)
        found |= discovery_json(offer.discovery, offer.samples)
    else:
        print_note(f"going on with the copy of {address}.")
    release_sources(settings, site=folder)  # or one of the others is gone
    add_site(settings.data, folder)
    if hosts:
        allow_pdf_hosts(folder, hosts)
    with SiteCopy(folder) as copy:
        imported = read_site(settings, copy, look)
        copied = copy.status().copied
    try:
        if not copied:
            raise nothing_copied(address, imported)
        # Only now: other sources may have been added while the site was read.
        report = build_index(settings, archive, release_sources(settings, site=folder))
    except VerbatimError as error:
        if is_new and (not copied or isinstance(error, NoReleases)):
            forget_site(settings.data, folder)
            delete_copy(folder)
        raise
    if imported.stopped:
        print_note(f"{imported.stopped}. What was read until then is kept.")
    if as_json:
        from bot.cli.json_output import report_json

        print_json(found | {"import": import_json(imported), "index": report_json(report)})
        return
    print_view(failures_view(imported))
    click.echo(f"Read from {address}: {import_line(imported)}.")
    print_view(report_view(report))


def _has_failed(folder: Path) -> bool:
    """Whether a site could not be read the last time, so that it may be another one by now."""
    from retrieval.sources.web.site_copy import SiteCopy

    with SiteCopy(folder) as copy:
        return bool(copy.status().failure)


def _looked_at(
    settings: "Settings", address: str, folder: Path, look: "FirstLook", *, yes: bool, as_json: bool
) -> "SiteOffer":
    """Show what a site offers, ask, and begin its copy. Returns what was shown."""
    import asyncio

    from bot.cli.site_views import discovery_view
    from bot.sites import look_at
    from retrieval.sources.web.site_copy import SiteCopy

    if sys.stderr.isatty():
        print_note(f"looking for releases at {address} …")
    offer = asyncio.run(look_at(settings, address, look))
    if not as_json:
        print_view(discovery_view(offer.discovery, offer.samples))
    if not yes:
        click.confirm("Keep it?", abort=True, err=True)
    with SiteCopy.create(folder, offer.plan):
        return offer
