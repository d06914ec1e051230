"""An open index: what it has, what is found in it, and which of its releases are meant."""

import math
from collections.abc import Iterator
from datetime import date
from typing import Any

import numpy as np
import pytest

from retrieval.archive import Archive
from retrieval.index.folder_index import open_index
from retrieval.index.index import Index
from retrieval.index.postgres import passage_search, schema
from retrieval.index.scored_passages import ScoredPassages, Selection
from retrieval.passages import embedded_text
from retrieval.postgres_store import PostgresStore
from retrieval.release import Filter
from retrieval.text.tokens import terms
from tests.benchmarks.building import HashingEncoder
from tests.retrieval.conftest import write_releases

LONG = " ".join(f"Village {n} will get part {n} of the money." for n in range(60))
ABOUT = "The Harbour Board of Lindow has looked after the quay since 1893."
ROWS: list[dict[str, Any]] = [
    {"id": "fares", "title": "Fares", "date": "2024-05-01", "text": "Ferry fares are frozen now."},
    {
        "id": "plan",
        "title": "The Village Plan",
        "date": "2024-06-01",
        "text": f"The plan would:\n\nPay for 12 wells\n\n{LONG}\n\nFerry fares are frozen too.",
    },
    {"id": "undated", "title": "Wells", "text": "Dug by José’s crew: 12 wells."},
    *(
        {
            "id": f"quay-{month}",
            "title": f"Part {month}",
            "date": f"2023-{month:02}-05",
            "url": f"https://lindow.example/{month}",
            "text": f"Part {month} of the quay is rebuilt in oak.\n\n{ABOUT}",
        }
        for month in range(1, 13)
    ),
]
EVERYTHING = Selection()


@pytest.fixture(scope="module", params=["folder", "postgres", "compared", "coded", "without-bm25"])
def index(tmp_path_factory, request) -> Iterator[Index]:
    folder = tmp_path_factory.mktemp("index")
    sources = [write_releases(folder / "r.jsonl", ROWS)]
    if request.param == "folder":
        Archive(folder / "data", HashingEncoder()).reindex(sources)
        yield open_index(folder / "data")
        return
    with (
        request.getfixturevalue("postgres").database() as url,
        pytest.MonkeyPatch.context() as patch,
    ):
        if request.param != "postgres":  # search as if there were many passages
            patch.setattr(passage_search, "SCORED", 0)
        if request.param in ("coded", "without-bm25"):
            patch.setattr(passage_search, "EXACT_UP_TO", 0)
        if request.param == "without-bm25":
            patch.setattr(schema, "_has_text_search", lambda connection: False)
        store = PostgresStore(url, folder / "data")
        Archive(folder / "data", HashingEncoder(), store=store).reindex(sources)
        yield store.open()
        store.close()


# -- what is kept


def test_a_passage_is_a_span_of_a_paragraph(index):
    plan = index.releases.find("plan").number
    passages, paragraphs = index.passages_of(plan), index.releases.paragraphs(plan)
    assert [each.paragraph for each in passages] == [2, *[3] * (len(passages) - 2), 4]
    assert " ".join(each.text(paragraphs) for each in passages[1:-1]) == LONG
    assert passages[0].heading(paragraphs) == "The plan would:"


def test_a_row_is_located_by_release_and_passage(index):
    rows = found(index, "ferry fares wells quay", None).rows
    located = index.located(rows)
    assert located == [
        (release, passage)
        for release in range(index.manifest.releases)
        for passage in index.passages_of(release)
    ]
    assert index.located(rows[[3, 1]]) == [located[3], located[1]]
    assert index.located(rows[:0]) == []


# -- how rare a term is


def test_a_term_is_the_rarer_the_fewer_passages_have_it(index):
    size = index.manifest.passages
    rarity = index.idf(["quay", "ferri", "nowher"])
    assert rarity == {
        "quay": pytest.approx(idf(24, size)),
        "ferri": pytest.approx(idf(2, size)),
        "nowher": pytest.approx(idf(0, size)),
    }
    assert index.idf([]) == {}


# -- what is found


def test_scores_are_the_cosine_and_the_share_of_bm25(index):
    question, encoder = "Are the ferry fares of the village frozen?", HashingEncoder()
    scored, texts = found(index, question, None), passage_texts(index)
    vector = encoder.encode_queries([question])[0]
    cosines = encoder.encode_passages([each for each, _ in texts]) @ vector
    np.testing.assert_allclose(scored.cosine, cosines, atol=2e-3)
    expected = bm25_shares(terms(question), [held for _, held in texts])
    np.testing.assert_allclose(scored.bm25, expected, rtol=1e-5)
    assert scored.bm25.any()


