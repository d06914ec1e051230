"""Lines that only say when and where something was published."""

import re

from retrieval.text.dates import MONTHS
from retrieval.text.tokens import folded

_MAX_WORDS = 14
_MAX_LENGTH = 160
_WORD = re.compile(r"[^\W_]+(?:[.'’][^\W_]+)*")
_NUMBER = re.compile(
    r"[0-9]{1,4}(?:st|nd|rd|th|er|º)?|[0-9]{1,2}[ap]m|[0-9]{1,2}\.[0-9]{1,2}\.[0-9]{2,4}"
)
_FIGURE = re.compile(r"[$€£%]|[0-9],[0-9]{3}|[0-9]{5}")
_NUMERIC_DATE = re.compile(
    r"\b[0-9]{1,2}([/.-])[0-9]{1,2}\1[0-9]{2,4}\b|\b[0-9]{4}-[0-9]{2}-[0-9]{2}\b"
)
_MONTHS = frozenset(MONTHS) | frozenset(
    """enero febrero marzo abril mayo junio julio agosto septiembre setiembre octubre noviembre
    diciembre""".split()
)
# What may stand beside a date: weekdays, clocks, labels, and the ends of places.
_OTHERS = frozenset(
    """monday tuesday wednesday thursday friday saturday sunday mon tue tues wed thu thur thurs fri
    sat sun lunes martes miercoles jueves viernes sabado domingo
    at on of the by a.m p.m am pm et est edt ct cst cdt mt mst mdt pt pst pdt utc gmt noon a las
    de del el
    date dated published posted updated issued released publication press release media statement
    news newsroom for immediate contact time last modified created fecha publicado comunicado prensa
    washington d.c dc ala ariz ark calif colo conn del fla ga ill ind kan ky la md mass mich minn
    miss mo mont neb nev n.h n.j n.m n.y n.c n.d okla ore pa r.i s.c s.d tenn tex vt va wash w.va
    wis wyo u.s""".split()
)


def is_date_line(text: str) -> bool:
    """Whether a line is a date, with at most a weekday, a time, a label and a place in capitals.

    "Tuesday, April 9, 2024" and "BISMARCK, N.D. – April 9, 2024" are; "Town hall: April 9, 2024"
    says what happens then, so it is not.
    """
    if len(text) > _MAX_LENGTH or _FIGURE.search(text):
        return False
    words = _WORD.findall(text)
    if not 1 < len(words) <= _MAX_WORDS:
        return False
    keys = [folded(word) for word in words]
    has_month = not _MONTHS.isdisjoint(keys) and any(_NUMBER.fullmatch(key) for key in keys)
    if not has_month and not _NUMERIC_DATE.search(text):
        return False
    return all(
        key in _MONTHS or key in _OTHERS or _NUMBER.fullmatch(key) or word.isupper()
        for word, key in zip(words, keys, strict=True)
    )
