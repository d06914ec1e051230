import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.index.names import NameIndex

AUTHORS = [
    ("Tammy Duckworth", "www.duckworth.senate.gov", 60),
    ("Tammy Duckworth", "www.durbin.senate.gov", 2),  # of joint releases
    ("Richard J. Durbin", "www.durbin.senate.gov", 80),
    ("Rick Scott", "www.rickscott.senate.gov", 40),
    ("Tim Scott", "www.scott.senate.gov", 40),
    ("Todd Young", "www.young.senate.gov", 40),
    ("Ed Case", "case.house.gov", 20),
    ("Al Green", "algreen.house.gov", 20),
    ("Jim Jordan", "jordan.house.gov", 20),
    ("John Rose", "johnrose.house.gov", 20),
    ("Mikie Lewis", "lewis.house.gov", 20),
    ("Catherine Cortez Masto", "www.cortezmasto.senate.gov", 30),
    ("Monica De La Cruz", "delacruz.house.gov", 10),
    ("Ted Cruz", "www.cruz.senate.gov", 10),
    ("Mario Diaz-Balart", "mariodiazbalart.house.gov", 10),
    ("Tom O'Halleran", "ohalleran.house.gov", 10),
    ("Linda T. Sánchez", "lindasanchez.house.gov", 10),
    ('Henry C. "Hank" Johnson, Jr.', "hankjohnson.house.gov", 10),
    ("Dusty Johnson", "dustyjohnson.house.gov", 10),
    ("Gregory F. Murphy", "murphy.house.gov", 10),
    ("Christopher Murphy", "www.murphy.senate.gov", 10),
    (None, "www.hoeven.senate.gov", 30),
    ("Office of the Harbor Master", "Harbor City Council", 5),
    (None, "Transport", 5),
    (None, None, 3),
]
NAMES = NameIndex(AUTHORS)


def members(text):
    return set(NAMES.found_in(text).members)


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("What did Duckworth say about Gaza?", {"Tammy Duckworth"}),
        ("duckworth gaza letter", {"Tammy Duckworth"}),
        ("DUCKWORTH GAZA LETTER", {"Tammy Duckworth"}),
        ("Duckworth’s letter", {"Tammy Duckworth"}),
        ("duckworths letter", {"Tammy Duckworth"}),
        ("the Duckworth-Durbin bill", {"Tammy Duckworth", "Richard J. Durbin"}),
        ("What did Rick Scott say?", {"Rick Scott"}),
        ("what did rick scott say?", {"Rick Scott"}),
        ("What did Senator Scott say?", {"Rick Scott", "Tim Scott"}),
        ("Which bill did Greg Murphy introduce?", {"Gregory F. Murphy"}),
        ("What did Hank Johnson say?", {'Henry C. "Hank" Johnson, Jr.'}),
        ("dusty johnson internship", {"Dusty Johnson"}),
        ("What did Cortez Masto say?", {"Catherine Cortez Masto"}),
        ("What did De La Cruz say?", {"Monica De La Cruz"}),
        ("What did Cruz say?", {"Ted Cruz"}),
        ("What did Diaz-Balart say?", {"Mario Diaz-Balart"}),
        ("What did O’Halleran say?", {"Tom O'Halleran"}),
        ("what did linda sanchez say?", {"Linda T. Sánchez"}),
        ("What did the Office of the Harbor Master say?", {"Office of the Harbor Master"}),
    ],
)
def test_a_member_is_found_by_surname_whatever_its_case(text, named):
    assert members(text) == named


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("What did Young say about chips?", {"Todd Young"}),
        ("what did rep. case say?", {"Ed Case"}),
        ("what did todd young say?", {"Todd Young"}),
        ("young's letter on chips", {"Todd Young"}),
        ("What did Young, Case and Jordan say?", {"Todd Young", "Ed Case", "Jim Jordan"}),
        ("Young people on the ferry", set()),
        ("how many young people vote?", set()),
        ("HOW MANY YOUNG PEOPLE VOTE?", set()),
        ("In that case, who pays?", set()),
        ("the case's outcome", set()),
        ("What is in the Green New Deal?", set()),
        ("Who grew a rose in jordan?", set()),
    ],
)
def test_a_surname_that_is_a_word_counts_where_it_is_written_as_a_name(text, named):
    assert members(text) == named


@pytest.mark.parametrize("text", ["the John Lewis act", "Where is Santa Cruz?", "the harbor"])
def test_the_name_of_somebody_else_or_of_a_place_names_no_member(text):
    assert not NAMES.found_in(text)


@pytest.mark.parametrize(
    ("text", "newsrooms"),
    [
        ("hoeven farm letter", {"www.hoeven.senate.gov"}),
        ("What is new on www.hoeven.senate.gov?", {"www.hoeven.senate.gov"}),
        ("See https://case.house.gov/news/1.", {"case.house.gov"}),
        ("rickscott hurricane letter", {"www.rickscott.senate.gov"}),
        ("What did Rick Scott say?", {"www.rickscott.senate.gov"}),
        ("What did Duckworth say?", {"www.duckworth.senate.gov"}),
        ("What did the Harbor City Council say?", {"Harbor City Council"}),
        ("What did Transport announce?", {"Transport"}),
        ("Who pays for public transport?", set()),
        ("The house and the senate", set()),
    ],
)
def test_a_newsroom_is_found_by_its_name_its_address_and_its_member(text, newsrooms):
    assert set(NAMES.found_in(text).newsrooms) == newsrooms


def test_without_releases_no_name_is_known():
    assert not NameIndex([]).found_in("What did Duckworth say?")


@given(st.text() | st.lists(st.sampled_from("Rick Scott 's young Case , — De La Cruz".split())))
def test_any_text_names_only_known_members_and_newsrooms(text):
    found = NAMES.found_in(text if isinstance(text, str) else " ".join(text))
    assert found.members <= {author for author, _, _ in AUTHORS}
    assert found.newsrooms <= {newsroom for _, newsroom, _ in AUTHORS}


@pytest.mark.parametrize(
    "author",
    [
        "Ann Hale, Bob Poe",
        "Ann Hale and Bob Poe",
        "Ann Hale; Bob Poe, Jr.",
        "Ann Hale & Bob Poe, MD",
    ],
)
def test_each_of_several_authors_is_found(author):
    names = NameIndex([(author, "harbor.example", 9)])
    for text in ("What did Ann Hale say?", "what did hale say", "What did Poe say?", "Bob Poe"):
        assert names.found_in(text).members == {author}
    assert {"ann", "hale", "bob", "poe"} <= names.parts


@pytest.mark.parametrize(
    ("author", "text"),
    [
        ("Bob Poe, Jr.", "What did Poe say?"),
        ("Committee on Piers, Quays and Docks", "the Committee on Piers, Quays and Docks"),
        ("Roe & Poe", "What did Roe & Poe announce?"),
    ],
)
def test_one_author_is_not_divided(author, text):
    assert NameIndex([(author, "harbor.example", 9)]).found_in(text).members == {author}


@given(st.lists(st.tuples(st.none() | st.text(), st.none() | st.text(), st.integers(1, 9))))
def test_authors_may_have_any_name(authors):
    NameIndex(authors).found_in(" ".join(part for row in authors for part in row[:2] if part))
