"""The releases of a generation, which are the same in files and in PostgreSQL."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, date, datetime

import pytest

from retrieval.errors import IndexDamaged, UnknownNewsroom
from retrieval.index import generations
from retrieval.index.folder_index import open_index
from retrieval.index.manifest import Manifest, file_sums
from retrieval.index.sqlite_releases import SqliteReleases
from retrieval.indexing.analysis import VERSION
from retrieval.indexing.analysis_cache import AnalysisCache
from retrieval.indexing.deduplication import distinct_releases
from retrieval.indexing.embed import PendingVectors
from retrieval.indexing.generation_writer import write_generation
from retrieval.indexing.postgres_writer import publish_generation
from retrieval.indexing.previous_generation import PreviousGeneration
from retrieval.indexing.release_writer import write_release_store, write_texts
from retrieval.indexing.segment_plan import MergePolicy
from retrieval.postgres_store import PostgresStore
from retrieval.release import AttachedDocument, DateSource, Filter, Place, Release, ReleaseCopy
from tests.benchmarks.building import HashingEncoder
from tests.retrieval.records import as_release


def release(id, title, day=None, newsroom=None, text=None, **other):
    published = date.fromisoformat(day) if day else None
    body = (text,) if text else (f"The text of {id}.", f"More of {id}.")
    return Release(id, title, body, published, newsroom=newsroom, **other)


JOINT = "A joint statement that is long enough to be known by its words alone. " * 4
RELEASES = [
    release("bridge", "Mayor Opens 100% Rebuilt Bridge", "2024-03-18", "www.harbor.example"),
    release("library", "Library Hours_Extended", "2024-05-02", "www.harbor.example"),
    release("budget", "Library Budget 100 Million", "2024-05-02", "www.harbor.example"),
    release(
        "ferry", "Ferry Fares Frozen", "2025-01-09", "coast.example", url="https://c.example/f"
    ),
    release("undated", "A\\B Volunteers Wanted"),
    release("joint", "Joint Statement", "2025-02-02", "coast.example", text=JOINT),
    release("joint copy", "Statement, Joint", "2025-02-03", "valley.example", text=JOINT),
]


@pytest.fixture(scope="module", params=["sqlite", "postgres"])
def open_release_store(request, tmp_path_factory):
    """A function that writes releases, and opens what it wrote."""
    if request.param == "sqlite":
        yield lambda releases: write_in_files(tmp_path_factory.mktemp("releases"), releases)
        return
    with request.getfixturevalue("postgres").database() as url:
        store = PostgresStore(url, tmp_path_factory.mktemp("data"))
        store.stamp()

        def write(releases):
            data = tmp_path_factory.mktemp("data")
            with store._database.own_connection() as connection:
                publish_generation(connection, written_index(data, releases), data)
            return store.open().releases

        yield write
        store.close()


@pytest.fixture(scope="module")
def store(open_release_store):
    return open_release_store(RELEASES)


def write_in_files(folder, releases):
    """In two segments, the second of which has the even numbers in reverse."""
    distinct = distinct_releases(releases)
    segments = [distinct[1::2], distinct[::2][::-1]]
    texts = [folder / f"texts.{at}" for at in range(2)]
    for text, segment in zip(texts, segments, strict=True):
        write_texts(text, [each.release for each in segment])
    locations = [
        next((at, segment.index(each)) for at, segment in enumerate(segments) if each in segment)
        for each in distinct
    ]
    write_release_store(folder / "releases.sqlite", distinct, locations)
    return SqliteReleases(folder / "releases.sqlite", texts)


def written_index(data, releases):
    """A generation of releases in a data folder, opened."""
    distinct, encoder, cache = distinct_releases(releases), HashingEncoder(), AnalysisCache()
    for each in distinct:
        cache.digests(each.release)
    with generations.building(data) as folder:
        written = write_generation(
            folder,
            distinct,
            cache,
            encoder,
            PreviousGeneration(),
            pending=PendingVectors(data, encoder.model.fingerprint),
            coded_from=10**6,
            merge_policy=MergePolicy(),
            on_progress=lambda _: None,
        )
        manifest = Manifest(
            generation="g000001",
            created=datetime(2026, 5, 3, tzinfo=UTC),
            model=encoder.model.name,
            fingerprint=encoder.model.fingerprint,
            dimensions=written.dimensions,
            releases=len(distinct),
            paragraphs=sum(len(each.release.paragraphs) for each in distinct),
            passages=written.passages,
            refused=0,
            coded=written.coded,
            recall=written.recall,
            analysis=VERSION,
            files=file_sums(folder),
            segments=written.segments,
        )
        generations.publish(data, folder, manifest)
    return open_index(data)


def ids(infos):
    return [info.id for info in infos]


def test_releases_are_newest_first_and_undated_last(store):
    newest = ["joint", "ferry", "library", "budget", "bridge", "undated"]
    assert ids(store.select()) == newest
    assert ids(store.select(limit=2)) == newest[:2]
    assert ids(store.select(limit=2, offset=3)) == newest[3:5]
    assert store.select(offset=99) == []


@pytest.mark.parametrize(
    ("allowed", "expected"),
    [
        (Filter(), {"joint", "ferry", "library", "budget", "bridge", "undated"}),
        (Filter(since=date(2024, 5, 2)), {"joint", "ferry", "library", "budget"}),
        (Filter(until=date(2024, 5, 2)), {"bridge", "library", "budget"}),
        (Filter(date(2024, 5, 2), date(2024, 5, 2)), {"library", "budget"}),
        (Filter(since=date(2026, 1, 1)), set()),
        (Filter(newsroom="coast.example"), {"joint", "ferry"}),
        (Filter(newsroom="valley.example"), {"joint"}),
        (Filter(date(2025, 1, 1), newsroom="www.harbor.example"), set()),
        (Filter(newsroom="nobody's"), set()),
        (Filter(newsroom="half \ud83d"), set()),
    ],
)
def test_filters(store, allowed, expected):
    assert set(ids(store.select(allowed))) == expected
    assert store.count(allowed) == len(expected)
    numbers = [each.number for each in store.select(allowed)]
    assert {each.id for each in store.by_number(numbers).values()} == expected


@pytest.mark.parametrize(
    ("search", "expected"),
    [
        ("library", {"library", "budget"}),
        ("MILLION library", {"budget"}),
        ("100%", {"bridge"}),
        ("100", {"bridge", "budget"}),
        ("s_e", {"library"}),
        ("%", {"bridge"}),
        ("_", {"library"}),
        ("\\", {"undated"}),
        ("'; DROP TABLE release; --", set()),
        ("half \ud83d", set()),
        ("  ", {"joint", "ferry", "library", "budget", "bridge", "undated"}),
    ],
)
def test_a_search_is_taken_literally(store, search, expected):
    assert set(ids(store.select(search=search))) == expected
    assert store.count(search=search) == len(expected)


def test_search_and_filter_are_combined(store):
    allowed = Filter(newsroom="www.harbor.example", until=date(2024, 4, 1))
    assert ids(store.select(allowed, search="rebuilt")) == ["bridge"]
    assert store.select(allowed, search="library") == []


def test_a_release_is_found_by_the_id_of_each_copy(store):
    assert store.find("joint").title == "Joint Statement"
    assert store.find("joint copy") == store.find("joint")
    assert store.find("nothing") is None
    assert store.find("half \ud83d") is None


def test_a_release_comes_back_as_it_was_written(store):
    for written in RELEASES[:-1]:
        info = store.find(written.id)
        assert as_release(info, store.paragraphs(info.number)) == written


def test_a_release_is_named_with_all_places_where_it_was_read(store):
    joint = store.copies(store.find("joint").number)
    assert [(each.id, each.newsroom) for each in joint] == [
        ("joint", "coast.example"),
        ("joint copy", "valley.example"),
    ]
    (ferry,) = store.copies(store.find("ferry").number)
    assert ferry == ReleaseCopy("ferry", "https://c.example/f", "coast.example", "")
    assert store.copies(10**6) == ()


def test_a_release_comes_back_with_the_day_since_which_it_is_gone(open_release_store):
    day = date(2026, 5, 3)
    store = open_release_store([release("a", "A", gone=day), release("b", "B")])
    assert store.find("a").gone == day
    assert {info.id: info.gone for info in store.select()} == {"a": day, "b": None}


def test_the_place_of_each_paragraph_comes_back(open_release_store):
    letter = AttachedDocument("letter.pdf", "https://roe.example/letter.pdf")
    places = (Place(), Place(1, letter), Place(2, letter), Place(1, AttachedDocument("form.pdf")))
    written = replace(RELEASES[0], paragraphs=("One.", "Two.", "Three.", "Four."), places=places)
    assert places_in(open_release_store([written])) == places
    pages = (Place(1), Place(2))
    written = replace(RELEASES[0], paragraphs=("One.", "Two."), places=pages)
    assert places_in(open_release_store([written])) == pages
    assert places_in(open_release_store([RELEASES[0]])) == ()


def places_in(store):
    (info,) = store.select()
    return store.places(info.number)


def test_an_unknown_number_has_no_paragraphs_and_no_info(store):
    assert store.paragraphs(10**6) == ()
    assert store.by_number([]) == {}


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("coast.example", "coast.example"),
        ("COAST", "coast.example"),
        (" harbor ", "www.harbor.example"),
        ("www", "www.harbor.example"),
        ("", None),
        ("  ", None),
        (None, None),
    ],
)
def test_a_newsroom_is_found_by_a_part_of_its_name(store, wanted, found):
    assert store.newsroom(wanted) == found


@pytest.mark.parametrize(
    ("wanted", "ambiguous", "candidates"),
    [
        ("example", True, {"coast.example", "valley.example", "www.harbor.example"}),
        ("mountain", False, {"coast.example", "valley.example", "www.harbor.example"}),
        ("half \ud83d", False, {"coast.example", "valley.example", "www.harbor.example"}),
    ],
)
def test_a_name_of_no_newsroom_or_of_several_is_an_error(store, wanted, ambiguous, candidates):
    with pytest.raises(UnknownNewsroom) as caught:
        store.newsroom(wanted)
    assert set(caught.value.candidates) == candidates
    assert caught.value.ambiguous is ambiguous
    assert all(name in str(caught.value) for name in candidates)


def test_a_whole_name_wins_over_a_part_of_another(open_release_store):
    store = open_release_store(
        [release("1", "A", newsroom="Roe"), release("2", "B", newsroom="Roe and Poe")]
    )
    assert store.newsroom("roe") == "Roe"


def test_without_newsrooms_every_name_is_unknown(open_release_store):
    with pytest.raises(UnknownNewsroom, match="No release here names its newsroom"):
        open_release_store([release("1", "A")]).newsroom("coast")


def test_newsrooms_and_span(store, open_release_store):
    assert store.newsrooms() == [
        ("www.harbor.example", 3),
        ("coast.example", 2),
        ("valley.example", 1),
    ]
    assert store.span() == (date(2024, 3, 18), date(2025, 2, 2))
    assert open_release_store([release("1", "A")]).span() == (None, None)


def test_authors_have_their_newsrooms_and_counts(open_release_store):
    store = open_release_store(
        [
            release("1", "A", newsroom="roe.example", author="Ada Roe"),
            release("2", "B", newsroom="roe.example", author="Ada Roe"),
            release("3", "C", newsroom="poe.example", author="Ada Roe"),
            release("4", "D", newsroom="poe.example"),
            release("5", "E", author="Ben Poe"),
            release("6", "F"),
        ]
    )
    assert store.authors() == [
        (None, "poe.example", 1),
        ("Ada Roe", "poe.example", 1),
        ("Ada Roe", "roe.example", 2),
        ("Ben Poe", None, 1),
    ]


@pytest.mark.parametrize(
    "title", ["🌉 Brücke", "नमस्ते", "a\u0000b", "\u202eright", "'\"; --", "é" * 9999]
)
def test_odd_titles_are_kept(open_release_store, title):
    (info,) = open_release_store([release("1", title)]).select()
    assert info.title == title


def test_several_threads_read_at_once(store):
    def read(turn):
        info = store.select(search="ferry" if turn % 2 else "bridge")[0]
        return info.id, store.paragraphs(info.number)[1]

    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(read, range(200)))
    assert found == [("bridge", "More of bridge."), ("ferry", "More of ferry.")] * 100


def test_single_paragraphs_are_found_by_their_numbers(store):
    bridge, joint = store.find("bridge").number, store.find("joint").number
    found = store.paragraphs_at([(joint, 1), (bridge, 2), (bridge, 99)])
    assert found == {
        (joint, 1): store.paragraphs(joint)[0],
        (bridge, 2): store.paragraphs(bridge)[1],
    }
    assert store.paragraphs_at([]) == {}


def test_openings_are_the_first_few_paragraphs(open_release_store):
    long = Release("long", "Long", tuple(f"Paragraph {number}." for number in range(1, 9)))
    store = open_release_store([long, release("short", "Short")])
    numbers = {info.id: info.number for info in store.select()}
    openings = store.openings([*numbers.values()])
    assert openings[numbers["long"]] == tuple(f"Paragraph {number}." for number in range(1, 5))
    assert openings[numbers["short"]] == ("The text of short.", "More of short.")
    assert store.openings([]) == {}


def test_ids_name_each_release_once(store):
    assert store.ids() == {each.id: each.number for each in store.select()}


def test_ids_with_copies_name_each_release_and_its_copies(store):
    expected = {each.id: {each.id} for each in store.select()}
    assert store.ids_with_copies() == expected | {"joint": {"joint", "joint copy"}}


def test_releases_of_one_day_come_by_their_ids_whatever_these_are(open_release_store):
    names = ["b", "a", "B", "é", "z", "10", "9", "\u4e00", "🌉", "a b"]
    for day in ("2024-01-01", None):
        store = open_release_store(
            [
                release(each, "The Same Title", day, text=f"It is text {at}.")
                for at, each in enumerate(names)
            ]
        )
        assert ids(store.select()) == sorted(names, reverse=True)


ODD = "a\0b\ufdd0c\ufde3%_\\'é🌉\u202e"


def test_every_text_comes_back_as_it_was_written(open_release_store):
    other = AttachedDocument(f"{ODD}.pdf", f"https://roe.example/{ODD}")
    written = Release(
        f"id {ODD}",
        f"Title {ODD}",
        (f"One {ODD}.", f"Two {ODD}."),
        date(2024, 1, 1),
        url=f"https://roe.example/{ODD}",
        newsroom=f"newsroom {ODD}",
        author=f"author {ODD}",
        dateline=f"dateline {ODD}",
        source=f"source {ODD}",
        date_source=DateSource.LABEL,
        places=(Place(1), Place(2, other)),
    )
    store = open_release_store([written, release("plain", "Plain")])
    info = store.find(written.id)
    assert store.select(Filter(newsroom=written.newsroom)) == [info]
    assert store.select(search=ODD) == [info]
    assert store.select(search="fdd0") == store.select(search="0000") == []
    assert info.date_source is written.date_source
    assert store.places(info.number) == written.places
    assert store.copies(info.number) == (
        ReleaseCopy(written.id, written.url, written.newsroom, written.source),
    )
    assert as_release(info, store.paragraphs(info.number)) == replace(
        written, places=(), date_source=None
    )
    assert store.newsroom(ODD) == written.newsroom
    assert store.authors() == [(written.author, written.newsroom, 1)]
    assert set(store.contents()) == set(store.ids()) == {written.id, "plain"}


def whole(store, id):
    """All of a release that is compared with what was written."""
    info = store.find(id)
    number = info.number
    return info, store.paragraphs(number), store.places(number), store.copies(number)


def test_any_change_of_a_release_is_found(store):
    info, paragraphs, places, copies = whole(store, "joint")
    store.check(info, paragraphs, places, copies)
    changed = [
        *(
            (replace(info, **{field: value}), paragraphs, places, copies)
            for field, value in {
                "id": "other",
                "title": info.title + " ",
                "date": None,
                "url": "https://other.example",
                "newsroom": None,
                "author": "",
                "dateline": "",
                "date_source": DateSource.LABEL,
                "gone": date(2026, 1, 1),
            }.items()
        ),
        (info, (), places, copies),
        (info, (*paragraphs, ""), places, copies),
        (info, (paragraphs[0].lower(), *paragraphs[1:]), places, copies),
        (info, paragraphs, (Place(1),), copies),
        (info, paragraphs, places, copies[:1]),
        (info, paragraphs, places, copies[::-1]),
        (info, paragraphs, places, (*copies[:-1], replace(copies[-1], url="https://o.example"))),
    ]
    for each in changed:
        with pytest.raises(IndexDamaged, match="not the one that was written"):
            store.check(*each)


def test_titles_are_searched_without_case_and_accents(open_release_store):
    store = open_release_store([release("1", "José’s Ferry, ÉLAN"), release("2", "Jose Straße")])
    for search, found in {"JOSE": "21", "josé's": "1", "elan": "1", "STRASSE": "2"}.items():
        assert ids(store.select(search=search)) == list(found), search


def test_undated_releases_pass_a_filter_that_lets_them(store):
    assert store.has_undated()
    allowed = Filter(since=date(2025, 1, 1), undated=True)
    assert ids(store.select(allowed)) == ["joint", "ferry", "undated"]
    assert store.count(replace(allowed, newsroom="coast.example")) == 2
