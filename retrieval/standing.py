"""Standing questions: what somebody wants to be told of when it is published.

A question such as "anything about veterans' health" has many releases and not one answer, so
neither the confidence of an answer nor a fixed score decides which are about it: the releases that
are not score higher for one question than for another. The archive's own past shows how high they
score, and a release matches a question if it stands out from them. docs/retrieval.md says how often
that is right.

A release scores as high as its best passage, by the mean of cosine and BM25 that finds candidates.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from retrieval.errors import BadQuestion
from retrieval.index.index import Index, PassageSearch
from retrieval.index.scored_passages import Selection
from retrieval.query.quotations import quoted_phrases
from retrieval.query.subject import subject_of
from retrieval.ranking.full_release import FullRelease
from retrieval.ranking.highlight import Span, best_sentence
from retrieval.ranking.searcher import Searcher
from retrieval.ranking.weights import COSINE
from retrieval.release import Filter, Place, ReleaseInfo
from retrieval.text.tokens import terms

MAX_CHARACTERS = 300
"""The longest standing question: more than one subject would be matched by half."""

PREVIEW_DAYS = 90
"""How far back `past_matches` looks unless told otherwise."""

_OUTGROWN = 1.1  # times the releases that a calibration was made on

# A few releases say little, so that as many more are supposed which a question is not about. The
# mean and the deviation of their scores are those of the median question of the fitting.
_USUAL_RELEASES, _USUAL_MEAN, _USUAL_DEVIATION = 50, 0.05, 0.05


@dataclass(frozen=True, slots=True)
class OutlierRule:
    """From which score a release stands out from the others.

    That is a number of standard deviations above the mean of the releases that do not match. Those
    are found by leaving out the ones above the threshold until none is left (sigma clipping).
    ``python -m retrieval.training.fit_standing`` prints the figures.

    Attributes:
        deviations: how many standard deviations above the mean.
        lowest: the least threshold, for what was never published.
        highest: the greatest threshold, for an archive that is about little else.
    """

    deviations: float = 4.0
    lowest: float = 0.21
    highest: float = 0.30

    def threshold(self, scores: NDArray[np.float32]) -> float:
        """The score from which a release stands out, given those of all: (n,) float32.

        -inf is no score, and is not counted.
        """
        threshold, others = self.highest, scores[np.isfinite(scores)].astype(np.float64)
        while True:
            threshold = min(threshold, self._bound(others))
            kept = others[others < threshold]
            if len(kept) == len(others):
                return max(self.lowest, threshold)
            others = kept

    def _bound(self, scores: NDArray[np.float64]) -> float:
        count = len(scores) + _USUAL_RELEASES
        mean = (scores.sum() + _USUAL_RELEASES * _USUAL_MEAN) / count
        usual = _USUAL_RELEASES * (_USUAL_DEVIATION**2 + (_USUAL_MEAN - mean) ** 2)
        deviation = math.sqrt((((scores - mean) ** 2).sum() + usual) / count)
        return float(mean + self.deviations * deviation)


@dataclass(frozen=True, slots=True)
class StandingQuestion:
    """A standing question, as typed. A passage that matches has what stands in quotation marks.

    Raises:
        BadQuestion: if it has no word to look for, or is too long.
    """

    text: str

    def __post_init__(self) -> None:
        if len(self.text) > MAX_CHARACTERS:
            raise BadQuestion(
                "the standing question has {length} characters. Say in {most} or fewer what it is"
                " about",
                length=f"{len(self.text):,}",
                most=MAX_CHARACTERS,
            )
        if not terms(self.subject):
            raise BadQuestion(
                "the standing question names no subject. Say what the releases are to be about"
            )

    @property
    def subject(self) -> str:
        """What it is about: the text without the words that only ask."""
        return subject_of(self.text)


@dataclass(frozen=True, slots=True)
class Calibration:
    """From which score a release matches a standing question, by the past of an archive.

    Attributes:
        question: the question.
        threshold: the score from which a release matches.
        releases: how many releases it was calibrated on.
        fingerprint: of the model that scored them.
    """

    question: StandingQuestion
    threshold: float
    releases: int
    fingerprint: str

    def fits(self, index: Index) -> bool:
        """Whether scores in an index compare with the threshold; if not, calibrate again."""
        return self.fingerprint == index.manifest.fingerprint

    def is_current(self, index: Index) -> bool:
        """Whether it `fits`, and the archive has grown by less than a tenth since."""
        return self.fits(index) and index.manifest.releases < _OUTGROWN * self.releases


@dataclass(frozen=True, slots=True)
class ReleaseMatch:
    """A release that matches a standing question, and the paragraph that does so best.

    Attributes:
        release: the release.
        score: of the paragraph: the mean of its cosine and its BM25, about 0 to 1.
        threshold: the score from which a release matches.
        paragraph: the number of the paragraph in the release, from 1.
        text: the paragraph, verbatim.
        highlight: the (start, end) of the sentence in ``text`` with most words of the question.
        place: where the paragraph stands: its page, and the attachment that it is from.
        link: opens the release's page, or the attachment, at the paragraph; None if there is no web
            address.
    """

    release: ReleaseInfo
    score: float
    threshold: float
    paragraph: int
    text: str
    highlight: Span
    place: Place
    link: str | None


def calibrate(searcher: Searcher, question: StandingQuestion) -> Calibration:
    """Find from which score a release matches a question, by all releases of an archive."""
    index = searcher.index
    return Calibration(
        question,
        threshold=OutlierRule().threshold(release_scores(searcher, question)),
        releases=index.manifest.releases,
        fingerprint=index.manifest.fingerprint,
    )


def up_to_date(
    searcher: Searcher, question: StandingQuestion, known: Calibration | None
) -> Calibration:
    """The calibration of a question that is ``known`` if it is current, or a new one."""
    if known and known.question == question and known.is_current(searcher.index):
        return known
    return calibrate(searcher, question)


def release_scores(searcher: Searcher, question: StandingQuestion) -> NDArray[np.float32]:
    """(releases,) float32: the score of each release of an archive; -inf without a passage."""
    return _Scorer(searcher, question).search(None).best_of_releases(COSINE)


def match(searcher: Searcher, calibration: Calibration, ids: Sequence[str]) -> list[ReleaseMatch]:
    """The releases with these ids that match, in the same order. Only their passages are scored.

    An id that no release has is passed over; that of a copy stands for its release.

    Args:
        searcher: of a generation that has the releases, and that the calibration `fits`.
        calibration: of the question.
        ids: of the new releases.
    """
    found = map(searcher.index.releases.find, ids)
    releases = {each.number: each for each in found if each}
    return _matching(searcher, calibration, [*releases.values()])


def past_matches(
    searcher: Searcher,
    calibration: Calibration,
    *,
    days: int = PREVIEW_DAYS,
    until: date | None = None,
) -> list[ReleaseMatch]:
    """The releases of the past that would have matched, newest first. Undated ones are left out.

    Args:
        searcher: of a generation that the calibration `fits`.
        calibration: of the question.
        days: how many days of the past, the last one included.
        until: the last day; the date of the newest release if not given.
    """
    store = searcher.index.releases
    last = until or store.span()[1]
    if last is None or days < 1:
        return []
    first = date.fromordinal(max(last.toordinal() - days + 1, date.min.toordinal()))
    return _matching(searcher, calibration, store.select(Filter(first, last)))


def _matching(
    searcher: Searcher, calibration: Calibration, releases: Sequence[ReleaseInfo]
) -> list[ReleaseMatch]:
    """Those of some releases of the searcher's generation that match."""
    question, threshold = calibration.question, calibration.threshold
    scorer = _Scorer(searcher, question)
    quoting = Selection(phrases=quoted_phrases(question.text))
    found = scorer.search(quoting).of_releases([each.number for each in releases])
    scores = found.mean(COSINE)
    best: dict[int, int] = {}
    for position in np.argsort(-scores, kind="stable").tolist():
        best.setdefault(int(found.releases[position]), position)
    return [
        scorer.found(release, found.rows[at : at + 1], float(scores[at]), threshold)
        for release in releases
        if (at := best.get(release.number)) is not None and float(scores[at]) >= threshold
    ]


class _Scorer:
    """Scores the passages of one generation for one question."""

    def __init__(self, searcher: Searcher, question: StandingQuestion) -> None:
        self._index = searcher.index
        subject = question.subject
        self._vector = searcher.encoder.encode_queries([subject])[0]
        self._idf = self._index.idf(terms(subject))

    def search(self, selection: Selection | None) -> PassageSearch:
        """Search the passages of a selection."""
        return self._index.search(self._vector, self._idf, selection)

    def found(
        self, release: ReleaseInfo, row: NDArray[np.intp], score: float, threshold: float
    ) -> ReleaseMatch:
        """A release that matches by the passage in a row, (1,)."""
        ((number, passage),) = self._index.located(row)
        store = self._index.releases
        whole = FullRelease(release, store.paragraphs(number), store.places(number))
        text = whole.paragraphs[passage.paragraph - 1]
        return ReleaseMatch(
            release=release,
            score=score,
            threshold=threshold,
            paragraph=passage.paragraph,
            text=text,
            highlight=best_sentence(text, self._idf),
            place=whole.place(passage.paragraph),
            link=whole.link(passage.paragraph),
        )
