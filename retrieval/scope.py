"""Which releases somebody wants to be told of."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from retrieval.ranking.searcher import Searcher
from retrieval.release import Filter, ReleaseInfo
from retrieval.standing import (
    PREVIEW_DAYS,
    Calibration,
    ReleaseMatch,
    StandingQuestion,
    calibrate,
    past_matches,
)
from retrieval.text.tokens import folded


@dataclass(frozen=True, slots=True)
class Scope:
    """Conditions that a release must meet, all of those that there are.

    Attributes:
        newsroom: the whole name of its newsroom.
        words: each of these words stands in its title, whatever their case and accents.
        question: a standing question that it matches.
    """

    newsroom: str | None = None
    words: str | None = None
    question: str | None = None

    @property
    def is_everything(self) -> bool:
        """Whether there are no conditions."""
        return self == Scope()

    def allows(self, release: ReleaseInfo) -> bool:
        """Whether a release meets the conditions except for the question."""
        title = folded(release.title)
        return self.newsroom in (None, release.newsroom) and all(
            word in title for word in folded(self.words or "").split()
        )


@dataclass(frozen=True, slots=True)
class ScopePreview:
    """What a scope would have had in the archive's last days.

    Attributes:
        scope: the scope, with the whole name of its newsroom.
        releases: those of the last days, newest first.
        matches: how they match the question, by their ids; empty without a question.
        until: the last day: that of the newest release. None if no release has a date.
        calibration: of the question, if there is one.
    """

    scope: Scope
    releases: Sequence[ReleaseInfo]
    matches: dict[str, ReleaseMatch]
    until: date | None
    calibration: Calibration | None


def preview(searcher: Searcher, scope: Scope, days: int = PREVIEW_DAYS) -> ScopePreview:
    """What a scope would have had in the last ``days`` of an archive.

    Raises:
        UnknownNewsroom: if no newsroom has the name, or several could.
        BadQuestion: if the question is no standing question.
    """
    store = searcher.index.releases
    scope = replace(scope, newsroom=store.newsroom(scope.newsroom))
    until = store.span()[1]
    calibration, matches = None, {}
    if scope.question is not None:
        calibration = calibrate(searcher, StandingQuestion(scope.question))
        found = past_matches(searcher, calibration, days=days)
        matches = {each.release.id: each for each in found if scope.allows(each.release)}
        releases = [each.release for each in matches.values()]
    elif until is None:
        releases = []
    else:
        first = until - timedelta(days=min(days, until.toordinal()) - 1)
        allowed = Filter(first, until, scope.newsroom)
        releases = [each for each in store.select(allowed) if scope.allows(each)]
    return ScopePreview(scope, releases, matches, until, calibration)
