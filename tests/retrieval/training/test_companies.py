"""The companies whose releases only measure."""

import gzip
import json

from retrieval.training.companies import company, is_for_development
from tests.benchmarks.companies import QUESTIONS
from tests.shared import shared


def release(title, text=""):
    return {"title": title, "text": text}


def test_a_company_is_named_by_what_the_release_says_about_it():
    text = "It opened.\n\n** About Ferry Lines Inc.\nFerry Lines sails."
    assert company(release("Harbor Day Returns", text)) == "ferrylinesin"
    assert company(release("Harbor Day Returns", "All about Ferry Lines.")) == "harborday"


def test_all_releases_of_a_company_are_on_the_same_side():
    for name in ("Ferry Lines", "Bridge Works", "Harbor Coffee"):
        texts = [f"{opening}\n\nAbout {name}\nFounded in 1990." for opening in ("New.", "Old.")]
        assert len({is_for_development(release("A title", text)) for text in texts}) == 1


def test_about_three_of_ten_companies_are_for_development():
    chosen = [is_for_development(release(f"Company{n} Announces")) for n in range(1000)]
    assert 250 < sum(chosen) < 350


def test_the_development_questions_are_over_releases_for_development():
    named = set()
    for row in map(json.loads, QUESTIONS.read_text(encoding="utf-8").splitlines()):
        named.add(row["release_id"] or row["nearest"][0])
    with gzip.open(shared("releases/companies.jsonl.gz"), "rt", encoding="utf-8") as lines:
        chosen = {row["id"] for row in map(json.loads, lines) if is_for_development(row)}
    assert named <= chosen
    assert len(chosen) == 1246
