"""What there is to say of files that were not read, and of fields: in one line, however many."""

from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import groupby

from retrieval.sources.walk import OtherFile

# Files that hold no text, of which a site's folder has many: counted, but not one ending each.
_WITHOUT_TEXT = frozenset(
    ".avif .bmp .css .db .eot .gif .heic .ico .ini .jpeg .jpg .js .lock .m4a .map .mov .mp3 .mp4 "
    ".otf .png .scss .svg .tif .tiff .ttf .wav .webm .webp .woff .woff2".split()
)
_MAX_ENDINGS = 8
_MAX_NAMES = 12
_MAX_COUNTED_NAMES = 1000  # a file of rows with other names each is no reason to fill the memory


class PassedOverFiles:
    """Counts the files of a source that were passed over."""

    def __init__(self) -> None:
        self._documents, self._without_text = Counter[str](), Counter[str]()
        self._of_pages = 0

    def add(self, file: OtherFile) -> None:
        """Count a file."""
        if file.of_page:
            self._of_pages += 1
        elif file.ending in _WITHOUT_TEXT:
            self._without_text[file.ending] += 1
        else:
            self._documents[file.ending] += 1

    def __str__(self) -> str:
        """Say which: "passed over: 3 .rtf, 1 .pages"; nothing if there are none."""
        groups = [self._endings(), self._files_without_text()]
        if self._of_pages:
            groups.append(f"{self._of_pages:,} saved with web pages")
        said = "; ".join(filter(None, groups))
        return f"passed over: {said}" if said else ""

    def _endings(self) -> str:
        """Say which files might be documents, the most frequent endings first."""
        ranked = sorted(self._documents.items(), key=lambda item: (-item[1], item[0]))
        named = [f"{count:,} {ending or 'without an ending'}" for ending, count in ranked]
        rest = sum(count for _, count in ranked[_MAX_ENDINGS:])
        return ", ".join([*named[:_MAX_ENDINGS], *([f"{rest:,} others"] if rest else [])])

    def _files_without_text(self) -> str:
        """Say how many files are images and the like."""
        if not (total := self._without_text.total()):
            return ""
        endings = [ending for ending, _ in self._without_text.most_common(4)]
        more = ", …" if len(self._without_text) > 3 else ""
        return f"{total:,} without text ({', '.join(endings[:3])}{more})"


class UnreadFields:
    """Counts the records of a file, or the files of a folder, by the fields that are not read."""

    def __init__(self) -> None:
        self._counts = Counter[str]()

    def add(self, names: Iterable[str]) -> None:
        """Count a record."""
        for name in names:
            if name in self._counts or len(self._counts) < _MAX_COUNTED_NAMES:
                self._counts[name] += 1

    def describe(self, record: str) -> str:
        """Say which, each once: "fields that are not read: mood, words (979 rows)".

        ``record`` is what a record is called: "row". The result is empty if all fields are read.
        """
        said = "; ".join(self._groups(record))
        if not said:
            return ""
        rest = len(self._counts) - _MAX_NAMES
        more = f"; {rest:,} more" if rest > 0 else ""
        return f"fields that are not read: {said}{more}"

    def _groups(self, record: str) -> Iterator[str]:
        """Yield the names that as many records have, with their number."""
        ranked = self._counts.most_common(_MAX_NAMES)
        for count, group in groupby(ranked, key=lambda item: item[1]):
            names = ", ".join(name if len(name) <= 40 else f"{name[:39]}…" for name, _ in group)
            yield f"{names} ({count:,} {record}{'' if count == 1 else 's'})"
