"""The language in which a person writes."""

import pytest

from retrieval.query.written_language import is_foreign, written_language


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("How much did the bridge cost?", "en"),
        ("¿Puente?", "es"),
        ("cuánto costó el puente", "es"),
        ("quien abrio el puente y por que", "es"),
        ("Los Angeles fires", "en"),
        ("What did De La Cruz say?", "en"),
        ("San Diego", "en"),
        ("", "en"),
        ("48", "en"),
    ],
)
def test_a_few_words_tell_the_language(text: str, code: str) -> None:
    assert written_language(text) == code


def test_a_question_is_foreign_to_passages_in_another_language() -> None:
    english = "The bridge was closed for fourteen months after the flood."
    spanish = "El puente estuvo cerrado durante catorce meses por la inundación."
    asked = "¿Cuánto tiempo estuvo cerrado el puente?"
    assert is_foreign(asked, [english, english])
    assert not is_foreign(asked, [english, spanish])
    assert not is_foreign(asked, [])
