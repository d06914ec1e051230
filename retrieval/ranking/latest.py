"""The order where the newest is asked for: the latest that answers, not the best of all times."""

from collections.abc import Sequence
from datetime import date

from retrieval.ranking.hits import Hit

_ANSWERS = -2.2  # logit that 19 of 20 passages that answer reach (docs/retrieval.md)
_BEHIND = 2.0  # how far below the surest passage it may be


def latest_first(hits: Sequence[Hit]) -> list[Hit]:
    """The hits that answer, newest release first, and then the others as they were.

    Hits of one release stay in their order, and undated ones follow the dated. Where the reader
    does not tell what answers, nothing changes.
    """
    known = [answers for hit in hits if (answers := _answers(hit)) is not None]
    least = max(_ANSWERS, max(known, default=0.0) - _BEHIND)
    answering = [hit for hit in hits if (answers := _answers(hit)) is not None and answers >= least]
    chosen = set(map(id, answering))
    answering.sort(key=lambda hit: hit.candidate.release.date or date.min, reverse=True)
    return [*answering, *(hit for hit in hits if id(hit) not in chosen)]


def _answers(hit: Hit) -> float | None:
    return hit.reading.answers if hit.reading else None
