"""What a browser copies of a web page: its visible text, with a line break at every link."""

import gzip
from html.parser import HTMLParser
from pathlib import Path

_VOID = frozenset("br hr img input meta link area base col embed source track wbr".split())
_UNSEEN = frozenset("head script style noscript template svg iframe select textarea".split())
_INLINE = frozenset("span em i u sup sub small font abbr time cite q mark code label".split())
_HIDDEN = frozenset("hidden visually-hidden sr-only element-invisible hide d-none".split())


class Copy(HTMLParser):
    """The lines of a page, each with the classes and ids of the elements that it is in.

    A block, a link and a bold run have lines of their own; in ``paragraphs`` only a block has.
    """

    def __init__(self) -> None:
        super().__init__()
        self.lines: list[tuple[str, frozenset[str]]] = []
        self.paragraphs: list[tuple[str, frozenset[str]]] = []
        self._stack: list[tuple[str, frozenset[str]]] = []
        self._line, self._paragraph = "", ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "p" and self._stack and self._stack[-1][0] == "p":
            self.handle_endtag("p")
        self._break(tag)
        if tag not in _VOID:
            named = dict(attrs)
            names = f"{named.get('class') or ''} {named.get('id') or ''}"
            self._stack.append((tag, frozenset(names.split())))

    def handle_endtag(self, tag: str) -> None:
        if any(tag == open_tag for open_tag, _ in self._stack):
            self._break(tag)
            while self._stack.pop()[0] != tag:
                pass

    def handle_data(self, data: str) -> None:
        if not any(tag in _UNSEEN or classes & _HIDDEN for tag, classes in self._stack):
            self._line += data
            self._paragraph += data

    def _break(self, tag: str) -> None:
        """End the line, and unless ``tag`` is within a line of text the paragraph, before a tag."""
        if tag in _INLINE:
            return
        classes = frozenset().union(*(classes for _, classes in self._stack))
        if text := " ".join(self._line.split()):
            self.lines.append((text, classes))
        self._line = ""
        if tag not in ("a", "b", "strong"):
            if text := " ".join(self._paragraph.split()):
                self.paragraphs.append((text, classes))
            self._paragraph = ""


def copy_of(path: Path) -> Copy:
    """Return the copy of a gzipped page."""
    copy = Copy()
    copy.feed(gzip.decompress(path.read_bytes()).decode("utf-8", "replace"))
    copy.close()
    return copy
