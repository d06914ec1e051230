"""What a person in Discord is told of an error."""

from ipaddress import ip_address
from pathlib import Path

import pytest

from bot.core.errors import error_text
from bot.i18n import ENGLISH
from bot.release_sources import NoSources
from bot.site_readings import ReadingStopped
from bot.sites import NothingCopied
from bot.source_list import LastSource, UnknownSource
from bot.source_service import OfferGone
from embeddings.errors import VerbatimError
from retrieval.errors import (
    IndexDamaged,
    IndexFormatOutdated,
    IndexModelOutdated,
    NoIndex,
    NoReleases,
    SourceGone,
    SourceMissing,
    SourcesUnknown,
)
from retrieval.index.remembered_sources import RememberedSources
from retrieval.sources.web.errors import BadAddress, Blocked, ForbiddenAddress
from retrieval.sources.web.site_copy import CopyBusy, CopyUnusable
from retrieval.sources.web.suspicion import SourceSuspected

DATA = Path("/secret/data")


@pytest.mark.parametrize(
    "error",
    [
        NoIndex(DATA),
        IndexFormatOutdated(DATA, 4, 5),
        IndexModelOutdated(DATA, "sentence-transformers/all-MiniLM-L6-v2", "verbatim"),
    ],
)
def test_without_a_usable_index_managers_are_pointed_to_reindex(error: VerbatimError) -> None:
    text = error_text(error, ENGLISH)
    assert "/reindex" in text
    assert str(DATA) not in text


@pytest.mark.parametrize(
    "error",
    [
        SourceMissing(DATA),
        SourceGone(DATA, [DATA]),
        SourcesUnknown(DATA),
        NoSources(DATA),
    ],
)
def test_without_sources_the_host_is_pointed_to_the_doctor(error: VerbatimError) -> None:
    text = error_text(error, ENGLISH)
    assert "`verbatim doctor`" in text
    assert str(DATA) not in text


def test_what_cannot_be_read_is_listed_where_there_is_nothing_else() -> None:
    reasons = [f"news/{number}.txt: the file is *binary*" for number in range(10)]
    lines = error_text(NoReleases([DATA], [".txt"], 12, reasons), ENGLISH).splitlines()
    assert lines[0].endswith("only 12 documents that I cannot read:")
    assert lines[1].startswith("- news/0")
    assert len(lines) == 1 + 10 + 2
    assert lines[-2:] == ["- …", "The index has not changed."]
    assert str(DATA) not in error_text(NoReleases([DATA], [".txt"], 0), ENGLISH)


def test_an_error_that_only_the_host_can_fix_is_logged_under_a_reference(
    caplog: pytest.LogCaptureFixture,
) -> None:
    text = error_text(IndexDamaged(DATA, "cut short"), ENGLISH)
    assert "cut short" not in text
    (record,) = caplog.records
    assert record.getMessage().split()[1].rstrip(":") in text


ADDRESS = "https://harbor.example/@everyone"


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (BadAddress(ADDRESS, "only http and https are read"), "Give an address such as"),
        (ForbiddenAddress(ADDRESS, ip_address("10.1.2.3")), "not lead to a public web site"),
        (Blocked(ADDRESS, 403, "Akamai", "VerbatimBot"), "blocks Verbatim by Akamai"),
        (NothingCopied(ADDRESS, "it is closed"), "not kept it: it is closed"),
        (SourceSuspected(ADDRESS, 3, 10), "suddenly names only 3 releases, and named 10 before"),
        (CopyBusy(ADDRESS), "already"),
        (CopyUnusable(DATA, "damaged"), "finds the cause in the log"),
        (LastSource(ADDRESS), "my only source"),
        (UnknownSource(ADDRESS, RememberedSources((DATA,))), "not among my sources any more"),
        (OfferGone(), "Add the address again"),
        (ReadingStopped("<@7>"), "Stopped by <@7>."),
        (ReadingStopped(None), "because I am being shut down"),
    ],
)
def test_what_is_wrong_with_a_source_is_said_without_the_hosts_secrets(
    error: VerbatimError, said: str
) -> None:
    text = error_text(error, ENGLISH)
    assert said in text
    assert not any(secret in text for secret in (str(DATA), "10.1.2.3", "@everyone"))
