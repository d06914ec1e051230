"""The actions of buttons and menus, as custom_ids, so that components survive a restart.

A custom_id holds at most 100 characters
(https://docs.discord.com/developers/components/reference#anatomy-of-a-component-custom-id). The
names and the order of fields are part of messages in the field: change neither.
"""

from dataclasses import dataclass, fields
from datetime import date
from typing import ClassVar

from bot.archive_service import ReleaseQuery
from retrieval.text.keys import text_checksum

MAX_CUSTOM_ID = 100
MAX_SEARCH = 50  # characters of the words that a list is searched for
_VERSION = "v1"
_BITS = 63  # of a number, besides its sign


@dataclass(frozen=True, slots=True)
class Action:
    """What a component does. Its custom_id has its ``name`` and the values of its fields."""

    name: ClassVar[str]

    @property
    def custom_id(self) -> str:
        """The action as a custom_id. Only the last field may contain a colon."""
        values = (str(getattr(self, field.name)) for field in fields(self))
        return ":".join((_VERSION, self.name, *values))

    @property
    def opened_by(self) -> "Action | None":
        """What opens the modal that this action submits; None for the action of a component."""
        return None


@dataclass(frozen=True, slots=True)
class ShowMore(Action):
    """Show further passages of an answer, from a rank on; ``in_place`` replaces the message."""

    name = "more"
    answer: int
    rank: int
    in_place: int = 0


@dataclass(frozen=True, slots=True)
class ShowContext(Action):
    """Show a paragraph, known by its checksum ``check``, with its neighbours."""

    name = "context"
    release: str
    paragraph: int
    check: str


@dataclass(frozen=True, slots=True)
class ShowRelease(Action):
    """Show a page of a whole release; ``in_place`` replaces the message."""

    name = "release"
    release: str
    page: int = 0
    in_place: int = 0


@dataclass(frozen=True, slots=True)
class ShowChanges(Action):
    """Show a page of what changed in a release; ``in_place`` replaces the message."""

    name = "changes"
    release: str
    page: int = 0
    in_place: int = 0


@dataclass(frozen=True, slots=True)
class PickRelease(Action):
    """Show the release selected from a menu, whose values are release keys."""

    name = "pick"


@dataclass(frozen=True, slots=True)
class ListReleases(Action):
    """Show a page of a list of releases, from position ``first`` on.

    The dates are ordinals, 0 for none; ``newsroom`` is a checksum of the name, empty for all.
    """

    name = "list"
    first: int
    since: int
    until: int
    newsroom: str
    search: str

    @classmethod
    def of(cls, query: ReleaseQuery, first: int) -> "ListReleases":
        """The page from position ``first`` on of the releases that a query lists."""
        return cls(
            first,
            query.since.toordinal() if query.since else 0,
            query.until.toordinal() if query.until else 0,
            text_checksum(query.newsroom) if query.newsroom else "",
            (query.search or "")[:MAX_SEARCH],
        )

    def query(self, newsrooms: list[str]) -> ReleaseQuery:
        """The query, given the names of all newsrooms; one that is gone is left out."""
        by_checksum = {text_checksum(name): name for name in newsrooms}
        return ReleaseQuery(
            self.search or None,
            _date(self.since),
            _date(self.until),
            by_checksum.get(self.newsroom),
        )


def _date(ordinal: int) -> date | None:
    return date.fromordinal(ordinal) if 0 < ordinal <= date.max.toordinal() else None


@dataclass(frozen=True, slots=True)
class ShareAnswer(Action):
    """Show a private answer to the channel."""

    name = "share"
    answer: int


@dataclass(frozen=True, slots=True)
class RateAnswer(Action):
    """Rate an answer as helpful (1) or not (0)."""

    name = "judge"
    answer: int
    helpful: int


@dataclass(frozen=True, slots=True)
class SubmitReason(Action):
    """Submit the modal that asks why an answer is not helpful."""

    name = "reason"
    answer: int

    @property
    def opened_by(self) -> RateAnswer:
        """The button "Not helpful"."""
        return RateAnswer(self.answer, 0)


@dataclass(frozen=True, slots=True)
class StopBuild(Action):
    """Stop the build of the index."""

    name = "stop"


@dataclass(frozen=True, slots=True)
class ExportUnanswered(Action):
    """Send the unanswered questions as a file."""

    name = "unanswered-file"


@dataclass(frozen=True, slots=True)
class ListUnanswered(Action):
    """Show a page of the unanswered questions."""

    name = "unanswered"
    page: int


@dataclass(frozen=True, slots=True)
class DeleteQuestion(Action):
    """Delete the question selected from a menu, whose values are ids of answers."""

    name = "forget"


