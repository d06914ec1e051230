"""What a person in Discord is told of an error."""

from collections.abc import Iterator
from importlib import import_module
from ipaddress import ip_address
from pathlib import Path

import pytest

from bot.archive_service import ReleaseGone, StillIndexing
from bot.core.errors import (
    AlreadySubscribed,
    AnnouncementGone,
    AnswerExpired,
    ChannelNotAllowed,
    DirectMessageNotSent,
    EveryoneNotMentioned,
    RateLimited,
    ShuttingDown,
    SubscriptionGone,
    TooManyAnnouncements,
    TooManySubscriptions,
    error_text,
)
from bot.core.offered import NotOffered
from bot.dates import InvalidDate
from bot.i18n import ENGLISH, load_languages
from bot.index_build import BuildInProgress, BuildStopped
from bot.release_sources import NoSources, SiteCopyGone
from bot.search_queue import QueueFull
from bot.site_readings import ReadingStopped
from bot.sites import NothingCopied, NothingOffered
from bot.source_list import LastSource, UnknownSource
from bot.source_service import OfferGone
from bot.state.database import StateUnusable
from embeddings.errors import (
    LibraryMissing,
    ModelDamaged,
    ModelNotFound,
    RerankerNotFound,
    VerbatimError,
)
from retrieval.errors import (
    BadQuestion,
    BuiltElsewhere,
    CannotWrite,
    HistoryNewer,
    IndexBusy,
    IndexDamaged,
    IndexFormatOutdated,
    IndexModel,
    IndexModelOutdated,
    IndexModelUnprepared,
    IndexVersion,
    NoIndex,
    NoReleases,
    SourceGone,
    SourceMissing,
    SourcesUnknown,
    UnknownNewsroom,
)
from retrieval.index.remembered_sources import RememberedSources
from retrieval.indexing.report import Progress
from retrieval.postgres.errors import (
    DatabaseNewer,
    DatabaseOlder,
    DatabaseRefused,
    DatabaseUnreachable,
)
from retrieval.sources.web.errors import BadAddress, Blocked, FetchError, ForbiddenAddress
from retrieval.sources.web.offers import AddressKind, Discovery
from retrieval.sources.web.site_copy import CopyBusy, CopyUnusable
from retrieval.sources.web.suspicion import SourceSuspected
from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.visits import VisitsUnusable
from tests.architecture import import_graph

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


ERRORS = [
    *(
        BadQuestion("the question is empty. Ask something about the press releases"),
        InvalidDate("soon"),
        UnknownNewsroom("x", [], ambiguous=False),
    ),
    *(StillIndexing(Progress("reading", 3)), BuildInProgress("<@7>", Progress("reading", 3))),
    *(
        BuiltElsewhere("press on db", [DATA]),
        IndexBusy(DATA),
        BuildStopped(None),
        ShuttingDown(),
        ChannelNotAllowed([7]),
    ),
    *(RateLimited(3, whole_server=True), QueueFull(100, 20), NotOffered(), AnswerExpired()),
    *(TooManyAnnouncements(25), AnnouncementGone(), EveryoneNotMentioned()),
    *(TooManySubscriptions(25), AlreadySubscribed(), SubscriptionGone()),
    *(DirectMessageNotSent(refused=True), ReleaseGone(), NoIndex(DATA), NoReleases([DATA], [], 0)),
    *(IndexFormatOutdated(DATA, 4, 5), IndexModelOutdated(DATA, "old", "new"), SourceMissing(DATA)),
    *(SourceGone(DATA, []), SiteCopyGone(DATA), SourcesUnknown(DATA), NoSources(DATA)),
    *(HistoryNewer(DATA), CannotWrite(DATA, "it is full"), IndexDamaged(DATA, "cut short")),
    *(IndexVersion(DATA, 6, 5), IndexModel(DATA, "one", "other"), IndexModelUnprepared(DATA, "x")),
    *(ModelNotFound("x", "gone"), ModelDamaged(DATA, "cut short", "Install it again")),
    *(LibraryMissing("x"), RerankerNotFound("x", "gone"), StateUnusable(DATA, "locked")),
    *(
        VisitsUnusable(DATA, "locked"),
        BadAddress(ADDRESS, "no"),
        FetchError(ADDRESS, "it is closed"),
    ),
    *(ForbiddenAddress(ADDRESS, ip_address("10.1.2.3")), NothingCopied(ADDRESS, "it is closed")),
    NothingOffered(Discovery(ADDRESS, ADDRESS, AddressKind.OTHER, (), (), 1)),
    *(SourceSuspected(ADDRESS, 3, 10), Unreadable(ADDRESS, "a feed", "it is empty")),
    *(CopyBusy(ADDRESS), CopyUnusable(DATA, "damaged"), LastSource(ADDRESS)),
    *(UnknownSource(ADDRESS, RememberedSources()), OfferGone(), ReadingStopped(None)),
    *(DatabaseUnreachable("press on db", "timeout"), DatabaseRefused("press on db", "no right")),
    *(
        DatabaseNewer("press on db", "verbatim", 2, 1),
        DatabaseOlder("press on db", "verbatim", "no right"),
    ),
]
"""One of each error that a person may meet in Discord."""

NEVER_TOLD = {
    *("FixedByCommand", "IndexOutdated"),  # which others derive from
    *("BadSetting", "BadSettings", "DataFolderMissing", "HealthPortUnusable"),  # at the start
    *("DatabaseError", "DriverMissing"),  # which others derive from; at the start
    "NotStored",  # logged, and another way is taken
    *("TokenMissing", "TokenRefused", "DiscordUnreachable", "DiscordFailed"),
    *("AcknowledgedElsewhere", "NotAcknowledged", "PostsHidden"),  # then nobody can be told
    *("UnknownRelease", "BadQuestionFile", "IndexReplaced"),  # of commands in the terminal
    *("NotExportable", "ExportNotKept"),  # logged, and another way is taken
}
"""The errors that nobody meets there."""

_ELSEWHERE = (
    "bot.cli.",
    "bot.backup",
    "bot.moving",
    "bot.state.moving",
    "retrieval.training.",
    "retrieval.evaluation.",
)


def error_types(base: type[VerbatimError] = VerbatimError) -> Iterator[type[VerbatimError]]:
    """Every error type of the project, but those of the command line."""
    for each in base.__subclasses__():
        room = each.__module__.partition(".")[0]
        if room in ("bot", "retrieval", "embeddings") and not each.__module__.startswith(
            _ELSEWHERE
        ):
            yield each
        yield from error_types(each)


def test_every_error_that_can_reach_discord_has_a_text() -> None:
    for name in import_graph():
        if not (name.startswith((*_ELSEWHERE, "embeddings.export")) or name.endswith("__main__")):
            import_module(name)
    told = tuple(type(each) for each in ERRORS)
    forgotten = {
        each.__name__
        for each in error_types()
        if not issubclass(each, told) and each.__name__ not in NEVER_TOLD
    }
    assert not forgotten


@pytest.mark.parametrize("error", ERRORS, ids=lambda each: type(each).__name__)
def test_it_is_no_error_of_an_unknown_kind_in_any_language(error: VerbatimError) -> None:
    unexpected = error_text(ZeroDivisionError(), ENGLISH).partition(",")[0]
    assert unexpected == "Something went wrong on my side"
    text = error_text(error, ENGLISH)
    assert not text.startswith(unexpected)
    assert str(DATA) not in text
    # What a server sent, and what is wrong with it, is said as it is.
    if not isinstance(error, SourceSuspected | Unreadable):
        assert error_text(error, load_languages().for_locale("es-ES")) != text
