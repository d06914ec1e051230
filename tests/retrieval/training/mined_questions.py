"""Mined questions as a few words say them."""

from dataclasses import replace

import numpy as np

from retrieval.ranking.features import FEATURES, FeatureTable
from retrieval.training.examples import Positive
from retrieval.training.mined import MinedQuestion

SOURCE = "harbor.example, May 2024: "
TITLE = "Mayor Opens Bridge"
ANSWER = "$48 million"
RIGHT = (
    "Mayor Quill opened the rebuilt bridge on Monday. The bridge cost $48 million and carries "
    "31,000 vehicles on every day of the week. It was closed for fourteen months after the flood."
)
UNDER = f"{SOURCE}{TITLE}\n"
GOLD = Positive(
    UNDER + RIGHT,
    (len(UNDER) + RIGHT.index(ANSWER), len(UNDER) + RIGHT.index(ANSWER) + len(ANSWER)),
)
OTHERS = ("Trees were planted.", "Ferries run again.", "A library opened.", "Seals were counted.")


def mined_question(**changes) -> MinedQuestion:
    """A question with five candidates: what answers, one of the same release, three of others."""
    texts = [GOLD.text, *(f"{UNDER}{text}" for text in OTHERS)]
    columns = {name: np.linspace(1, 0, 5, dtype=np.float32) for name in FEATURES}
    mined = MinedQuestion(
        question="How much did the bridge cost?",
        kind="number",
        newsroom="harbor.example",
        archive="twenty",
        passages=120,
        features=FeatureTable(columns),
        relevant=np.array([True, False, False, False, False]),
        texts=texts,
        titles=[len(SOURCE)] * 5,
        paragraphs=np.array([2, 3, 2, 4, 5]),
        releases=np.array([8, 8, 1, 2, 3]),
        gold=[GOLD],
        gold_titles=[len(SOURCE)],
    )
    return replace(mined, **changes)


def unanswered(**changes) -> MinedQuestion:
    """A question with the same candidates, none of which answers."""
    nothing = {"relevant": np.zeros(5, dtype=np.bool_), "gold": [], "gold_titles": []}
    return mined_question(**{"question": "Who built the bridge?", **nothing, **changes})