def test_the_nearest_and_those_that_share_terms_are_the_best(index):
    question = "Are the ferry fares frozen?"
    vector = HashingEncoder().encode_queries([question])[0]
    search = index.search(vector, index.idf(terms(question)), None)
    every, best = search.of_releases(range(index.manifest.releases)), search.best(3)
    nearest = every.rows[np.argsort(-every.cosine, kind="stable")[:3]]
    matching = every.rows[every.bm25 > 0]
    assert best.rows.tolist() == sorted({*nearest.tolist(), *matching.tolist()})
    for each in (best.cosine, best.bm25):
        assert each.dtype == np.float32
    kept = np.isin(every.rows, best.rows)
    np.testing.assert_array_equal(best.cosine, every.cosine[kept])
    np.testing.assert_array_equal(best.bm25, every.bm25[kept])
    assert best.releases.tolist() == every.releases[kept].tolist()


def test_no_more_are_the_best_than_are_asked_for(index):
    search = index.search(*asked("quay oak", index), None)
    assert len(search.best(2)) <= 4
    assert len(search.best(1000)) == index.manifest.passages


def test_the_passages_of_releases_come_in_order_whatever_order_is_asked_for(index):
    search = index.search(*asked("quay", index), None)
    one, other = search.of_releases([3, 5, 4]), search.of_releases([4, 3, 5])
    assert one.rows.tolist() == sorted(one.rows.tolist()) == other.rows.tolist()
    assert set(one.releases.tolist()) == {3, 4, 5}
    assert len(search.of_releases([])) == 0


def test_the_best_of_a_release_is_that_of_its_passages(index):
    search = index.search(*asked("village wells", index), None)
    best = search.best_of_releases(0.6)
    assert (best.shape, best.dtype) == ((index.manifest.releases,), np.float32)
    for release in range(index.manifest.releases):
        own = search.of_releases([release])
        assert best[release] == pytest.approx(own.mean(0.6).max(), abs=1e-6)


def test_terms_are_told_row_by_row(index):
    search = index.search(*asked("village wells ferry", index), None)
    rows = search.of_releases([index.releases.find("plan").number]).rows
    held = search.terms_in(rows)
    assert all("villag" in each for each in held), "the title counts"
    assert ["ferri" in each for each in held] == [False] * (len(rows) - 1) + [True]
    assert search.terms_in(rows[:0]) == []


def test_a_question_without_terms_is_searched_by_its_vector_alone(index):
    search = index.search(*asked("is it so", index), None)
    assert len(search.best(2)) == 2
    assert not search.best(2).bm25.any()


# -- what may be found


@pytest.mark.parametrize(
    ("allowed", "phrases", "ids"),
    [
        (Filter(), ["ferry fares"], ["fares", "plan"]),
        (Filter(), ["FERRY FARES", "are frozen"], ["fares", "plan"]),
        (Filter(), ["ferry fares", "frozen too"], ["plan"]),
        (Filter(), ["ferry fares", "12 wells"], []),
        (Filter(), ["jose's crew"], ["undated"]),
        (Filter(since=date(2024, 5, 2)), ["ferry fares"], ["plan"]),
        (Filter(since=date(2024, 5, 2)), ["12 wells"], ["plan"]),
        (Filter(since=date(2024, 5, 2), undated=True), ["12 wells"], ["plan", "undated"]),
        (Filter(until=date(2023, 1, 31)), [], ["quay-1"]),
        (Filter(until=date(2023, 1, 31), newsroom="lindow.example"), [], ["quay-1"]),
        (Filter(since=date(2024, 1, 1), newsroom="lindow.example"), [], []),
        (Filter(since=date(2024, 7, 1)), [], []),
        (Filter(), ["?"], []),
    ],
)
def test_filter_and_phrases_select_together(index, allowed, phrases, ids):
    selection = Selection(allowed, tuple(phrases))
    numbers = {index.releases.find(id).number for id in ids}
    assert set(index.releases_with(selection)) == numbers
    scored = found(index, "ferry fares and the quay", selection)
    assert set(scored.releases.tolist()) == numbers
    search = index.search(*asked("ferry quay", index), selection)
    assert set(search.of_releases(range(15)).releases.tolist()) == numbers
    best = search.best_of_releases(0.6)
    assert set(np.flatnonzero(np.isfinite(best)).tolist()) == numbers


