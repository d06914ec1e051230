import hashlib

from retrieval.indexing.analysis import VERSION, WordIds, analyse
from retrieval.indexing.deduplication import digests_of
from retrieval.passages import embedded_text, passage_key, passages
from retrieval.release import Release
from retrieval.text.tokens import words

LONG = " ".join(f"Sentence {n} is about H.R. {n} of Roe's plan, $1,{n:03}." for n in range(60))
RELEASE = Release(
    "plan",
    "Roe Has a Plan for “José”",
    ("Dear friends:", "What it does:", "It opens the bridge.", LONG, "It opens the bridge.", "###"),
    author="Ada Roe",
)


def test_an_analysis_is_what_the_release_says():
    numbers = WordIds()
    identity, analysis = analyse(RELEASE, numbers)
    expected = list(passages(RELEASE))
    assert identity == digests_of(RELEASE)
    assert analysis.paragraphs.tolist() == [each.paragraph for each in expected]
    keys = [passage_key(embedded_text(RELEASE.title, each)) for each in expected]
    assert [key.tobytes() for key in analysis.keys] == keys
    meant = [list(numbers)[number] for number in analysis.words]
    pieces, start = [], 0
    for length in analysis.lengths:
        pieces.append(meant[start : start + length])
        start += length
    assert start == len(meant)
    assert pieces[0] == words(f"{RELEASE.title}\n{RELEASE.author}")
    assert pieces[1:-1] == [words(each.text) for each in expected]
    assert pieces[-1] == words("Dear friends:\nIt opens the bridge.\n###")


def test_words_have_one_number_each_from_release_to_release():
    numbers = WordIds()
    one, other = (analyse(RELEASE, numbers)[1] for _ in range(2))
    assert one.words.tolist() == other.words.tolist()
    assert list(numbers.values()) == list(range(len(numbers)))


def test_a_release_that_says_nothing_has_no_words():
    _, analysis = analyse(Release("x", "", ("…",)), WordIds())
    assert analysis.lengths.tolist() == [0, 0, 0]
    assert (analysis.paragraphs.tolist(), analysis.words.size) == ([1], 0)


def test_what_generations_keep_is_still_made_alike():
    """Where this fails on purpose, raise `VERSION` and write down the new digest."""
    numbers = WordIds()
    identity, analysis = analyse(RELEASE, numbers)
    made = hashlib.sha256(repr((identity, list(numbers))).encode())
    for each in analysis.paragraphs, analysis.keys, analysis.words, analysis.lengths:
        made.update(each.tobytes())
    assert (VERSION, made.hexdigest()[:16]) == (1, "942a6835133bc13a")
