"""Reading web sites into their copies from the command line, with progress on stderr."""

import asyncio
from collections.abc import Iterable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from bot.cli.output import console, print_note
from bot.cli.progress_bar import ProgressBar
from bot.cli.site_views import import_line, show_import
from bot.sites import FirstLook, copy_site
from retrieval.sources.web.import_report import ImportReport
from retrieval.sources.web.site_copy import CopyBusy, SiteCopy

if TYPE_CHECKING:
    from bot.settings import Settings


def refresh_sites(settings: "Settings", sites: Iterable[Path]) -> None:
    """Bring the copies of sites up to date; a site that cannot be read stops nothing."""
    for folder in sites:
        try:
            with SiteCopy(folder) as copy:
                report = read_site(settings, copy)
                print_note(f"{copy.plan.address}: {import_line(report)}.")
        except CopyBusy as error:
            print_note(f"{error}. Its copy is read as it is.")
            continue
        if report.stopped:
            print_note(f"{report.stopped}. The copy of the site is read.")


def read_site(settings: "Settings", copy: SiteCopy, look: FirstLook | None = None) -> ImportReport:
    """Bring one copy up to date."""
    with ProgressBar(console(stderr=True), "pages") as bar:
        try:
            show = partial(show_import, bar, copy.plan.address)
            return asyncio.run(copy_site(settings, copy, show, look))
        except KeyboardInterrupt:
            print_note("what was read is kept, and the next one goes on there: verbatim index")
            raise
