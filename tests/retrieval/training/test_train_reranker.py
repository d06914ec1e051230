import math

import pytest
import torch

from embeddings.export.reading_model import load_reading_model
from embeddings.models import BASE_MODEL, find_model
from retrieval.training.examples import Example, Positive, QueryGroup
from retrieval.training.forward import Pair, Readings, attend_fast, load_tokenizer, read
from retrieval.training.train_reranker import pairs_of, reading_loss, validate
from tests.embeddings.tiny_models import tiny_reader

TOKENS = 7
TEXT = "The bridge cost $48 million."
ANSWER = (16, 27)
RIGHT = Positive("right", (0, 5))


def group(*negatives, positive=RIGHT):
    return QueryGroup("?", positive, negatives)


def readings(rank, answers=None, starts=None, ends=None, spans=None):
    """What a model says of some texts of `TOKENS` tokens; zeros where nothing is given."""
    zeros = [torch.zeros(TOKENS) for _ in rank]
    return Readings(
        torch.tensor(rank),
        torch.tensor(answers or [0.0] * len(rank)),
        starts or zeros,
        ends or zeros,
        spans or [None] * len(rank),
    )


def loss(*given, groups, **more):
    return float(reading_loss(readings(*given, **more), groups))


def test_the_positive_comes_first_with_its_place_and_is_the_only_one_that_answers():
    batch = [group("a", "b"), group("c", positive=None), group(positive=Positive("unplaced"))]
    assert pairs_of(batch) == [
        Pair("?", "right", True, (0, 5)),
        Pair("?", "a"),
        Pair("?", "b"),
        Pair("?", "c"),
        Pair("?", "unplaced", True, None),
    ]
    assert [pair.text for pair in pairs_of(batch)] == [
        text for each in batch for text in each.texts
    ]


def test_undecided_scores_cost_what_guessing_costs():
    two, three = group("a"), group("a", "b")
    answers = math.log(2)  # half of that for positives, half of that for negatives
    assert loss([0.0, 0.0], groups=[two]) == pytest.approx(math.log(3) + answers)
    rank = (math.log(3) + math.log(4)) / 2  # "none of these" is a choice more
    assert loss([0.0] * 5, groups=[two, three]) == pytest.approx(rank + answers)
    place = math.log(TOKENS)  # half of that for the start, half of that for the end
    assert loss([0.0, 0.0], groups=[two], spans=[(2, 3), (0, 0)]) == pytest.approx(
        math.log(3) + answers + place
    )


def test_the_loss_is_lower_if_the_positive_scores_higher():
    groups = [group("wrong")]
    assert loss([3.0, 0.0], groups=groups) < loss([0.0, 0.0], groups=groups)
    assert loss([0.0, 0.0], groups=groups) < loss([0.0, 3.0], groups=groups)
    assert loss([0.0] * 2, [3.0, -3.0], groups=groups) < loss([0.0] * 2, groups=groups)
    assert loss([0.0] * 2, groups=groups) < loss([0.0] * 2, [-3.0, 3.0], groups=groups)


def test_without_a_positive_the_loss_is_lower_for_low_scores():
    groups = [group("a", "b", positive=None)]
    losses = [loss([at, at], [at, at], groups=groups) for at in (-5.0, 0.0, 5.0)]
    assert losses == sorted(losses)


def test_the_loss_is_lower_if_the_right_tokens_are_pointed_at():
    def pointed(start, end):
        logits = [3 * torch.nn.functional.one_hot(torch.tensor(at), TOKENS) for at in (start, end)]
        return loss(
            [0.0], groups=[group()], starts=[logits[0].float()], ends=[logits[1].float()],
            spans=[(2, 4)],
        )  # fmt: skip

    assert pointed(2, 4) < pointed(2, 5) < pointed(0, 0)


