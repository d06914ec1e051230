import pytest

from retrieval.text.overlap import near_duplicates

QUOTE = (
    "“Rail fares have doubled in ten years,” said Rep. Roe. “Our bill caps them and pays for new "
    "trains on every line in the state.”"
)


@pytest.mark.parametrize(
    ("texts", "firsts"),
    [
        ([QUOTE, QUOTE], [0, 0]),
        ([QUOTE, QUOTE.replace("Rep. Roe", "Roe").upper()], [0, 0]),
        ([QUOTE, "Fares will be capped by a bill that was introduced today in the House."], [0, 1]),
        (["Read it here.", "Read it here!", "Read it."], [0, 0, 2]),
        (
            [QUOTE, f"{QUOTE} " + " ".join(f"Part {n} is about village {n}." for n in range(9))],
            [0, 1],
        ),
        (["", ""], [0, 0]),
        ([], []),
    ],
)
def test_texts_that_say_the_same_are_one(texts, firsts):
    assert near_duplicates(texts) == firsts
