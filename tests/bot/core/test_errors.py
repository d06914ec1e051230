"""What a person in Discord is told of an error."""

from pathlib import Path

import pytest

from bot.core.errors import error_text
from bot.i18n import ENGLISH
from bot.release_sources import NoSources
from embeddings.errors import VerbatimError
from retrieval.errors import (
    IndexDamaged,
    IndexFormatOutdated,
    IndexModelOutdated,
    NoIndex,
    NoReleases,
    SourceGone,
    SourceMissing,
    SourcesUnknown,
)

DATA = Path("/secret/data")


@pytest.mark.parametrize(
    "error",
    [
        NoIndex(DATA),
        IndexFormatOutdated(DATA, 4, 5),
        IndexModelOutdated(DATA, "sentence-transformers/all-MiniLM-L6-v2", "verbatim"),
    ],
)
def test_without_a_usable_index_managers_are_pointed_to_reindex(error: VerbatimError) -> None:
    text = error_text(error, ENGLISH)
    assert "/reindex" in text
    assert str(DATA) not in text


@pytest.mark.parametrize(
    "error",
    [
        SourceMissing(DATA),
        SourceGone(DATA, [DATA]),
        SourcesUnknown(DATA),
        NoSources(DATA),
    ],
)
def test_without_sources_the_host_is_pointed_to_the_doctor(error: VerbatimError) -> None:
    text = error_text(error, ENGLISH)
    assert "`verbatim doctor`" in text
    assert str(DATA) not in text


def test_what_cannot_be_read_is_listed_where_there_is_nothing_else() -> None:
    reasons = [f"news/{number}.txt: the file is *binary*" for number in range(10)]
    lines = error_text(NoReleases([DATA], [".txt"], 12, reasons), ENGLISH).splitlines()
    assert lines[0].endswith("only 12 documents that I cannot read:")
    assert lines[1].startswith("- news/0")
    assert len(lines) == 1 + 10 + 2
    assert lines[-2:] == ["- …", "The index has not changed."]
    assert str(DATA) not in error_text(NoReleases([DATA], [".txt"], 0), ENGLISH)


def test_an_error_that_only_the_host_can_fix_is_logged_under_a_reference(
    caplog: pytest.LogCaptureFixture,
) -> None:
    text = error_text(IndexDamaged(DATA, "cut short"), ENGLISH)
    assert "cut short" not in text
    (record,) = caplog.records
    assert record.getMessage().split()[1].rstrip(":") in text
