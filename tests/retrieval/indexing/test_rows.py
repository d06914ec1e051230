import numpy as np

from retrieval.indexing.analysis import WordIds, analyse
from retrieval.indexing.rows import PassageRows
from retrieval.passages import embedded_text, passage_key, passages
from retrieval.release import Release

LONG = " ".join(f"Sentence {n} is about item {n} of the plan." for n in range(60))
STATED = "The same words stand here and there."
RELEASES = [
    Release("a", "Plan", ("The first paragraph here.", LONG, STATED), author="Roe"),
    Release("b", "Other", (STATED, "Nobody else has this one.", STATED)),
    Release("c", "Third", (STATED,)),
]


def cut_of(releases):
    return PassageRows(releases, [analyse(release, WordIds())[1] for release in releases])


def test_rows_are_the_passages_of_one_release_after_the_other():
    cut = cut_of(RELEASES)
    expected = [
        (n, release, each) for n, release in enumerate(RELEASES) for each in passages(release)
    ]
    rows = range(len(expected))
    texts = [embedded_text(release.title, each) for _, release, each in expected]
    assert [tuple(place) for place in cut.places] == [
        (n, each.paragraph) for n, _, each in expected
    ]
    assert [cut.release_of(row) for row in rows] == [n for n, _, _ in expected]
    assert cut.embedded_texts(rows) == texts
    assert cut.embedded_texts([1, 4]) == [texts[1], texts[4]]
    assert [key.tobytes() for key in cut.keys] == [passage_key(text) for text in texts]
    assert (cut.places.dtype, cut.keys.dtype) == (np.int32, np.uint8)


def test_a_paragraph_counts_once_in_each_release():
    cut = cut_of(RELEASES)
    texts = [RELEASES[n].paragraphs[at - 1] for n, at in cut.places.tolist()]
    expected = [sum(text in release.paragraphs for release in RELEASES) for text in texts]
    assert cut.repeats().tolist() == expected
    assert max(expected) == 3


def test_no_releases_are_no_rows():
    cut = cut_of([])
    assert (cut.places.shape, cut.keys.shape, cut.repeats().shape) == ((0, 2), (0, 16), (0,))
