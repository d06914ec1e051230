"""Where the sentences of a paragraph begin and end, and which one sums up a release."""

import re
from collections.abc import Sequence

from retrieval.text.tokens import words

# A full stop and the like, closing quotes or brackets, white space, then what may open a sentence;
# a time zone ("10 a.m. ET") may not.
_END = re.compile(r"""[.!?…]+["'”’)\]]*\s+(?![ECMP][SD]?T\b)(?=["'“‘(\[]*[A-Z0-9])""")
# Abbreviations that a sentence seldom ends with.
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


def sentence_spans(paragraph: str) -> list[tuple[int, int]]:
    """The (start, end) of each sentence in ``paragraph``, in order; one span where it has but one.

    The spans cover all but the white space between sentences. Empty text has no sentence. What
    holds no word is none either: the number of a list's item belongs to the item.
    """
    spans = []
    start, word = 0, _WORD.search(paragraph)
    for match in _END.finditer(paragraph):
        before = paragraph[max(start, match.start() - 16) : match.start() + 1]
        # "(D-Calif.) Then" too: a sentence that ends with the bracket has a stop after it.
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


_SHORTEST = 6  # words: less is a line above the text, such as "For immediate release"


def first_sentence(paragraphs: Sequence[str]) -> str:
    """The first sentence of the first paragraph that says something; empty where none does."""
    for paragraph in paragraphs:
        if len(words(paragraph)) >= _SHORTEST:
            start, end = sentence_spans(paragraph)[0]
            return paragraph[start:end]
    return next(iter(paragraphs), "")
