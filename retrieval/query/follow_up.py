"""A question read with the one before it: "and in 2025?", "who joined her?".

What a follow-up replaces is replaced in the question before it (`retrieval.query.substitution`);
what it lacks is taken from there; a question that stands alone (`retrieval.query.standalone`) is
left as it is. Conversational search calls this query rewriting (J. Dalton, C. Xiong and J. Callan,
"TREC CAsT 2019"; R. Anantha and others, "Open-domain question answering goes conversational via
question rewriting", 2021). It is done by rules here. What a follow-up lacks is the topic of the
question before it, added behind it as in the term expansion of N. Voskarides and others, "Query
resolution for conversational search with limited supervision", 2020: "who runs it? Harbor's new
office".
"""

import re
from dataclasses import dataclass, replace
from datetime import date
from enum import StrEnum

from retrieval.index.names import NameIndex
from retrieval.query.standalone import Utterance, is_courtesy, read_utterance
from retrieval.query.substitution import substituted, without_what_is_owned
from retrieval.text.tokens import content_words, words

_OWN_WORDS = 5  # a sentence of so many content words says itself what it is about
_TOPIC_OF_ITS_OWN = 4  # content words of a fragment that may be a new topic
_MAX_TOPIC = 24  # words
_NAME_AND_VERB = 2  # content words

# What a question begins with that is no part of its topic: "how much did", "what was the cost of".
_ASKING = re.compile(
    r"\W*(?:(?:who|whom|whose|what|when|where|why|how|which)\b(?:['’]s)?"
    r"(?:\s+(?:much|many|long|often|far|big|large)\b)?|(?:please )?(?:tell me|show me|list)\b)?"
    r"\s*(?:(?:is|are|was|were|do|does|did|has|have|had|will|would|can|could|should)\b)?\s*"
    r"(?:the (?:exact |full |total )?(?:price tag|price|cost|amount|sum|total|number|share|name"
    r"|title|date|deadline|purpose|point|goal|reason|size|length) (?:of|for|behind)\b\s*)?",
    re.IGNORECASE,
)
_PRONOUN = re.compile(
    r"\b(?:it|its|they|them|their|he|him|his|she|her|that|this|these|those|there)\b\s*",
    re.IGNORECASE,
)
_NAMES = re.compile(r"[A-Z0-9]")
_EXACT = re.compile(r"\d|[\"“”„]")


class Relation(StrEnum):
    """How a question relates to the one before it."""

    NEW = "new"
    """It stands alone, or nothing was asked before it."""
    REPLACES = "replaces"
    """It names one thing, which takes the place of another: "and in 2025?"."""
    COMPLETES = "completes"
    """It asks something else about the same: "who joined her?"."""


@dataclass(frozen=True, slots=True)
class Reading:
    """A question as it may be meant.

    Attributes:
        text: the whole question, with what it takes from the one before it.
        asked: the part of ``text`` that asks; the rest only tells what about.
        relation: how it relates to the question before it.
    """

    text: str
    asked: str
    relation: Relation = Relation.NEW


def readings(text: str, previous: str | None, names: NameIndex, today: date) -> tuple[Reading, ...]:
    """What a question may mean after another one: one reading, or two where words cannot tell.

    Args:
        text: the question, without its typing errors.
        previous: the question before it, or the ``text`` of its reading.
        names: the members and newsrooms that may be named.
        today: the day from which "last month" is reckoned.

    Returns:
        The reading. A short sentence that names nothing ("who opposed the bill?"), a long fragment
        ("what about the ruling on ferry fares?") and one that has nothing to replace may be about
        what was asked before or about something new: their second reading is the question alone.
    """
    alone = Reading(text, text)
    before = " ".join((previous or "").split())
    if not words(before) or is_courtesy(text):
        return (alone,)
    said = read_utterance(text)
    if said.stands_alone and (party := _who_else(said, names)):
        replaced = substituted(before, party, names, today)
        if replaced and words(replaced) != words(before):
            return Reading(replaced, replaced, Relation.REPLACES), alone
    if said.stands_alone:
        return (_completed(said, before), alone) if _is_vague(said, names) else (alone,)
    if said.asks and not (said.fragment or said.refers) and names.found_in(said.rest):
        return (alone,)  # "who is vale?"
    if said.asks or said.refers:
        return (_completed(said, before),)
    replaced = substituted(before, said.rest, names, today)
    if replaced is None:
        # Nothing in the question before it is of its kind.
        return Reading(joined := f"{before} {said.rest}", joined, Relation.REPLACES), alone
    reading = Reading(replaced, replaced, Relation.REPLACES)
    if said.own_words >= _TOPIC_OF_ITS_OWN:
        return reading, alone
    less = without_what_is_owned(replaced)  # "its bike path" may be that of the old subject alone
    return (reading, replace(reading, text=less, asked=less)) if less != replaced else (reading,)


def _who_else(said: Utterance, names: NameIndex) -> str | None:
    """The only name of a sentence that has one verb besides: "what did Vale say?"."""
    content = content_words(said.rest)
    if len(content) != _NAME_AND_VERB:
        return None
    party = [word for word in content if names.found_in(f"- {word}")]
    if len(party) != 1 or content[0] != party[0]:
        return None
    return said.rest[(at := said.rest.lower().find(party[0])) : at + len(party[0])]


def _is_vague(said: Utterance, names: NameIndex) -> bool:
    """Whether a sentence names too little to tell whether it is about what was asked before."""
    return (
        said.asks
        and said.own_words < _OWN_WORDS
        and not said.named
        and not names.found_in(said.rest)
        and _EXACT.search(said.rest) is None
    )


def _completed(said: Utterance, previous: str) -> Reading:
    asked = said.rest.rstrip(" ?!.") + "?"
    return Reading(f"{asked} {_topic(previous)}", asked, Relation.COMPLETES)


def _topic(previous: str) -> str:
    """What a question is about: its words without those that ask, its own topic behind them."""
    asked, _, topic = previous.partition("? ")
    about = _ASKING.sub("", asked, count=1).strip(" ?!.,;:")
    if topic:
        # Of a question that took its own topic, only what it names is added to that.
        named = _PRONOUN.sub("", about) if _NAMES.search(about) else ""
        about = ", ".join(filter(None, (named.strip(), topic.strip(" ?!.,;:"))))
    return " ".join(about.split()[:_MAX_TOPIC]) or previous
