"""Which tags of a forum fit what is announced."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.core.forum_posts import tag_key
from bot.features.announcements.tags import tag_keys
from retrieval.scope import Scope
from tests.bot.features.strategies import TEXT

HEALTH = Scope("Harbor City", "Clinic hours", "anything about veterans’ health")


@pytest.mark.parametrize(
    "tag",
    ["Health", "VETERANS", "Veterans' Health", "clinic", "Clinic Hours", "harbor city", "Épée"],
)
def test_a_tag_fits_that_is_named_like_the_newsroom_or_words_of_the_scope(tag: str) -> None:
    assert tag_key(tag) in tag_keys(["Epee"], [HEALTH])


@pytest.mark.parametrize("tag", ["Harbor", "Health veterans", "hours anything", "Clinics", "🎉"])
def test_no_other_tag_fits(tag: str) -> None:
    assert tag_key(tag) not in tag_keys([None], [HEALTH])


@given(
    st.lists(st.one_of(st.none(), TEXT), max_size=3),
    st.lists(st.builds(Scope, TEXT, TEXT, TEXT), max_size=3),
)
def test_any_text_has_keys_without_an_empty_one(
    newsrooms: list[str | None], scopes: list[Scope]
) -> None:
    keys = tag_keys(newsrooms, scopes)
    assert "" not in keys
    assert all(tag_key(each) in keys or not tag_key(each) for each in newsrooms if each)
