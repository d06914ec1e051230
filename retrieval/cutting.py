"""The releases of a generation, cut into passages: what each row stands for, and its texts."""

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from retrieval.passages import Passage, embedded_text, lexical_text, passage_key, passages
from retrieval.release import Release


class Cut:
    """All passages of releases, in rows.

    ``places`` is (n, 2) int32, release number and paragraph number of each row; ``keys`` is (n, 16)
    uint8, what its embedded text is known by. A passage shares its text with the release, unless it
    is a part of a long paragraph; what is embedded or indexed of it is made when it is asked for.
    """

    def __init__(self, releases: Sequence[Release]) -> None:
        self._releases = releases
        self._passages: list[Passage] = []
        places: list[tuple[int, int]] = []
        keys = bytearray()
        for number, release in enumerate(releases):
            for passage in passages(release):
                self._passages.append(passage)
                places.append((number, passage.paragraph))
                keys += passage_key(embedded_text(release.title, passage))
        self.places: NDArray[np.int32] = np.array(places, dtype=np.int32).reshape(-1, 2)
        self.keys: NDArray[np.uint8] = np.frombuffer(bytes(keys), dtype=np.uint8).reshape(-1, 16)

    def release_of(self, row: int) -> int:
        """The number of a row's release."""
        return int(self.places[row, 0])

    def embedded_texts(self, rows: Sequence[int]) -> list[str]:
        """What the encoder reads of some rows."""
        return [
            embedded_text(self._releases[self.release_of(row)].title, self._passages[row])
            for row in rows
        ]

    def lexical_texts(self) -> Iterator[str]:
        """What lexical search reads of each row, one after the other."""
        for number, passage in zip(self.places[:, 0].tolist(), self._passages, strict=True):
            yield lexical_text(self._releases[number], passage)

    def repeats(self) -> NDArray[np.int32]:
        """(n,) int32: how many releases hold the paragraph of each row, word for word."""
        texts = [
            self._releases[number].paragraphs[paragraph - 1]
            for number, paragraph in self.places.tolist()
        ]
        # Rows are in order of release: another one is counted where it differs from the last.
        counts: dict[str, int] = {}
        last: dict[str, int] = {}
        for number, text in zip(self.places[:, 0].tolist(), texts, strict=True):
            if last.get(text) != number:
                counts[text] = counts.get(text, 0) + 1
                last[text] = number
        return np.array([counts[text] for text in texts], dtype=np.int32)
