"""A web page as a tree of the elements that a browser shows."""

import re
from collections.abc import Iterator, Mapping
from functools import cached_property
from typing import Self

from selectolax.lexbor import LexborHTMLParser, LexborNode

_MAX_NESTED = 5_000  # elements in each other; the parser's time grows with the square
_MAX_ATTRIBUTES = 5_000  # of an element; the parser's time grows with the square
_TAG = re.compile(r"<[a-zA-Z][^>]*")
_SPACES = re.compile(r"\s+")
_MAX_DEPTH = 128  # what is nested deeper is moved up to it, as browsers do at 512
_NESTED = re.compile(r"<(/?)(?!(?:p|li|br|img|input|hr|meta|link|t[rdh]|d[td]|option)\b)[a-zA-Z]")
# Not text, whatever the style sheet says.
_UNSEEN = frozenset(
    "applet area audio base canvas col colgroup datalist embed frame frameset head iframe img input"
    " link map meta meter noembed noframes noscript object param picture progress rp script select"
    " source style svg template textarea title track video".split()
)
_HIDING_STYLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.I)
# Text for screen readers alone, by the names that the common frameworks give it.
_UNSEEN_CLASS = re.compile(
    r"(?:^|\s)(?:hidden|is-hidden|d-none|(?:usa-)?sr-only|visually-?hidden|screen-?reader(?:-text)?|element-invisible"
    r"|show-for-sr|a11y-hidden|assistive-text)(?:\s|$)",
    re.I,
)
# Hidden on narrow screens only: "hidden md:block", "d-none d-lg-flex".
_SHOWN_CLASS = re.compile(r"(?:^|\s)(?:\w+:|d-\w+-)(?:block|flex|grid|inline|table|contents)", re.I)
_GENERATED = re.compile(r"[a-z]\d+[a-z]|\d[a-z]\w*\d")  # "css-1ad2x9"
_OF_OTHERS = re.compile(r"(?:no|not|without|has|have|with|hides?|is|show|toggle)[-_]", re.I)
_NAME = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")


class Element:
    """An element of a page, with the text and the elements in it, in order."""

    def __init__(self, tag: str, attributes: Mapping[str, str], parent: "Element | None") -> None:
        self.tag = tag
        self.attributes = attributes
        self.parent = parent
        self.children: list[Element | str] = []

    @cached_property
    def compounds(self) -> tuple[frozenset[str], ...]:
        """The words of each class, of its id and of its role, in lower case.

        What it says of others ("no-sidebar", "has-comments") is not its name.
        """
        values = map(self.attributes.get, ("class", "id", "role"))
        names = [name for value in values for name in (value or "").split()]
        words = (
            _NAME.findall(name)
            for name in names
            if not (_OF_OTHERS.match(name) or _GENERATED.search(name))
        )
        return tuple(frozenset(word.lower() for word in name) for name in words)

    @cached_property
    def names(self) -> frozenset[str]:
        """All these words."""
        return frozenset[str]().union(*self.compounds)

    @property
    def lineage(self) -> Iterator["Element"]:
        """The element itself and those that it is in, the innermost first."""
        yield self
        yield from self.ancestors

    @property
    def ancestors(self) -> Iterator["Element"]:
        """The elements that it is in, the innermost first."""
        element = self.parent
        while element is not None:
            yield element
            element = element.parent

    def walk(self) -> Iterator[tuple["Element | str", bool]]:
        """All that is in it, in order: texts, and elements at their start (True) and end (False).

        Elements may be nested deeper than Python's stack is.
        """
        stack = [(self, iter(self.children))]
        while stack:
            element, children = stack[-1]
            for child in children:
                if isinstance(child, str):
                    yield child, True
                else:
                    yield child, True
                    stack.append((child, iter(child.children)))
                    break
            else:
                stack.pop()
                if stack:
                    yield element, False

    def elements(self) -> Iterator["Element"]:
        """The elements in it, in order."""
        return (each for each, starts in self.walk() if starts and isinstance(each, Element))

    def text(self) -> str:
        """All text in it."""
        return "".join(each for each, _ in self.walk() if isinstance(each, str))


class ParsedPage:
    """A parsed page.

    Attributes:
        body: what is shown.
        document: the whole document, for its metadata.
    """

    def __init__(self, document: LexborHTMLParser) -> None:
        self.document = document
        self.body = _visible_tree(document.body or document.root)

    @classmethod
    def parse(cls, html: str) -> Self:
        """Parse a page as browsers do (the HTML standard's algorithm).

        Raises:
            ValueError: if it is nested too deeply.
        """
        depth = deepest = 0
        for match in _NESTED.finditer(html):
            depth += -1 if match[1] else 1
            deepest = max(deepest, depth)
        if deepest > _MAX_NESTED:
            raise ValueError(f"the page nests more than {_MAX_NESTED:,} elements in each other")
        for tag in _TAG.finditer(html):
            if len(tag[0]) > _MAX_ATTRIBUTES and len(_SPACES.findall(tag[0])) > _MAX_ATTRIBUTES:
                raise ValueError(f"the page has an element of over {_MAX_ATTRIBUTES:,} attributes")
        return cls(LexborHTMLParser(html))


def _visible_tree(node: LexborNode | None) -> Element:
    """The tree of what a browser shows of a node."""
    top = Element("body", {}, None)
    current, child = top, node.child if node else None
    pending: list[tuple[LexborNode | None, Element]] = []
    while True:
        if child is None:
            if not pending:
                return top
            child, current = pending.pop()
            continue
        following = child.next
        if child.is_text_node:
            current.children.append(child.text(deep=False))
        elif child.is_element_node and (tag := child.tag) and tag not in _UNSEEN:
            attributes = {name: value or "" for name, value in child.attributes.items()}
            if not _is_hidden(tag, attributes):
                parent = current if len(pending) < _MAX_DEPTH else current.parent or current
                element = Element(tag, attributes, parent)
                parent.children.append(element)
                pending.append((following, current))
                current, following = element, child.child
        child = following


def _is_hidden(tag: str, attributes: Mapping[str, str]) -> bool:
    if tag == "dialog" and "open" not in attributes:
        return True
    if attributes.get("hidden", "until-found") != "until-found":
        return True
    if _HIDING_STYLE.search(attributes.get("style", "")):
        return True
    classes = attributes.get("class", "")
    return bool(_UNSEEN_CLASS.search(classes)) and not _SHOWN_CLASS.search(classes)
