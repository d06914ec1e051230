"""``verbatim sources``: a newsroom's site on loopback, added, checked, listed and removed."""

import json
import os
import shutil
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from bot.cli.site_import import read_site
from bot.i18n import ENGLISH
from bot.state import open_state
from retrieval.sources.web.site_copy import copy_folder
from tests.retrieval.sources.pdf_files import Text, pdf
from tests.retrieval.sources.web.newsroom import Newsroom, huge, newsroom_beside
from tests.retrieval.sources.web.sites import (
    path,
    release_html,
    serve_feed,
    serve_listing,
    serve_releases,
    serve_sitemap,
    serve_wordpress,
    title,
)


@pytest.fixture
def newsroom() -> Iterator[Newsroom]:
    with newsroom_beside() as server:
        yield server


@pytest.fixture(autouse=True)
def loopback(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERBATIM_PRIVATE_ADDRESSES", "yes")
    monkeypatch.setenv("VERBATIM_FETCH_DELAY", "0")
    monkeypatch.setenv("VERBATIM_CONTACT", "press@harbor.example")
    monkeypatch.setenv("VERBATIM_DATA", "kept")
    Path("kept").mkdir()
    monkeypatch.setenv("VERBATIM_RERANKER", "none")


def releases(verbatim: Any) -> dict[str, Any]:
    """All releases of the index by address."""
    return {each["url"]: each for each in json.loads(verbatim("releases", "--json")[1])}


FORMS = {
    "feed": (serve_feed, "a feed (RSS 2.0) with the latest 5 releases, 2026-02-16 to 2026-02-20"),
    "listing": (serve_listing, "a list with the latest 5 releases, 2026-02-16 to 2026-02-20"),
    "sitemap": (serve_sitemap, "a sitemap with all 5 releases"),
    "WordPress": (serve_wordpress, "an interface of WordPress (press_release) with all 5 releases"),
}


@pytest.mark.parametrize("form", FORMS)
def test_a_site_is_looked_at_shown_read_and_indexed(
    form: str, verbatim: Any, newsroom: Newsroom
) -> None:
    serve, summary = FORMS[form]
    serve_releases(newsroom, range(5))
    serve(newsroom, range(5))
    status, out, _ = verbatim("sources", "add", newsroom.address(), "--yes")
    assert status == 0
    assert f": {summary}" in out
    shown = out.partition("The first releases, as they are read:")[2]
    assert shown.count("HARBOR CITY — The council voted on part") == 3
    assert f"2026-02-20  {title(0)}" in shown
    assert f"Read from {newsroom.address()}: 5 new, 0 changed, 0 unchanged, 0 failed." in out
    assert set(releases(verbatim)) == {newsroom.address(path(each)) for each in range(5)}
    answer = json.loads(verbatim("ask", "What did Mayor Quill say about part 3?", "--json")[1])
    assert answer["passages"][0]["release"]["url"] == newsroom.address(path(3))


def test_a_release_that_is_a_pdf_is_cited_with_its_page(verbatim: Any, newsroom: Newsroom) -> None:
    serve_releases(newsroom, range(3))
    sentence = "Mayor Ann Roe announced that the quay of Lindow will be rebuilt with oak timber."
    page = [Text(72, 720, "Quay to be rebuilt", 20, True), Text(72, 660, sentence)]
    file = pdf([Text(72, 720, "A cover page without a date")], page)
    newsroom.serve(path(1), file, content_type="application/pdf")
    serve_feed(newsroom, range(3))
    verbatim("sources", "add", newsroom.address(), "--yes")
    answer = json.loads(verbatim("ask", "What will the quay be rebuilt with?", "--json")[1])
    (passage,) = [each for each in answer["passages"] if each["text"] == sentence]
    assert passage["link"] == newsroom.address(f"{path(1)}#page=2")
    assert passage["release"]["date"] == "2026-02-19"


LETTER_SENTENCE = "We ask the minister of Lindow to pay for lamps of brass on the whole pier."


def serve_letter(newsroom: Newsroom, host: str = "127.0.0.1") -> str:
    """Three releases, the second of which links to a letter; returns the letter's address."""
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    address = newsroom.address("/files/letter.pdf", host=host)
    newsroom.serve(path(1), release_html(1, extra=f"<p><a href='{address}'>The letter</a></p>"))
    letter = pdf([Text(72, 720, "Dear Minister Poe,")], [Text(72, 720, LETTER_SENTENCE)])
    newsroom.serve("/files/letter.pdf", letter, content_type="application/pdf")
    return address


def test_a_pdf_that_a_release_links_to_is_cited_with_its_name_and_page(
    verbatim: Any, newsroom: Newsroom
) -> None:
    address = serve_letter(newsroom)
    _, out, err = verbatim("sources", "add", newsroom.address(), "--yes")
    assert "3 new, 0 changed, 0 unchanged, 0 failed, 1 PDF." in out
    assert f"{newsroom.address()}: looking for PDFs, 3 of 3 pages" in err.splitlines()
    assert f"{newsroom.address()}: fetching, 1 of 1 PDFs" in err.splitlines()
    asked = ("ask", "What lamps is the minister asked to pay for?")
    answer = json.loads(verbatim(*asked, "--json")[1])
    (passage,) = [each for each in answer["passages"] if each["text"] == LETTER_SENTENCE]
    assert (passage["link"], passage["page"]) == (f"{address}#page=2", 2)
    assert passage["attachment"] == {"name": "letter.pdf", "url": address}
    assert passage["release"]["url"] == newsroom.address(path(1))
    shown = verbatim(*asked)[1]
    assert "— letter.pdf, page 2\n" in shown
    assert f"{address}#page=2\n" in shown
    release = json.loads(verbatim("release", passage["release"]["id"], "--json")[1])
    count = len(release["paragraphs"])
    assert release["attachments"] == [
        {"name": "letter.pdf", "url": address, "paragraphs": [count - 1, count]}
    ]
    lines = verbatim("release", passage["release"]["id"])[1].splitlines()
    at = lines.index("letter.pdf")
    assert lines[at + 1] == address
    assert lines[-1].endswith(LETTER_SENTENCE)


def test_a_pdf_of_another_host_is_read_if_that_is_allowed(
    verbatim: Any, newsroom: Newsroom
) -> None:
    address = serve_letter(newsroom, host="localhost")
    _, out, _ = verbatim("sources", "add", newsroom.address(), "--yes")
    assert f"note {address}: it is on another site" in out
    allowed = ("--pdf-host", "localhost")
    status, out, _ = verbatim("sources", "add", newsroom.address(), *allowed, "--yes")
    assert (status, "1 PDF." in out, "1 changed" in out) == (0, True, True)
    assert verbatim("index")[2].count("failed.") == 1
    status, _, err = verbatim("sources", "add", newsroom.address(), "--pdf-host", "a b", "--yes")
    assert (status, "no valid host name" in err) == (1, True)


def test_no_page_is_fetched_twice_and_the_settings_reach_the_server(
    verbatim: Any, newsroom: Newsroom
) -> None:
    serve_releases(newsroom, range(5))
    serve_feed(newsroom, range(5))
    verbatim("sources", "add", newsroom.address(), "--yes")
    asked = [each for each in newsroom.asked if each != "/robots.txt"]
    assert len(asked) == len(set(asked))
    assert "+press@harbor.example" in newsroom.visits[-1].headers["User-Agent"]


def test_as_json_it_is_all_there_and_alone_on_stdout(verbatim: Any, newsroom: Newsroom) -> None:
    serve_releases(newsroom, range(4))
    newsroom.answer(path(4), huge(25_000_000))
    serve_feed(newsroom, range(5))
    status, out, _ = verbatim("sources", "add", newsroom.address(), "--yes", "--json")
    found = json.loads(out)
    assert (status, found["kind"], found["complete"]) == (0, "page", False)
    assert found["news"] == found["archive"] == newsroom.address("/feed")
    assert [each["title"] for each in found["samples"]] == [title(each) for each in range(3)]
    assert found["import"]["new"] == found["index"]["added"] == 4
    (failed,) = found["import"]["failed"]
    assert failed["address"] == newsroom.address(path(4))
    assert failed["reason"].startswith("it is larger than 20 MB")
    assert [each["source"] for each in found["index"]["refused"]] == [failed["address"]]


def test_index_alone_reads_what_is_new_on_all_sites(
    verbatim: Any, newsroom: Newsroom, tmp_path: Path
) -> None:
    (tmp_path / "notes").mkdir()
    (tmp_path / "notes" / "zoo.txt").write_text("Zoo Adopts a Tapir\n\nThe zoo has a new tapir.\n")
    serve_releases(newsroom, range(6))
    serve_feed(newsroom, range(2, 6))
    verbatim("sources", "add", "notes")
    verbatim("sources", "add", newsroom.address(), "--yes")
    serve_feed(newsroom, range(6))
    status, out, err = verbatim("index", "--json")
    report = json.loads(out)
    assert (status, report["added"], report["unchanged"]) == (0, 2, 5)
    assert f"verbatim: {newsroom.address()}: 2 new, 0 changed, 0 unchanged, 0 failed." in err
    _, out, _ = verbatim("index")
    assert out.splitlines()[-1] == f"Read from 2 sources: notes, {newsroom.address()}"


def test_a_site_that_closes_is_reported_and_its_copy_is_read(
    verbatim: Any, newsroom: Newsroom
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    verbatim("sources", "add", newsroom.address(), "--yes")
    newsroom.serve("/robots.txt", "User-agent: *\nDisallow: /", content_type="text/plain")
    status, out, err = verbatim("index", "--json")
    assert (status, json.loads(out)["releases"]) == (0, 3)
    assert "0 new, 0 changed, 0 unchanged, 1 failed." in err
    status, out, _ = verbatim("sources", "check", "--json")
    (checked,) = json.loads(out)
    assert (status, "robots.txt forbids it" in checked["error"]) == (1, True)
    _, out, _ = verbatim("sources", "list")
    assert "robots.txt forbids it" in out
    checks = {each["check"]: each for each in json.loads(verbatim("doctor", "--json")[1])}
    assert checks["web site"]["state"] == "missing"
    assert checks["web site"]["fix"].endswith(f"verbatim sources check {newsroom.address()}")


def test_what_is_indexed_while_a_site_is_read_stays(
    verbatim: Any, newsroom: Newsroom, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_releases(newsroom, range(5))
    serve_feed(newsroom, range(5))
    (note := tmp_path / "zoo.txt").write_text("Zoo Adopts a Tapir\n\nThe zoo has a new tapir.\n")

    def read_beside(*arguments: Any) -> Any:
        assert verbatim("index", str(note))[0] == 0
        return read_site(*arguments)

    monkeypatch.setattr("bot.cli.site_import.read_site", read_beside)
    assert verbatim("sources", "add", newsroom.address(), "--yes")[0] == 0
    assert len(releases(verbatim)) == 6


@pytest.mark.parametrize("json_option", [[], ["--json"]])
def test_a_site_that_lets_nobody_in_is_not_kept(
    json_option: list[str], verbatim: Any, newsroom: Newsroom
) -> None:
    for each in ("/", "/feed", "/news"):
        newsroom.delete(each, status=403)
    status, out, err = verbatim("sources", "add", newsroom.address(), "--yes", *json_option)
    assert (status, out) == (1, "")
    (line,) = err.splitlines()
    assert "the site blocks Verbatim (HTTP 403). Ask the site's owner" in line
    assert list(Path("kept").iterdir()) == []


def test_a_site_whose_releases_are_all_missing_is_not_kept(
    verbatim: Any, newsroom: Newsroom
) -> None:
    serve_feed(newsroom, range(3))
    status, _, err = verbatim("sources", "add", newsroom.address(), "--yes")
    assert (status, err.splitlines()[-1].endswith("It is not kept.")) == (1, True)
    assert not copy_folder(Path("kept"), newsroom.address()).exists()
    assert verbatim("sources", "list", "--json")[1] == "[]\n"


def test_a_page_without_releases_is_no_source(verbatim: Any, newsroom: Newsroom) -> None:
    newsroom.serve("/", "<html><head><title>Pier 9</title></head><body><p>Closed.</p></body>")
    status, _, err = verbatim("sources", "add", newsroom.address(), "--yes")
    assert status == 1
    assert "no feed, list or sitemap of releases is found. Give the page that lists" in err


@pytest.mark.parametrize(
    ("address", "status", "said"),
    [
        ("nowhere", 1, "no such file or folder: nowhere"),
        ("", 1, "no such file or folder"),
        ("ftp://harbor.example", 1, "only http and https are read"),
        ("http://169.254.169.254/", 1, "is not a public address"),
    ],
)
def test_what_is_no_source_is_an_error_in_one_line(
    address: str, status: int, said: str, verbatim: Any
) -> None:
    found, out, err = verbatim("sources", "add", address, "--yes")
    assert (found, out) == (status, "")
    assert said in err
    assert len(err.splitlines()) == 1


def test_without_a_terminal_nothing_is_asked(verbatim: Any, newsroom: Newsroom) -> None:
    status, _, err = verbatim("sources", "add", newsroom.address())
    assert (status, "Add --yes" in err) == (1, True)
    assert newsroom.asked == []


@pytest.mark.parametrize(("typed", "kept"), [("y\n", True), ("n\n", False)])
def test_in_a_terminal_it_is_asked_before_a_site_is_kept(
    typed: str, kept: bool, verbatim: Any, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    ours, theirs = os.openpty()
    os.write(ours, typed.encode())
    with os.fdopen(theirs) as terminal:
        monkeypatch.setattr(sys, "stdin", terminal)
        status, out, err = verbatim("sources", "add", newsroom.address())
    os.close(ours)
    assert (status, "Keep it?" in err) == (0 if kept else 130, True)
    assert title(0) in out
    assert copy_folder(Path("kept"), newsroom.address()).exists() is kept


def test_checking_says_what_is_new_and_keeps_nothing(verbatim: Any, newsroom: Newsroom) -> None:
    serve_releases(newsroom, range(6))
    serve_feed(newsroom, range(2, 6))
    verbatim("sources", "add", newsroom.address(), "--yes")
    assert verbatim("sources", "check")[1] == f"{newsroom.address()}: nothing new\n"
    serve_feed(newsroom, range(6))
    newsroom.visits.clear()
    status, out, _ = verbatim("sources", "check", newsroom.address())
    assert (status, newsroom.asked) == (0, ["/robots.txt", "/feed"])
    assert out.splitlines() == [
        f"{newsroom.address()}: 2 new",
        f"  2026-02-20  {title(0)}",
        f"  2026-02-19  {title(1)}",
    ]
    assert len(releases(verbatim)) == 4


def test_the_list_says_how_far_each_source_is(
    verbatim: Any, newsroom: Newsroom, tmp_path: Path
) -> None:
    assert verbatim("sources", "list")[2].startswith("No sources yet.")
    note = tmp_path / "zoo.txt"
    note.write_text("Zoo Adopts a Tapir\n\nThe zoo has a new tapir.\n")
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(4))
    verbatim("sources", "add", str(note))
    verbatim("sources", "add", newsroom.address(), "--yes")
    file, site = json.loads(verbatim("sources", "list", "--json")[1])
    assert file == {"kind": "file", "name": str(note)}
    assert (site["kind"], site["name"]) == ("site", newsroom.address())
    assert (site["releases"], site["listed"], site["failed"]) == (3, 4, 1)
    assert (site["complete"], site["failure"]) == (False, None)
    note.unlink()
    first, second = verbatim("sources", "list")[1].splitlines()
    assert first == f"{note}: not there any more"
    assert second.startswith(f"{newsroom.address()}: a web site, 3 releases copied, 1 still to ")


def test_a_site_is_removed_with_its_copy(verbatim: Any, newsroom: Newsroom, tmp_path: Path) -> None:
    note = tmp_path / "zoo.txt"
    note.write_text("Zoo Adopts a Tapir\n\nThe zoo has a new tapir.\n")
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    verbatim("sources", "add", newsroom.address(), "--yes")
    folder = copy_folder(Path("kept"), newsroom.address())
    status, _, err = verbatim("sources", "remove", newsroom.address(), "--yes")
    assert (status, "is the only source" in err) == (1, True)
    verbatim("sources", "add", str(note))
    assert verbatim("sources", "remove", newsroom.address())[0] == 1  # nobody to ask
    assert folder.exists()
    status, out, _ = verbatim("sources", "remove", newsroom.address(), "--yes")
    assert (status, "0 added, 0 changed, 3 removed, 1 unchanged" in out) == (0, True)
    assert not folder.exists()
    status, _, err = verbatim("sources", "remove", newsroom.address(), "--yes")
    assert (status, f"is none of the sources. They are: {note}" in err) == (1, True)


def test_a_copy_stays_where_the_build_without_it_fails(
    verbatim: Any, newsroom: Newsroom, tmp_path: Path
) -> None:
    note = tmp_path / "zoo.txt"
    note.write_text("Zoo Adopts a Tapir\n\nThe zoo has a new tapir.\n")
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    verbatim("sources", "add", str(note))
    verbatim("sources", "add", newsroom.address(), "--yes")
    note.unlink()
    assert verbatim("sources", "remove", newsroom.address(), "--yes")[0] == 1
    assert copy_folder(Path("kept"), newsroom.address()).exists()
    assert len(releases(verbatim)) == 4


def test_a_data_folder_can_be_moved_with_its_sites(
    verbatim: Any, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    verbatim("sources", "add", newsroom.address(), "--yes")
    Path("kept").rename("moved")
    monkeypatch.setenv("VERBATIM_DATA", "moved")
    status, out, _ = verbatim("index", "--json")
    assert (status, json.loads(out)["unchanged"]) == (0, 3)


def test_a_copy_that_is_gone_can_be_made_again(verbatim: Any, newsroom: Newsroom) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    verbatim("sources", "add", newsroom.address(), "--yes")
    shutil.rmtree(copy_folder(Path("kept"), newsroom.address()))
    status, _, err = verbatim("index")
    assert (status, err.strip().endswith("verbatim sources add ADDRESS")) == (1, True)
    status, out, _ = verbatim("sources", "add", newsroom.address(), "--yes")
    assert (status, "3 unchanged" in out) == (0, True)


def test_adding_a_site_again_reads_what_is_new(verbatim: Any, newsroom: Newsroom) -> None:
    serve_releases(newsroom, range(4))
    serve_feed(newsroom, range(1, 4))
    verbatim("sources", "add", newsroom.address(), "--yes")
    serve_feed(newsroom, range(4))
    status, out, err = verbatim("sources", "add", newsroom.address(), "--yes")
    assert (status, "1 new" in out, "going on with the copy" in err) == (0, True, True)


def test_a_suspected_site_that_is_added_again_is_looked_at_anew(
    verbatim: Any, newsroom: Newsroom
) -> None:
    serve_releases(newsroom, range(10))
    serve_feed(newsroom, range(10))
    verbatim("sources", "add", newsroom.address(), "--yes")
    serve_feed(newsroom, range(3))
    err = verbatim("index")[2]
    assert "suddenly names only 3 releases, and named 10 before" in err
    assert "add the site again" in verbatim("sources", "list")[1]
    status, out, err = verbatim("sources", "add", newsroom.address(), "--yes")
    assert (status, "with the latest 3 releases" in out) == (0, True)
    assert "suddenly" not in verbatim("index")[2]
    assert len(releases(verbatim)) == 10


def test_doctor_says_since_when_the_bot_cannot_read_a_site(
    verbatim: Any, newsroom: Newsroom
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    verbatim("sources", "add", newsroom.address(), "--yes")
    site, since = copy_folder(Path("kept"), newsroom.address()).name, datetime(2026, 3, 2, 9, 0)
    state = open_state(Path("kept"))
    state.sources.schedule(site, since)
    state.sources.fail(site, since.astimezone(UTC), since, "it is closed")
    state.close()
    checks = {each["check"]: each for each in json.loads(verbatim("doctor", "--json")[1])}
    assert checks["web site"]["state"] == "missing"
    assert "cannot be read since 2026-03-0" in checks["web site"]["detail"]
    assert checks["web site"]["detail"].endswith("UTC: it is closed")


def due_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Make the pages due at once that are looked at again after a day."""
    monkeypatch.setattr("retrieval.sources.web.page_import._RECENT_INTERVAL", timedelta())
    monkeypatch.setattr("retrieval.sources.web.page_import._OLD_INTERVAL", timedelta())


def release_of(verbatim: Any, number: int) -> dict[str, Any]:
    """A whole release, in JSON."""
    (id,) = [each["id"] for each in releases(verbatim).values() if each["title"] == title(number)]
    found: dict[str, Any] = json.loads(verbatim("release", id, "--json")[1])
    return found


def test_a_change_of_a_release_is_kept_and_shown(
    verbatim: Any, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    due_pages(monkeypatch)
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    verbatim("sources", "add", newsroom.address(), "--yes")
    first = release_of(verbatim, 1)
    assert "earlier" not in first
    newsroom.serve(path(1), release_html(1).replace("costs $4", "costs $5"))
    assert verbatim("index")[0] == 0
    assert verbatim("index", "--rebuild")[0] == 0
    found = release_of(verbatim, 1)
    (earlier,) = found["earlier"]
    assert earlier["paragraphs"] == first["paragraphs"]
    assert found["changed"] == earlier["until"]
    out = verbatim("release", found["id"])[1]
    today = ENGLISH.date(datetime.fromisoformat(found["changed"]).date())
    assert f"Changed on {today} (below)" in out
    assert f"Changed on {today}:\n\n  The work costs [-$4-] {{+$5+}} million" in out


def test_a_release_that_vanished_is_marked(
    verbatim: Any, newsroom: Newsroom, monkeypatch: pytest.MonkeyPatch
) -> None:
    due_pages(monkeypatch)
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    verbatim("sources", "add", newsroom.address(), "--yes")
    newsroom.delete(path(1))
    verbatim("index")
    found = release_of(verbatim, 1)
    assert found["gone"] == datetime.now(UTC).date().isoformat()
    assert "no longer on the site since" in verbatim("release", found["id"])[1]
    assert {"gone" in each for each in releases(verbatim).values()} == {True, False}
    assert verbatim("releases")[1].count(f"{title(1)} (no longer on the site)") == 1
    serve_releases(newsroom, [1])
    verbatim("index")
    assert "gone" not in release_of(verbatim, 1)


def test_the_same_release_at_two_addresses_is_one_with_both(
    verbatim: Any, newsroom: Newsroom
) -> None:
    serve_releases(newsroom, range(3))
    serve_feed(newsroom, range(3))
    folder = Path("saved")
    folder.mkdir()
    (folder / "copy.html").write_text(
        release_html(1).replace("<head>", "<head><link rel=canonical href=https://b.example/1>")
    )
    verbatim("index", str(folder))
    verbatim("sources", "add", newsroom.address(), "--yes")
    found = release_of(verbatim, 1)
    assert found["url"] == "https://b.example/1"
    (other,) = found["also"]
    assert (other["url"], other["newsroom"]) == (newsroom.address(path(1)), "127.0.0.1")
    assert f"Also at: {other['url']}" in verbatim("release", found["id"])[1]


def test_a_backup_has_the_copies_of_sites(verbatim: Any, newsroom: Newsroom) -> None:
    serve_releases(newsroom, range(5))
    serve_feed(newsroom, range(5))
    assert verbatim("sources", "add", newsroom.address(), "--yes")[0] == 0
    status, out, _ = verbatim("backup", "backup.zip")
    assert status == 0
    assert "1 copy of a web site" in out
    status, out, _ = verbatim("restore", "backup.zip", "--data", "moved")
    assert status == 0
    before = len(newsroom.asked)
    _, out, _ = verbatim("sources", "list", "--data", "moved")
    assert f"{newsroom.address()}: a web site, 5 releases copied" in out
    serve_releases(newsroom, [5])
    serve_feed(newsroom, range(6))
    _, out, _ = verbatim("index", "--data", "moved", "--json")
    assert (json.loads(out)["added"], json.loads(out)["unchanged"]) == (1, 5)
    asked = set(newsroom.asked[before:])
    assert not {path(number) for number in range(5)} & asked, "no page is fetched again"
