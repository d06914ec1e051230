import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.passages import belongs_under

LONG = " ".join(["word"] * 40) + "."


@pytest.mark.parametrize(
    ("paragraphs", "under"),
    [
        (["It opened.", "It closed."], ["", ""]),
        (["Oregon Projects", "The river is to be cleaned."], ["", "Oregon Projects"]),
        (
            ["The bill would:", "Lower fares", "Add trains."],
            ["", "The bill would:", "The bill would:"],
        ),
        (["The bill would:", "Lower fares", LONG, "Add."], ["", "The bill would:", "", ""]),
        (["Statement of the mayor:", LONG], ["", ""]),
        (
            ["Bill Summary", "The bill would:", "Cap fares."],
            ["", "Bill Summary", "The bill would:"],
        ),
        (["Alone", "Two Words", "Text."], ["", "", "Two Words"]),
        (["• Lower fares", "• Add trains"], ["", ""]),
        ([], []),
    ],
)
def test_a_heading_or_a_lead_in_stands_over_what_follows(paragraphs, under):
    assert belongs_under(paragraphs) == under


def test_of_a_long_lead_in_the_end_is_repeated():
    lead_in = f"{LONG} The projects are:"
    (_, under) = belongs_under([lead_in, "A bridge"])
    assert under.endswith("The projects are:")
    assert len(under) <= 160


@given(st.lists(st.text(max_size=40), max_size=8))
def test_every_paragraph_has_its_place(paragraphs):
    assert len(belongs_under(paragraphs)) == len(paragraphs)
