"""A selection as a condition over the passages of a generation."""

from collections.abc import Sequence
from dataclasses import dataclass

from retrieval.index.postgres.releases import filter_condition
from retrieval.index.postgres.schema import Generation
from retrieval.index.postgres.stored_text import stored_words
from retrieval.index.scored_passages import Selection
from retrieval.text.tokens import words


@dataclass(frozen=True, slots=True)
class Condition:
    """A condition, and the values of its parameters."""

    sql: str = "true"
    values: tuple[object, ...] = ()

    def __and__(self, other: "Condition") -> "Condition":
        return Condition(f"{self.sql} AND {other.sql}", (*self.values, *other.values))


def selected(selection: Selection | None, generation: Generation) -> Condition:
    """The condition that a row of ``passage`` is of a selection; None for all."""
    if selection is None:
        return Condition()
    found = Condition()
    if selection.filter:
        sql, values = filter_condition(selection.filter)
        releases = f"SELECT release.number FROM release WHERE {generation.has('release')}"
        found &= Condition(f"passage.release IN ({releases} AND {sql})", tuple(values))
    if selection.phrases:
        holding = holding_phrases(selection.phrases)
        places = f"SELECT paragraph.release, paragraph.number FROM paragraph WHERE {holding.sql}"
        found &= Condition(f"(passage.release, passage.paragraph) IN ({places})", holding.values)
    else:
        found &= Condition(
            "NOT EXISTS (SELECT FROM recurring WHERE recurring.passage = passage.number"
            f" AND {generation.has('recurring')})"
        )
    return found


def holding_phrases(phrases: Sequence[str]) -> Condition:
    """The condition that a row of ``paragraph`` holds phrases word for word; none of no words."""
    stored = [stored_words(words(each)) for each in phrases]
    if not all(stored):
        return Condition("false")
    found = Condition(
        "string_to_array(paragraph.words, ' ') @> %s",
        (sorted({word for each in stored for word in each.split(" ")}),),
    )
    for each in dict.fromkeys(stored):
        found &= Condition("position(%s IN ' ' || paragraph.words || ' ') > 0", (f" {each} ",))
    return found


def having_one(terms: Sequence[str], column: str) -> Condition:
    """The condition that a column of terms, between spaces, has one of some, as they are stored.

    No index is of use for that, but it is faster than to make an array of each text.
    """
    one = " OR ".join([f"position(%s IN {column}) > 0"] * len(terms))
    return Condition(f"({one or 'false'})", tuple(f" {each} " for each in terms))


def holding_terms(terms: Sequence[str]) -> Condition:
    """The condition that a row of ``passage`` has all of some terms; none of no terms."""
    if not terms:
        return Condition("false")
    stored = stored_words(terms).split(" ")
    return Condition("string_to_array(passage.terms, ' ') @> %s", (stored,))
