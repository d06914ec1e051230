import hashlib

from retrieval.indexing.analysis import VERSION, WordIds, analyse
from retrieval.indexing.deduplication import content_digests
from retrieval.passages import Passage, embedded_text, passage_key, passages
from retrieval.release import Release
from retrieval.text.tokens import words

LONG = " ".join(f"Sentence {n} is about H.R. {n} of Roe's plan, $1,{n:03}." for n in range(60))
RELEASE = Release(
    "plan",
    "Roe Has a Plan for “José”",
    (
        *("Dear friends:", "Tuesday, April 9, 2024", "What it does:", "It opens the bridge."),
        *(LONG, "It opens the bridge.", "###"),
    ),
    author="Ada Roe",
)


def test_an_analysis_follows_from_the_content_of_a_release():
    word_ids = WordIds()
    digests, analysis = analyse(RELEASE, word_ids)
    expected = list(passages(RELEASE))
    texts = [each.text(RELEASE.paragraphs) for each in expected]
    headings = [each.heading(RELEASE.paragraphs) for each in expected]
    assert digests == content_digests(RELEASE)
    assert [Passage(*fields) for fields in analysis.passages.tolist()] == expected
    assert [key.tobytes() for key in analysis.keys] == [
        passage_key(embedded_text(RELEASE.title, *each))
        for each in zip(headings, texts, strict=True)
    ]
    meant = [list(word_ids)[number] for number in analysis.words]
    pieces, start = [], 0
    for length in analysis.lengths:
        pieces.append(meant[start : start + length])
        start += length
    assert start == len(meant)
    assert pieces[0] == words(f"{RELEASE.title}\n{RELEASE.author}")
    assert pieces[1:-1] == list(map(words, texts))
    others = ("Dear friends:", "Tuesday, April 9, 2024", "What it does:", "It opens the bridge.")
    assert pieces[-1] == words("\n".join([*others, "###"]))


def test_words_have_one_number_each_from_release_to_release():
    word_ids = WordIds()
    one, other = (analyse(RELEASE, word_ids)[1] for _ in range(2))
    assert one.words.tolist() == other.words.tolist()
    assert list(word_ids.values()) == list(range(len(word_ids)))


def test_a_release_without_a_word_has_one_passage_and_no_words():
    _, analysis = analyse(Release("x", "", ("…",)), WordIds())
    assert analysis.lengths.tolist() == [0, 0, 0]
    assert (analysis.passages.tolist(), analysis.words.size) == ([[1, 0, 1, 0]], 0)


def test_stored_analyses_would_still_be_made_alike():
    """Where this fails on purpose, raise `VERSION` and write down the new digest."""
    word_ids = WordIds()
    digests, analysis = analyse(RELEASE, word_ids)
    made = hashlib.sha256(repr((digests, list(word_ids))).encode())
    for each in analysis.passages, analysis.keys, analysis.words, analysis.lengths:
        made.update(each.tobytes())
    assert (VERSION, made.hexdigest()[:16]) == (4, "052ff5381d7640e8")
