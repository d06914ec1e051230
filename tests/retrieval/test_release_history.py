"""What became of a release, and of its passages."""

from datetime import UTC, datetime

from retrieval.index.earlier_wordings import EarlierWording, Wording
from retrieval.ranking.full_release import FullRelease
from retrieval.release import AttachedDocument, Place, ReleaseInfo
from retrieval.release_history import PassageChange, ReleaseHistory
from retrieval.text.keys import text_checksum
from retrieval.text.wording_changes import Edit, EditedWords

INFO = ReleaseInfo(0, "bridge", "Bridge Opens", None, None, None, None, None, "bridge.txt")
MARCH, MAY = (datetime(2026, month, 3, tzinfo=UTC) for month in (3, 5))
COST = "The bridge cost ${} million and opened on Monday."
NOW = (COST.format(50), "Nobody was hurt.")
LETTER = "The bridge cost $48 million and opened on Monday."


def history(*earlier, now=NOW, places=()):
    """A release with earlier wordings, the latest first."""
    wordings = tuple(
        EarlierWording(Wording(title, paragraphs), seen)
        for seen, title, *paragraphs in earlier
        for paragraphs in [tuple(paragraphs)]
    )
    return ReleaseHistory(FullRelease(INFO, now, places), wordings)


TWICE = history(
    (MAY, "Bridge Opens", COST.format(49), "Nobody was hurt."),
    (MARCH, "Bridge Closes", COST.format(48), "Nobody was hurt.", "The mayor sang."),
)


def test_a_release_that_has_not_changed_has_no_changes():
    unchanged = ReleaseHistory(FullRelease(INFO, NOW))
    assert unchanged.changed is None
    assert unchanged.changes == ()


def test_each_wording_is_compared_with_the_next_one_the_last_change_first():
    last, first = TWICE.changes
    assert TWICE.changed == last.seen == MAY
    assert last.title == ()
    assert [[run.text for run in each if run.edit is Edit.ADDED] for each in last.paragraphs] == [
        ["$50"]
    ]
    assert first.seen == MARCH
    assert EditedWords(Edit.ADDED, "Opens") in first.title
    assert first.paragraphs[1] == (EditedWords(Edit.REMOVED, "The mayor sang."),)


def test_a_passage_has_become_the_paragraph_that_is_like_it():
    assert TWICE.passage_change(text_checksum(COST.format(49))) == PassageChange(MAY, 1)
    # It was changed in March, whatever came later.
    assert TWICE.passage_change(text_checksum(COST.format(48))) == PassageChange(MARCH, 1)


def test_a_passage_is_gone_since_it_was_removed():
    gone = text_checksum("The mayor sang.")
    assert TWICE.passage_change(gone) == PassageChange(MARCH, None)


def test_of_a_passage_that_was_never_seen_nothing_is_known():
    assert TWICE.passage_change(text_checksum("Something else.")) == PassageChange(None, None)


def test_an_attachment_is_no_part_of_what_a_release_says():
    places = (Place(), Place(), Place(1, AttachedDocument("letter.pdf")))
    attached = history((MAY, "Bridge Opens", LETTER), now=("Gone.", "All.", LETTER), places=places)
    assert attached.passage_change(text_checksum(LETTER)) == PassageChange(MAY, None)
    (change,) = attached.changes
    kept = [run.text for each in change.paragraphs for run in each if run.edit is not Edit.REMOVED]
    assert LETTER not in kept


def test_the_last_changes_are_compared_first_where_that_takes_long():
    repeated, mixed = " ".join(["a"] * 540), " ".join(["a", "b"] * 270)
    wordings = [(MAY, "Bridge Opens", each) for each in [mixed, repeated] * 10]
    changes = history(*wordings, now=(repeated,)).changes
    runs = [sum(map(len, change.paragraphs)) for change in changes]
    assert len(runs) == 20
    assert runs[0] > 40
    assert max(runs[2:]) < 20
