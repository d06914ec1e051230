"""What a button or menu asks for, as its custom_id: a message keeps working after a restart.

A custom_id holds at most 100 characters
(https://docs.discord.com/developers/components/reference#anatomy-of-a-component-custom-id).
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import ClassVar, TypeVar

from bot.desk import Listing
from retrieval.references import text_check

P = TypeVar("P", bound="Press")

LONGEST = 100
MOST_SEARCHED = 50  # characters of the text that a list is searched for
_VERSION = "v1"


@dataclass(frozen=True, slots=True)
class Press:
    """What is asked for. ``name`` stands in the custom_id, with the fields behind it."""

    name: ClassVar[str]

    @property
    def custom_id(self) -> str:
        """It as a custom_id; the last field may hold any text."""
        values = (str(getattr(self, field.name)) for field in fields(self))
        return ":".join((_VERSION, self.name, *values))


@dataclass(frozen=True, slots=True)
class ShowMore(Press):
    """Further passages of an answer, from a rank on; ``here`` where they replace others."""

    name = "more"
    answer: int
    rank: int
    here: int = 0


@dataclass(frozen=True, slots=True)
class ShowContext(Press):
    """A paragraph of a release among its neighbours."""

    name = "context"
    release: str
    paragraph: int
    check: str


@dataclass(frozen=True, slots=True)
class ShowRelease(Press):
    """A page of a whole release; ``here`` where it replaces another."""

    name = "release"
    release: str
    page: int = 0
    here: int = 0


@dataclass(frozen=True, slots=True)
class PickRelease(Press):
    """A menu of releases; its values are release keys."""

    name = "pick"


@dataclass(frozen=True, slots=True)
class TurnList(Press):
    """A part of a list of releases: from the ``first`` on, between days as ordinals (0: any)."""

    name = "list"
    first: int
    since: int
    until: int
    newsroom: str
    search: str

    @classmethod
    def of(cls, listing: Listing, first: int) -> "TurnList":
        """The part of that list."""
        return cls(
            first,
            listing.since.toordinal() if listing.since else 0,
            listing.until.toordinal() if listing.until else 0,
            text_check(listing.newsroom) if listing.newsroom else "",
            (listing.search or "")[:MOST_SEARCHED],
        )

    def listing(self, newsrooms: list[str]) -> Listing:
        """The list again, given the newsrooms that there are."""
        named = {text_check(name): name for name in newsrooms}
        return Listing(
            self.search or None,
            _day(self.since),
            _day(self.until),
            named.get(self.newsroom),
        )


def _day(ordinal: int) -> date | None:
    """The day of an ordinal; None for 0, and for what is none."""
    return date.fromordinal(ordinal) if 0 < ordinal <= date.max.toordinal() else None


@dataclass(frozen=True, slots=True)
class Share(Press):
    """Show a private answer to the channel."""

    name = "share"
    answer: int


@dataclass(frozen=True, slots=True)
class Judge(Press):
    """Say whether an answer is helpful."""

    name = "judge"
    answer: int
    helpful: int


@dataclass(frozen=True, slots=True)
class GiveReason(Press):
    """Say why an answer is not helpful: a dialogue that was sent off."""

    name = "reason"
    answer: int


@dataclass(frozen=True, slots=True)
class StopBuild(Press):
    """Stop reading the releases."""

    name = "stop"


@dataclass(frozen=True, slots=True)
class ExportUnanswered(Press):
    """The unanswered questions as a file."""

    name = "unanswered-file"


@dataclass(frozen=True, slots=True)
class TurnUnanswered(Press):
    """Another page of the unanswered questions."""

    name = "unanswered"
    page: int


@dataclass(frozen=True, slots=True)
class ForgetQuestion(Press):
    """A menu of unanswered questions; its values are their ids."""

    name = "forget"


@dataclass(frozen=True, slots=True)
class ForgetAll(Press):
    """Delete all unanswered questions; ``sure`` when it was asked twice."""

    name = "forget-all"
    sure: int = 0


@dataclass(frozen=True, slots=True)
class ChangeSetting(Press):
    """A control of the server's settings, by the name of the setting."""

    name = "set"
    setting: str


PRESSES: tuple[type[Press], ...] = (
    ShowMore,
    ShowContext,
    ShowRelease,
    PickRelease,
    TurnList,
    Share,
    Judge,
    GiveReason,
    StopBuild,
    ExportUnanswered,
    TurnUnanswered,
    ForgetQuestion,
    ForgetAll,
    ChangeSetting,
)


def read_press(custom_id: str) -> Press | None:
    """What a custom_id asks for; None where it is none of these."""
    version, _, rest = custom_id.partition(":")
    name, _, values = rest.partition(":")
    kind = {each.name: each for each in PRESSES}.get(name)
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
