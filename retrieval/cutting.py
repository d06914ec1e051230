"""The releases of a generation, cut into passages: what each row stands for, and its texts."""

from collections.abc import Sequence
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from retrieval.analysis import Analysis
from retrieval.passages import cut, embedded_text
from retrieval.release import Release


class Cut:
    """All passages of releases, in rows.

    ``places`` is (n, 2) int32, release number and paragraph number of each row; ``keys`` is (n, 16)
    uint8, what its embedded text is known by. What is embedded of a row is made when it is asked
    for.
    """

    def __init__(self, releases: Sequence[Release], analyses: Sequence[Analysis]) -> None:
        self._releases = releases
        rows = [len(each.paragraphs) for each in analyses]
        none = np.empty((0, 16), dtype=np.uint8)
        self.keys = np.concatenate([none, *(each.keys for each in analyses)])
        self.places = np.empty((len(self.keys), 2), dtype=np.int32)
        self.places[:, 0] = np.repeat(np.arange(len(rows)), rows)
        if rows:
            np.concatenate([each.paragraphs for each in analyses], out=self.places[:, 1])
        self._first = np.cumsum([0, *rows])

    def release_of(self, row: int) -> int:
        """The number of a row's release."""
        return int(self.places[row, 0])

    def embedded_texts(self, rows: Sequence[int]) -> list[str]:
        """What the encoder reads of some rows."""
        texts: list[str] = []
        for number, some in groupby(rows, key=self.release_of):
            release, first = self._releases[number], int(self._first[number])
            of_release = self.places[first : self._first[number + 1], 1]
            found = list(cut(release, dict.fromkeys(of_release.tolist())))
            texts += [embedded_text(release.title, found[row - first]) for row in some]
        return texts

    def repeats(self) -> NDArray[np.int32]:
        """(n,) int32: how many releases hold the paragraph of each row, word for word."""
        known: dict[str, int] = {}
        paragraphs = (
            self._releases[number].paragraphs[paragraph - 1]
            for number, paragraph in self.places.tolist()
        )
        texts = np.fromiter(
            (known.setdefault(text, len(known)) for text in paragraphs), np.int64, len(self.places)
        )
        # A release has a text once, however many of its rows are of it.
        held = np.unique(texts * len(self._releases) + self.places[:, 0])
        counts = np.bincount(held // max(len(self._releases), 1))
        return counts[texts].astype(np.int32)
