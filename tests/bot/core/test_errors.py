"""What a person in Discord is told of an error."""

from pathlib import Path

import pytest

from bot.core.errors import error_text
from bot.i18n import ENGLISH
from embeddings.errors import VerbatimError
from retrieval.errors import IndexDamaged, IndexOutdated, NoIndex

DATA = Path("/secret/data")


@pytest.mark.parametrize("error", [NoIndex(DATA), IndexOutdated(DATA, 4, 5)])
def test_without_a_usable_index_managers_are_pointed_to_reindex(error: VerbatimError) -> None:
    text = error_text(error, ENGLISH)
    assert "/reindex" in text
    assert str(DATA) not in text


def test_an_error_that_only_the_host_can_fix_is_logged_under_a_reference(
    caplog: pytest.LogCaptureFixture,
) -> None:
    text = error_text(IndexDamaged(DATA, "cut short"), ENGLISH)
    assert "cut short" not in text
    (record,) = caplog.records
    assert record.getMessage().split()[1].rstrip(":") in text
