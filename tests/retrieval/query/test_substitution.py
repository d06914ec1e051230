from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.names import NameIndex
from retrieval.query.substitution import substituted

TODAY = date(2026, 3, 2)
NAMES = NameIndex([("Ada Quill", "www.harbor.example", 9), ("Ines Vale", "coast.example", 9)])

TIMES = [
    ("Who joined Quill in 2024?", "in 2025?", "Who joined Quill in 2025?"),
    ("Who joined Quill in 2024?", "2025", "Who joined Quill in 2025?"),
    ("Which school won the 2023 App Cup?", "in 2021?", "Which school won the 2021 App Cup?"),
    ("What did Quill say since 2023?", "before 2020?", "What did Quill say before 2020?"),
    ("What did Quill announce last month?", "this year?", "What did Quill announce this year?"),
    ("What did Quill announce?", "in 2025?", "What did Quill announce in 2025?"),
    ("What did Quill announce?", "2025?", "What did Quill announce in 2025?"),
    ("What did it cost in April 2024?", "in February?", "What did it cost in February 2024?"),
    ("Who is of the class of 2028?", "the class of 2029?", "Who is of the class of 2029?"),
    ("¿Qué dijo Quill en 2024?", "en 2025?", "¿Qué dijo Quill en 2025?"),
    ("¿Qué dijo Quill en 2024?", "el año anterior?", "¿Qué dijo Quill en 2023?"),
    ("What did Quill say in 2024?", "en 2025?", "What did Quill say in 2025?"),
    ("What did Quill say in 2024?", "the year after?", "What did Quill say in 2025?"),
    (
        "What did Quill say in 2024?",
        "between 2019 and 2021",
        "What did Quill say between 2019 and 2021?",
    ),
]
NAMED = [
    (
        "What did Quill say when Noor Hale died?",
        "Ben Orr?",
        "What did Quill say when Ben Orr died?",
    ),
    ("What did Quill say when Noor Hale died?", "Vale?", "What did Vale say when Noor Hale died?"),
    ("what did quill say about fares", "vale", "what did vale say about fares"),
    ("What did April Orr do before that?", "Hale?", "What did Hale do before that?"),
    ("How was Noor Hale honored?", "ben orr", "How was ben orr honored?"),
    ("How much did Orr get for its bus?", "pier isle", "How much did pier isle get for its bus?"),
    ("What did Quill say about fares in 2024?", "Orr?", "What did Quill say about Orr in 2024?"),
    ("Where will Edward D. Orr be buried?", "Hale?", "Where will Hale be buried?"),
    ("How much did North Pier's airport get?", "Orr?", "How much did Orr's airport get?"),
    ("Who introduced the Ferry Act?", "Hale?", "Who introduced Hale?"),
    ("How much did the North Pier airport get?", "Orr?", "How much did the Orr airport get?"),
    ("How much did Fort Orr Park get?", "Sully Creek?", "How much did Sully Creek get?"),
    ("What did Quill do in Pier City?", "Orr?", "What did Quill do in Orr?"),
    ("How big is Pier View in Orr?", "Lake Court?", "How big is Lake Court?"),
    ("Where is the 81st Field Unit?", "the 14th Field Unit?", "Where is the 14th Field Unit?"),
    (
        "How much did the Orr soccer field cost?",
        "the Hale town hall?",
        "How much did the Hale town hall cost?",
    ),
    (
        "How much did Orr get for new buses?",
        "the Hale bus district?",
        "How much did the Hale bus district get for new buses?",
    ),
]
OTHERS = [
    ("What are the $11.6 million for?", "the $5 million?", "What are the $5 million for?"),
    ("How much was paid for ferries in Orr?", "in Hale?", "How much was paid for ferries in Hale?"),
    ("Who from Orr did Quill meet?", "from the Isles?", "Who from the Isles did Quill meet?"),
    ("What would the bill do for farmers?", "for bakers?", "What would the bill do for bakers?"),
    ("Who introduced it in the House?", "in the Senate?", "Who introduced it in the Senate?"),
    ("How much did the old ferry cost?", "the bridge?", "How much did the bridge cost?"),
    ("What did Quill say about ferry fares?", "the flood?", "What did Quill say about the flood?"),
    ("What are the hours of the library?", "on Sundays?", "on Sundays?"),
    ("¿Qué dijo Quill sobre el muelle?", "sobre la biblioteca?", "Quill sobre la biblioteca?"),
    (
        "What did Quill say about fares in 2024?",
        "Vale in 2023?",
        "What did Vale say about fares in 2023?",
    ),
]


@pytest.mark.parametrize(("previous", "fragment", "question"), TIMES)
def test_a_time_takes_the_place_of_a_time(previous, fragment, question):
    assert substituted(previous, fragment, NAMES, TODAY) == question


@pytest.mark.parametrize(("previous", "fragment", "question"), NAMED)
def test_a_name_takes_the_place_of_the_last_one_of_its_kind(previous, fragment, question):
    assert substituted(previous, fragment, NAMES, TODAY) == question


@pytest.mark.parametrize(("previous", "fragment", "question"), OTHERS)
def test_what_is_named_takes_the_place_of_its_like(previous, fragment, question):
    found = substituted(previous, fragment, NAMES, TODAY)
    assert found is not None
    assert found.endswith(question)


def test_nothing_is_replaced_where_nothing_is_alike():
    assert substituted("Is it open?", "Vale?", NAMES, TODAY) is None
    assert substituted("Why?", "the bridge", NAMES, TODAY) is None
    assert substituted("", "", NAMES, TODAY) in (None, "")


@given(st.text(max_size=300), st.text(max_size=60))
def test_any_texts_can_be_taken(previous, fragment):
    found = substituted(previous, fragment, NAMES, TODAY)
    assert found is None or isinstance(found, str)
