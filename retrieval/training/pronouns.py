"""Questions that name a member, asked as those do who talk of nobody else: with a pronoun."""

import random
import re

_TITLES = r"(?:(?:Sen(?:ator|\.)?|Rep(?:resentative|\.)?|Congress(?:man|woman)|Dr\.)\s+)?"
_POSSESSIVES = {"he": "his", "she": "her", "they": "their"}
_INSTEAD = (*_POSSESSIVES, "the senator", "the congressman", "the congresswoman", "the member")
_LEAST_LETTERS = 4  # of a last name: a shorter one may be another word


def with_pronoun(question: str, name: str, rng: random.Random) -> str | None:
    """The question with a pronoun in the place of a name; None if it does not have the name.

    Args:
        question: any question.
        name: first and last name of a member.
        rng: chooses the pronoun.
    """
    first, *_, last = name.split() if " " in name else (name, name)
    if len(last) < _LEAST_LETTERS:
        return None
    named = re.compile(
        rf"\b{_TITLES}(?:{re.escape(first)}\s+(?:[A-Z]\.?\s+)?)?{re.escape(last)}\b('s|’s)?",
        re.IGNORECASE,
    )
    instead = rng.choice(_INSTEAD)
    owned = _POSSESSIVES.get(instead, f"{instead}’s")
    replaced, count = named.subn(lambda match: owned if match[1] else instead, question)
    if not count:
        return None
    return replaced[0].upper() + replaced[1:] if question[:1].isupper() else replaced
