"""What a button or menu asks for, as its custom_id: a message keeps working after a restart.

A custom_id holds at most 100 characters
(https://docs.discord.com/developers/components/reference#anatomy-of-a-component-custom-id).
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import ClassVar, TypeVar

from bot.archive_service import ReleaseQuery
from retrieval.text.keys import text_checksum

P = TypeVar("P", bound="Action")

LONGEST = 100
MOST_SEARCHED = 50  # characters of the text that a list is searched for
_VERSION = "v1"


@dataclass(frozen=True, slots=True)
class Action:
    """What is asked for. ``name`` stands in the custom_id, with the fields behind it."""

    name: ClassVar[str]

    @property
    def custom_id(self) -> str:
        """It as a custom_id; the last field may hold any text."""
        values = (str(getattr(self, field.name)) for field in fields(self))
        return ":".join((_VERSION, self.name, *values))


@dataclass(frozen=True, slots=True)
class ShowMore(Action):
    """Further passages of an answer, from a rank on; ``here`` where they replace others."""

    name = "more"
    answer: int
    rank: int
    here: int = 0


@dataclass(frozen=True, slots=True)
class ShowContext(Action):
    """A paragraph of a release among its neighbours."""

    name = "context"
    release: str
    paragraph: int
    check: str


@dataclass(frozen=True, slots=True)
class ShowRelease(Action):
    """A page of a whole release; ``here`` where it replaces another."""

    name = "release"
    release: str
    page: int = 0
    here: int = 0


@dataclass(frozen=True, slots=True)
class PickRelease(Action):
    """A menu of releases; its values are release keys."""

    name = "pick"


@dataclass(frozen=True, slots=True)
class ListReleases(Action):
    """A part of a list of releases: from the ``first`` on, between days as ordinals (0: any)."""

    name = "list"
    first: int
    since: int
    until: int
    newsroom: str
    search: str

    @classmethod
    def of(cls, listing: ReleaseQuery, first: int) -> "ListReleases":
        """The part of that list."""
        return cls(
            first,
            listing.since.toordinal() if listing.since else 0,
            listing.until.toordinal() if listing.until else 0,
            text_checksum(listing.newsroom) if listing.newsroom else "",
            (listing.search or "")[:MOST_SEARCHED],
        )

    def listing(self, newsrooms: list[str]) -> ReleaseQuery:
        """The list again, given the newsrooms that there are."""
        named = {text_checksum(name): name for name in newsrooms}
        return ReleaseQuery(
            self.search or None,
            _day(self.since),
            _day(self.until),
            named.get(self.newsroom),
        )


def _day(ordinal: int) -> date | None:
    """The day of an ordinal; None for 0, and for what is none."""
    return date.fromordinal(ordinal) if 0 < ordinal <= date.max.toordinal() else None


@dataclass(frozen=True, slots=True)
class ShareAnswer(Action):
    """Show a private answer to the channel."""

    name = "share"
    answer: int


@dataclass(frozen=True, slots=True)
class RateAnswer(Action):
    """Say whether an answer is helpful."""

    name = "judge"
    answer: int
    helpful: int


@dataclass(frozen=True, slots=True)
class SubmitReason(Action):
    """Say why an answer is not helpful: a dialogue that was sent off."""

    name = "reason"
    answer: int


@dataclass(frozen=True, slots=True)
class StopBuild(Action):
    """Stop reading the releases."""

    name = "stop"


@dataclass(frozen=True, slots=True)
class ExportUnanswered(Action):
    """The unanswered questions as a file."""

    name = "unanswered-file"


@dataclass(frozen=True, slots=True)
class ListUnanswered(Action):
    """Another page of the unanswered questions."""

    name = "unanswered"
    page: int


@dataclass(frozen=True, slots=True)
class DeleteQuestion(Action):
    """A menu of unanswered questions; its values are their ids."""

    name = "forget"


@dataclass(frozen=True, slots=True)
class DeleteAllQuestions(Action):
    """Delete all unanswered questions; ``sure`` when it was asked twice."""

    name = "forget-all"
    sure: int = 0


@dataclass(frozen=True, slots=True)
class ChangeSetting(Action):
    """A control of the server's settings, by the name of the setting."""

    name = "set"
    setting: str


ACTIONS: tuple[type[Action], ...] = (
    ShowMore,
    ShowContext,
    ShowRelease,
    PickRelease,
    ListReleases,
    ShareAnswer,
    RateAnswer,
    SubmitReason,
    StopBuild,
    ExportUnanswered,
    ListUnanswered,
    DeleteQuestion,
    DeleteAllQuestions,
    ChangeSetting,
)


def parse_action(custom_id: str) -> Action | None:
    """What a custom_id asks for; None where it is none of these."""
    version, _, rest = custom_id.partition(":")
    name, _, values = rest.partition(":")
    kind = {each.name: each for each in ACTIONS}.get(name)
    if version != _VERSION or kind is None:
        return None
    wanted = fields(kind)
    given = values.split(":", len(wanted) - 1) if wanted else []
    if len(given) != len(wanted):
        return None
    pairs = zip(wanted, given, strict=True)
    try:
        return kind(*(int(value) if field.type is int else value for field, value in pairs))
    except ValueError:
        return None
