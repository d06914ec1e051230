"""What holds of the release that any reader makes of anything."""

from collections.abc import Collection

from retrieval.content import KnownContent
from retrieval.places import places_of, places_text
from retrieval.sources.draft import ReleaseDraft
from retrieval.sources.limits import check_draft
from retrieval.text.lines import clean


def check_release(draft: ReleaseDraft) -> None:
    """Make the release of a draft, as a build does, and check it. Raises `BeyondLimit`."""
    if check_draft(draft).is_empty:
        return
    release = draft.to_release(id="1", source="a", newsroom=None)
    assert release.paragraphs
    for text in (release.title, *release.paragraphs):
        assert text, "a title and every paragraph have text"
        assert text == clean(text), "which is on one line, without invisible characters"
    assert len(draft.places) in (0, len(draft.paragraphs))
    assert places_of(places_text(release.places)) == tuple(release.places)
    assert KnownContent.of(release).own <= len(release.paragraphs)


def check_own_words(draft: ReleaseDraft, words: Collection[str]) -> None:
    """Check that a draft says nothing that its document, of these words, does not say."""
    for text in (draft.title, *draft.paragraphs):
        for word in text.split():
            assert word in words, f"{word!r} is not in the document"
