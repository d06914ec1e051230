import random

from retrieval.training.examples import Example, Positive, epoch, read_examples, write_examples

EXAMPLES = [
    Example(
        f"Question {n}?",
        f"n{n}",
        (Positive(f"right {n}", (0, 5)), Positive(f"too {n}")),
        tuple(map(str, range(9))),
        (f"short of {n}", f"lacking {n}"),
    )
    for n in range(7)
]
UNANSWERED = Example("Unanswered?", "n", (), ("wrong",))
CONTRASTED = Example("Contrasted?", "n", (Positive("right", (0, 5)),), (), ("short",))
ALONE = Example("Alone?", "n", (Positive("right", (0, 5)),), ())


def groups(examples, negatives=4, batch=3, absent=0.0):
    return [
        each
        for batch in epoch(examples, negatives, batch, absent, random.Random(1))
        for each in batch
    ]


def test_examples_round_trip_except_those_with_nothing_to_compare(tmp_path):
    path = tmp_path / "examples.jsonl"
    write_examples(path, [*EXAMPLES, ALONE, UNANSWERED, CONTRASTED])
    assert read_examples(path) == [*EXAMPLES, UNANSWERED, CONTRASTED]


def test_a_text_may_have_line_separators(tmp_path):
    path = tmp_path / "examples.jsonl"
    odd = Example("a\u2028b?", "n\x85", (Positive("r\u2029\r\n"),), ("w\x0c\x1e",))
    write_examples(path, [odd])
    assert read_examples(path) == [odd]


def test_an_epoch_has_every_example_once_with_its_positive_first():
    batches = list(epoch(EXAMPLES, 4, 3, 0.0, random.Random(1)))
    assert [len(batch) for batch in batches] == [3, 3, 1]
    found = groups(EXAMPLES)
    assert {each.question for each in found} == {each.question for each in EXAMPLES}
    for each in found:
        number = each.question.split()[1].rstrip("?")
        assert each.positive in (Positive(f"right {number}", (0, 5)), Positive(f"too {number}"))
        assert each.texts == (each.positive.text, *each.negatives)


def test_negatives_are_hard_ones_others_and_a_contrast():
    for each in groups(EXAMPLES):
        *negatives, contrast = each.negatives
        assert len(set(negatives)) == 4
        assert sum(int(text) < 8 for text in negatives) >= 2  # the hardest
        assert contrast.split()[0] in ("short", "lacking")


def test_an_example_has_as_many_negatives_as_there_are():
    (unanswered,) = groups([UNANSWERED])
    assert (unanswered.positive, unanswered.texts) == (None, ("wrong",))
    (contrasted,) = groups([CONTRASTED])
    assert contrasted.texts == ("right", "short")


def test_a_share_comes_without_a_positive():
    found = groups(EXAMPLES * 40, batch=8, absent=0.25)
    absent = [each for each in found if not each.positive]
    assert 0.15 < len(absent) / len(found) < 0.35
    assert not any(text.startswith(("right", "too")) for each in absent for text in each.texts)
