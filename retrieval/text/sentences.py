"""Sentence boundaries in a paragraph, and the sentence that sums up a release."""

import re
from collections.abc import Sequence

from retrieval.text.tokens import words

# Terminal punctuation, closing quotes or brackets, white space, then the beginning of a sentence,
# which is not a time zone ("10 a.m. ET").
_END = re.compile(r"""[.!?…]+["'”’)\]]*\s+(?![ECMP][SD]?T\b)(?=["'“‘(\[]*[A-Z0-9])""")
# Abbreviations that a sentence rarely ends with.
_ABBREVIATION = re.compile(
    r"""(?:^|[\s("“'‘\[—–-])(?:Mr|Mrs|Ms|Dr|Drs|Wm|Rep|Reps|Sen|Sens|Gov|Gen|Lt|Col|Sgt|Capt|Maj|Cmdr|Adm|
    Hon|Rev|Prof|Pres|St|Ft|Mt|Jr|Sr|No|Nos|Sec|Secs|Art|Ave|Blvd|v|vs|etc|cf|e\.g|i\.e|approx|Inc|Co|Corp|Ltd|
    Pub|Ph\.D|(?:[A-Z]\.\s?)*(?:Con\.\s?)?Res|(?:[A-Z]\.\s?)+Con|  # Pub. L., H. Con. Res., S.Res.
    Jan|Feb|Mar|Apr|Jun|Jul|Aug|Sept|Sep|Oct|Nov|Dec|[A-Z]|(?:[A-Z]\.)+[A-Z]|
    (?:Ala|Ariz|Ark|Calif|Colo|Conn|Del|Fla|Ga|Ill|Ind|Kan|Ky|La|Mass|Md|Mich|Minn|Miss|Mo|
    Mont|Neb|Nev|Okla|Ore|Pa|Tenn|Tex|Va|Vt|Wash|Wis|Wyo))\.$""",
    re.VERBOSE,
)
_WORD = re.compile(r"[^\W\d_]{2}")
_MIN_WORDS = 6  # a shorter paragraph is a label, such as "For immediate release"


def sentence_spans(paragraph: str) -> list[tuple[int, int]]:
    """Return the ``[start, end)`` character span of each sentence in ``paragraph``, in order.

    The spans cover everything but the white space between sentences; blank text has none. A piece
    without a word belongs to the sentence after it, such as the number of a list item.
    """
    spans = []
    start, word = 0, _WORD.search(paragraph)
    for match in _END.finditer(paragraph):
        before = paragraph[max(start, match.start() - 16) : match.start() + 1]
        # The same with a bracket, "(D-Calif.) Then": a sentence would have its stop after it.
        if match.group().strip() in (".", ".)") and _ABBREVIATION.search(before):
            continue
        if word is None or word.start() > match.start():
            continue
        end = match.start() + len(match.group().rstrip())
        spans.append((start, end))
        start, word = match.end(), _WORD.search(paragraph, match.end())
    if paragraph[start:].strip():
        spans.append((start, len(paragraph.rstrip())))
    return spans


def first_sentence(paragraphs: Sequence[str]) -> str:
    """Return the first sentence of the first paragraph that is not a short line, such as a label.

    If all are short, return the first paragraph; if there are none, an empty string.
    """
    for paragraph in paragraphs:
        if len(words(paragraph)) >= _MIN_WORDS:
            start, end = sentence_spans(paragraph)[0]
            return paragraph[start:end]
    return next(iter(paragraphs), "")