@dataclass(frozen=True, slots=True)
class DeleteAllQuestions(Action):
    """Delete all unanswered questions; ``confirmed`` is 0 for the button that asks first."""

    name = "forget-all"
    confirmed: int = 0


@dataclass(frozen=True, slots=True)
class ChangeSetting(Action):
    """Change a setting of the server."""

    name = "set"
    setting: str


@dataclass(frozen=True, slots=True)
class ListSources(Action):
    """Show a page of the sources."""

    name = "sources"
    page: int


@dataclass(frozen=True, slots=True)
class CheckSource(Action):
    """Say what is new on a site, named by its key."""

    name = "source-check"
    site: str


@dataclass(frozen=True, slots=True)
class RemoveSource(Action):
    """Remove a site; ``confirmed`` is 0 for the button that asks first."""

    name = "source-remove"
    confirmed: int
    site: str


@dataclass(frozen=True, slots=True)
class ShowLastReport(Action):
    """Show the report of the last build of the index."""

    name = "last-report"


@dataclass(frozen=True, slots=True)
class AddSource(Action):
    """Ask for the address of a site."""

    name = "source-add"


@dataclass(frozen=True, slots=True)
class SubmitAddress(Action):
    """Submit the modal that asks for the address of a site."""

    name = "source-address"

    @property
    def opened_by(self) -> AddSource:
        """The button "Add"."""
        return AddSource()


@dataclass(frozen=True, slots=True)
class KeepSite(Action):
    """Make a site that was looked at a source; ``offer`` is what was found there."""

    name = "source-keep"
    offer: int


@dataclass(frozen=True, slots=True)
class DropSite(Action):
    """Do not make a site that was looked at a source."""

    name = "source-drop"
    offer: int


@dataclass(frozen=True, slots=True)
class StopReading(Action):
    """Stop the reading of a site, named by its key."""

    name = "source-stop"
    site: str


@dataclass(frozen=True, slots=True)
class KeepAnnouncement(Action):
    """Keep an announcement that was offered."""

    name = "announcement-keep"
    announcement: int


@dataclass(frozen=True, slots=True)
class DropAnnouncement(Action):
    """Forget an announcement that was offered."""

    name = "announcement-drop"
    announcement: int


@dataclass(frozen=True, slots=True)
class RemoveAnnouncement(Action):
    """Remove the announcement selected from a menu, whose values are ids."""

    name = "announcement-remove"


@dataclass(frozen=True, slots=True)
class KeepSubscription(Action):
    """Keep a subscription that was offered."""

    name = "subscription-keep"
    subscription: int


@dataclass(frozen=True, slots=True)
class DropSubscription(Action):
    """Forget a subscription that was offered."""

    name = "subscription-drop"
    subscription: int


@dataclass(frozen=True, slots=True)
class EndSubscription(Action):
    """End a subscription."""

    name = "subscription-end"
    subscription: int


@dataclass(frozen=True, slots=True)
class EndSelectedSubscription(Action):
    """End the subscription selected from a menu, whose values are ids."""

    name = "subscription-end-selected"


@dataclass(frozen=True, slots=True)
class EndAllSubscriptions(Action):
    """End all subscriptions of whoever presses it."""

    name = "subscription-end-all"


@dataclass(frozen=True, slots=True)
class ForgetMe(Action):
    """Delete all that is kept about whoever presses it."""

    name = "forget-me"


ACTIONS: tuple[type[Action], ...] = (
    ShowMore,
    ShowContext,
    ShowRelease,
    ShowChanges,
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
    ListSources,
    CheckSource,
    RemoveSource,
    ShowLastReport,
    AddSource,
    SubmitAddress,
    KeepSite,
    DropSite,
    StopReading,
    KeepAnnouncement,
    DropAnnouncement,
    RemoveAnnouncement,
    KeepSubscription,
    DropSubscription,
    EndSubscription,
    EndSelectedSubscription,
    EndAllSubscriptions,
    ForgetMe,
)


def parse_action(custom_id: str) -> Action | None:
    """Parse a custom_id; None if it is not one of the bot's, or malformed."""
    version, _, rest = custom_id.partition(":")
    name, _, tail = rest.partition(":")
    action = {each.name: each for each in ACTIONS}.get(name)
    if version != _VERSION or action is None:
        return None
    expected = fields(action)
    values = tail.split(":", len(expected) - 1) if expected else []
    if len(values) != len(expected):
        return None
    pairs = zip(expected, values, strict=True)
    try:
        return action(*(_number(value) if field.type is int else value for field, value in pairs))
    except ValueError:
        return None


def _number(text: str) -> int:
    """A number as `Action.custom_id` writes it, which SQLite can take. Raises `ValueError`."""
    number = int(text[:MAX_CUSTOM_ID])
    if str(number) != text or number.bit_length() > _BITS:
        raise ValueError(f"{text!r} is no number of a custom_id")
    return number