def test_all_passages_of_a_paragraph_that_holds_a_phrase_are_selected(index):
    selected = found(index, "village", Selection(phrases=("Village 59 will",)))
    assert len(selected) > 2
    located = index.located(selected.rows)
    assert {passage.paragraph for _, passage in located} == {3}
    # Between two passages, too.
    (_, first), (_, second) = located[:2]
    across = " ".join([*LONG[: first.end].split()[-2:], *LONG[second.start :].split()[:2]])
    between = found(index, "village", Selection(phrases=(across,)))
    assert set(selected.rows.tolist()) <= set(between.rows.tolist())


def test_what_recurs_is_found_only_by_those_who_quote_it(index):
    quay = range(index.manifest.releases)[:12]
    plain = index.search(*asked("quay", index), EVERYTHING).of_releases(quay)
    assert [passage.paragraph for _, passage in index.located(plain.rows)] == [1] * 12
    quoting = Selection(phrases=("since 1893",))
    quoted = index.search(*asked("quay", index), quoting).of_releases(quay)
    assert [passage.paragraph for _, passage in index.located(quoted.rows)] == [2] * 12
    assert len(index.search(*asked("quay", index), None).of_releases(quay)) == 24


def test_there_may_be_many_phrases(index):
    phrases = tuple(f"ferry {n}" for n in range(1000))
    assert not index.releases_with(Selection(phrases=phrases))


# -- whole releases


def test_a_release_is_about_what_enough_of_its_passages_have(index):
    def about(topic: str, share: float = 0.2, least: int = 2) -> set[str]:
        return ids_of(index, index.releases_about(terms(topic), share=share, least=least))

    assert about("village money") == {"plan"}
    assert about("wells") == {"undated"}, "of the plan it is one of many"
    assert about("wells", share=0.01, least=1) == {"undated", "plan"}
    assert about("quay 1893", share=1.0, least=1) == set()
    assert about("") == set()


def test_a_release_has_terms_wherever_they_are(index):
    assert ids_of(index, index.releases_having(terms("wells frozen"))) == {"plan"}
    assert len(index.releases_having(terms("oak 1893"))) == 12
    assert not index.releases_having(terms("oak wells"))
    assert not index.releases_having([])


def test_a_release_quotes_a_phrase(index):
    assert ids_of(index, index.releases_quoting("fares are frozen")) == {"fares", "plan"}
    assert not index.releases_quoting("frozen fares are")
    assert not index.releases_quoting("…")


def test_a_release_is_near_by_its_nearest_passage(index):
    vector = HashingEncoder().encode_queries(["quay"])[0]
    cosines = index.search(vector, {}, None).of_releases(range(15))
    least = float(np.sort(cosines.cosine)[-3])
    near = {int(each) for each in cosines.releases[cosines.cosine >= least]}
    assert set(index.releases_near(vector, least)) == near
    assert not index.releases_near(vector, 1.1)


def asked(question: str, index: Index) -> tuple[np.ndarray, dict[str, float]]:
    """The vector of a question, and its terms with their rarity."""
    return HashingEncoder().encode_queries([question])[0], index.idf(terms(question))


def found(index: Index, question: str, selection: Selection | None) -> ScoredPassages:
    """All passages of a selection, scored for a question."""
    return index.search(*asked(question, index), selection).best(1000)


def ids_of(index: Index, numbers: Any) -> set[str]:
    """The ids of the releases with some numbers."""
    return {each.id for each in index.releases.by_number([*numbers]).values()}


def passage_texts(index: Index) -> list[tuple[str, list[str]]]:
    """What is embedded of each passage, and its terms, in the order of the rows."""
    texts = []
    for number in range(index.manifest.releases):
        release = index.releases.by_number([number])[number]
        paragraphs = index.releases.paragraphs(number)
        for each in index.passages_of(number):
            text = each.text(paragraphs)
            whole = embedded_text(release.title, each.heading(paragraphs), text)
            texts.append((whole, terms(f"{release.title} {text}")))
    return texts


def bm25_shares(query: list[str], documents: list[list[str]]) -> list[float]:
    """The BM25 of each document by its formula, over the sum of the query's idf."""
    size, mean = len(documents), sum(map(len, documents)) / len(documents)
    rarity = {term: idf(sum(term in each for each in documents), size) for term in query}

    def share(document: list[str], term: str) -> float:
        count = document.count(term)
        return rarity[term] * count / (count + 1.5 * (0.25 + 0.75 * len(document) / mean))

    total = sum(rarity.values())
    return [sum(share(each, term) for term in rarity) / total for each in documents]


def idf(count: int, size: int) -> float:
    """How rare a term is that ``count`` of ``size`` passages have."""
    return math.log(1 + (size - count + 0.5) / (count + 0.5))