@pytest.fixture(scope="module")
def model(tmp_path_factory):
    """A tiny untrained reader, and its tokenizer."""
    folder = tmp_path_factory.mktemp("tiny") / "reader"
    tiny_reader(find_model(BASE_MODEL).path, folder)
    return load_reading_model(folder), load_tokenizer(folder)


def test_readings_come_in_the_order_of_the_pairs_whatever_their_lengths(model):
    texts = [f"{TEXT} " * (at * 7 % 5 + 1) for at in range(20)]
    pairs = [Pair("How much?", text, True, ANSWER) for text in texts]
    with torch.inference_mode():
        together = read(*model, pairs, 64)
    assert [len(each) for each in together.starts] == [len(each) for each in together.ends]
    for at in (0, 7, 19):
        with torch.inference_mode():
            alone = read(*model, [pairs[at]], 64)
        assert float(together.rank[at]) == pytest.approx(float(alone.rank[0]), abs=0.3)
        assert together.starts[at].shape == alone.starts[0].shape


def test_an_answer_is_some_tokens_the_first_one_if_there_is_none_and_unknown_if_cut_off(model):
    _, tokenizer = model
    pairs = [
        Pair("How much?", TEXT, True, ANSWER),
        Pair("How much?", TEXT),
        Pair("How much?", TEXT, True, None),
        Pair("How much?", f"{'Trees. ' * 80}{TEXT}", True, (560 + ANSWER[0], 560 + ANSWER[1])),
    ]
    with torch.inference_mode():
        placed, *others = read(*model, pairs, 48).spans
    assert others == [(0, 0), None, None]
    ids = tokenizer("How much?", TEXT)["input_ids"][placed[0] : placed[1] + 1]
    assert tokenizer.decode(ids) == "$ 48 million"


def test_fast_attention_is_the_same_but_for_rounding(model, tmp_path):
    reader, tokenizer = model
    pairs = [Pair("How much?", TEXT), Pair("How much?", TEXT * 3)]
    with torch.inference_mode():
        expected = read(reader, tokenizer, pairs, 64).rank
        folder = tmp_path / "fast"
        tiny_reader(find_model(BASE_MODEL).path, folder)
        fast = load_reading_model(folder)
        attend_fast(fast.bert)
        own = read(fast, tokenizer, pairs, 64).rank
    torch.testing.assert_close(own, expected, atol=0.3, rtol=0.05)


def test_validation_says_how_well_each_head_does(model):
    examples = [
        Example(
            "How much?", "n", (Positive(TEXT, ANSWER),), ("Trees.", "Ferries."), ("The bridge.",)
        ),
        Example("Where?", "n", (Positive(TEXT),), ("Trees.",)),
        Example("Who?", "n", (), (TEXT, "Trees.")),
    ]
    quality = validate(*model, examples, 48)
    assert quality.keys() == {"MRR", "near", "contrast", "span"}
    assert all(0 <= each <= 1 for each in quality.values())
    assert quality["MRR"] > 0
    assert quality["span"] in (0.0, 1.0)
    nothing = validate(*model, examples[2:], 48)
    assert nothing == {"MRR": 0.0, "near": 0.5, "contrast": 0.5, "span": 0.0}


def test_validation_of_a_model_that_knows_is_perfect(model, monkeypatch):
    """Of each head on its own: what it says decides, and nothing else."""

    def knowing(model, tokenizer, pairs, length):
        right = [1.0 if pair.answers else -1.0 for pair in pairs]
        spans = [(2, 3) if pair.answers else (0, 0) for pair in pairs]
        starts = [torch.eye(TOKENS)[span[0]] for span in spans]
        ends = [torch.eye(TOKENS)[span[1]] for span in spans]
        return readings(right, right, starts, ends, spans)

    monkeypatch.setattr("retrieval.training.train_reranker.read", knowing)
    examples = [
        Example("How much?", "n", (Positive(TEXT, ANSWER),), ("Trees.",), ("The bridge.",)),
        Example("Who?", "n", (), (TEXT,)),
    ]
    assert set(validate(*model, examples, 48).values()) == {1.0}
