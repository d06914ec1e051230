"""What a site generator replaces when it makes a page of a Markdown file: none of it is text.

Shortcodes (``{{< figure src="a.jpg" >}}``), templates (``{% include a.html %}``,
``{{ site.url }}``) and attributes (``{: .lead}``, ``# Title {#top}``).
"""

import re
from typing import NamedTuple

_OPENING = re.compile(r"\{\{<|\{\{%|\{\{|\{%")
_CLOSING = {"{{<": ">}}", "{{%": "%}}", "{{": "}}", "{%": "%}"}
_MAX_LENGTH = 5000  # characters of a tag; a longer one is no tag
_COMMENT = re.compile(r"\s*-?\s*comment\b")
_END_OF_COMMENT = re.compile(r"\{%-?\s*endcomment\s*-?%\}")
_SHOWN = re.compile(r"[\"“](?:[^\s\"”]+\s+){3,}[^\s\"”]+[\"”]")  # a caption: four words or more
_OTHERS = re.compile(
    r"^[ \t]{0,3}(?:[*-]|1\.)[ \t]+toc[ \t]*\n\{:toc[^{}\n]{0,200}\}|"  # kramdown
    r"\{::?[^{}\n]{0,300}\}|"  # its attributes and options
    r"\{[#.][\w-][^{}\n]{0,200}\}(?=[ \t]*$)|"  # attributes of a heading
    r"^[ \t]{0,3}(?:\[toc\]|\[\[_?toc_?\]\])[ \t]*$|"
    r"^[ \t]{0,3}:{3,}[ \t]{0,9}(?:\{[^{}\n]{0,200}\}|[\w-]{0,40})[ \t]*$|"  # fenced divisions
    r"!\[\[[^\[\]\n]{0,200}\]\]|"  # embedded files
    r"\[/?(?:caption|gallery|embed|playlist|vc_\w{1,40}|et_pb_\w{1,40}|fusion_\w{1,40})"
    r"(?:\s[^\[\]\n]{0,500})?\]",  # of WordPress
    re.IGNORECASE | re.MULTILINE,
)


class Stripped(NamedTuple):
    """A text without templates; ``with_text`` is how many of them had a caption or a quotation."""

    text: str
    with_text: int


def strip_templates(text: str) -> Stripped:
    """Return ``text`` without templates, shortcodes and attributes; what they enclose stays."""
    pieces: list[str] = []
    position = with_text = 0
    closings = dict[str, int]()  # where the next one of each mark is, so that each is found once
    while opening := _OPENING.search(text, position):
        mark, start = _CLOSING[opening[0]], opening.end()
        if closings.get(mark, -1) < start:
            found = text.find(mark, start)
            closings[mark] = len(text) if found < 0 else found
        end = closings[mark]
        if end == len(text) or end - start > _MAX_LENGTH:
            pieces.append(text[position:start])
            position = start
            continue
        pieces.append(text[position : opening.start()])
        position = end + len(mark)
        with_text += bool(_SHOWN.search(text, start, end))
        if mark == "%}" and _COMMENT.match(text, start, end):
            closing = _END_OF_COMMENT.search(text, position)
            position = closing.end() if closing else len(text)
    pieces.append(text[position:])
    return Stripped(_OTHERS.sub("", "".join(pieces)), with_text)
