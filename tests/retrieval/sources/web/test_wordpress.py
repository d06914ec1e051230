import contextlib
import datetime
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.web.unreadable import Unreadable
from retrieval.sources.web.wordpress import (
    PostType,
    collection_address,
    plain_root,
    read_collection,
    read_types,
    release_types,
    types_address,
    usual_root,
)
from tests.retrieval.sources.web.fetched import fetched

ROOT = "https://roe.example/wp-json/"
POST = PostType("post", "Posts", "wp/v2/posts")


def types(*kinds: tuple[str, str, str]) -> str:
    return json.dumps(
        {
            slug: {"slug": slug, "name": name, "rest_base": base, "rest_namespace": "wp/v2"}
            for slug, name, base in kinds
        }
    )


def row(number: int = 1, **fields: object) -> dict[str, object]:
    return {
        "id": number,
        "date": "2025-09-08T23:30:00",
        "modified": "2025-10-01T08:00:00",
        "link": f"https://roe.example/{number}/",
        "title": {"rendered": "Fares &#8211; <i>down</i>"},
        "content": {"rendered": "<p>Text.</p>", "protected": False},
        **fields,
    }


def collection(rows: object, address: str = collection_address(ROOT, POST), **headers: str):
    page = fetched(json.dumps(rows), address, media_type="application/json", **headers)
    return read_collection(page)


def test_the_addresses_have_the_form_that_the_site_has():
    assert types_address(usual_root("https://roe.example/news/x?y")) == f"{ROOT}wp/v2/types"
    assert types_address(plain_root("https://roe.example/news")) == (
        "https://roe.example/?rest_route=/wp/v2/types"
    )
    assert types_address("https://roe.example/blog/index.php?rest_route=/") == (
        "https://roe.example/blog/index.php?rest_route=/wp/v2/types"
    )
    address = collection_address(ROOT, POST, page=3)
    assert address.startswith(f"{ROOT}wp/v2/posts?")
    assert "per_page=100" in address
    assert "page=3" in address
    assert "?rest_route=/wp/v2/posts&" in collection_address(plain_root(ROOT), POST)


def test_kinds_of_posts_are_ranked_by_what_they_are_named_for():
    kinds = read_types(
        fetched(
            types(
                ("post", "Posts", "posts"),
                ("page", "Pages", "pages"),
                ("attachment", "Media", "media"),
                ("wp_block", "News patterns", "blocks"),
                ("event", "Events", "event"),
                ("news", "News", "news"),
                ("press_releases", "Press Releases", "press-releases"),
            )
        )
    )
    assert len(kinds) == 7
    assert [each.slug for each in release_types(kinds)] == ["press_releases", "news", "post"]
    assert release_types(kinds)[0].route == "wp/v2/press-releases"


def test_a_route_that_is_none_is_not_followed():
    text = '{"a": {"rest_base": "../../evil?x"}, "b": 3, "c": {"rest_base": "ok", "name": 4}}'
    assert [each.route for each in read_types(fetched(text))] == ["wp/v2/ok"]


def test_a_row_becomes_an_entry():
    (entry,) = collection([row()]).entries
    assert entry.address == "https://roe.example/1/"
    assert entry.title == "Fares – down"
    assert entry.published == datetime.date(2025, 9, 8)
    assert entry.modified == "2025-10-01T08:00:00"
    assert (entry.id, entry.html) == ("1", "<p>Text.</p>")


def test_rows_that_lack_something_are_read_as_far_as_they_go():
    rows = [
        row(link=None, guid={"rendered": "https://roe.example/?p=1"}),
        row(content={"rendered": "<p>Secret form</p>", "protected": True}),
        row(title=7, date="never", modified=None, content=[], excerpt={"rendered": 3}),
        {"id": 4},
        "x",
        None,
    ]
    found = collection(rows).entries
    assert [each.address for each in found] == [
        "https://roe.example/?p=1",
        "https://roe.example/1/",
        "https://roe.example/1/",
    ]
    assert found[1].html == ""
    assert (found[2].title, found[2].published, found[2].html) == ("", None, "")


def test_the_headers_tell_how_many_there_are_and_where_they_go_on():
    found = collection([row()], x_wp_total="1240", x_wp_totalpages="13")
    assert found.total == 1240
    assert found.next is not None
    assert "page=2" in found.next
    last = collection_address(ROOT, POST, 13)
    assert collection([row()], last, x_wp_total="1240", x_wp_totalpages="13").next is None
    linked = f'<{ROOT}wp/v2/posts?page=1>; rel="prev", <{ROOT}wp/v2/posts?page=3>; rel="next"'
    assert collection([row()], link=linked).next == f"{ROOT}wp/v2/posts?page=3"
    assert collection([], x_wp_totalpages="13").next is None
    for value in ("", "many", "-1", "9" * 30, "²"):
        assert collection([row()], x_wp_total=value, x_wp_totalpages=value).total is None


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('{"code": "rest_no_route", "message": "No route", "data": {"status": 404}}', "no_route"),
        ("<html><body>Not found", "web page"),
        ("nothing", "not JSON"),
        ("[" * 100_000, "not JSON"),
        ("7", "another kind"),
        (b"\x00", "binary"),
    ],
)
def test_other_answers_are_errors_that_say_what_they_are(text, reason):
    for read in (read_types, read_collection):
        with pytest.raises(Unreadable, match=reason):
            read(fetched(text))


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=10),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from("id link title content rendered rest_base name date code x".split()),
            inner,
            max_size=5,
        )
    ),
    max_leaves=20,
)


@given(JSON)
def test_any_json_is_read_or_an_error(value):
    for read in (read_types, read_collection):
        with contextlib.suppress(Unreadable):
            read(fetched(json.dumps(value)))
