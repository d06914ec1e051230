"""Joint releases say the same words under several titles: one passage, all its sources named.

Two texts are alike if most of the runs of words of the shorter stand in the longer (containment of
word shingles, Broder 1997).
"""

from collections.abc import Sequence

from retrieval.terms import words

_RUN = 4  # words
_ALIKE = 0.8
_SHORTEST = 12  # words: shorter texts are alike only if they are the same


def alike(texts: Sequence[str]) -> list[int]:
    """For each text the position of the first one that says the same; its own where none does."""
    runs = [_runs(text) for text in texts]
    firsts: list[int] = []
    for at, own in enumerate(runs):
        same = (first for first in dict.fromkeys(firsts) if _same(own, runs[first]))
        firsts.append(next(same, at))
    return firsts


def _runs(text: str) -> frozenset[tuple[str, ...]]:
    said = words(text)
    if len(said) < _SHORTEST:
        return frozenset([tuple(said)])
    return frozenset(zip(*(said[at:] for at in range(_RUN)), strict=False))


def _same(one: frozenset[tuple[str, ...]], other: frozenset[tuple[str, ...]]) -> bool:
    shorter, longer = sorted((one, other), key=len)
    # A sentence within a long paragraph is not that paragraph.
    if len(longer) > 2 * len(shorter):
        return False
    return len(shorter & longer) >= _ALIKE * len(shorter)
