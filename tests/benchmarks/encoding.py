"""Encoder and reranker: sentence-transformers (torch) and onnxruntime, in float32 and int8.

    python -m tests.benchmarks.encoding [--data DIR] [--quick]

Questions and passages are real ones. One thread unless stated otherwise; quality is the cosine to
the vectors of sentence-transformers, and for the reranker the correlation of the scores.
"""

import json
import os
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from bot.settings import Settings
from embeddings.encoder import Vectors
from embeddings.export.trained_weights import write_checkpoint
from embeddings.loading import load_encoder, load_reranker
from embeddings.models import DEFAULT_RERANKER, find_model
from embeddings.reranker import CrossEncoderReranker, SourcedText
from embeddings.threads import torch_threads
from retrieval.index.folder_index import FolderIndex, open_index
from retrieval.question import Question
from retrieval.ranking.candidates import reranker_text
from retrieval.ranking.searcher import Searcher
from tests.benchmarks.checkpoints import encoder_checkpoint
from tests.benchmarks.parts import Options, Part, Table, run_alone
from tests.benchmarks.retrieval import TODAY, built
from tests.benchmarks.timing import interleaved, interleaved_commands, medians
from tests.benchmarks.txtai_peer import texts_of
from tests.embeddings.tiny_models import first_score

TORCH = "sentence-transformers, float32"
_BATCHES = (1, 8, 32)
_CANDIDATES = (16, 20, 24, 30)
_FIRST = {
    TORCH: (
        "import sys; from embeddings.encoder import SentenceTransformerEncoder as E;"
        "from embeddings.models import find_model as f;"
        "E(f(sys.argv[1])).encode_queries(['one question'])"
    ),
    "sentence-transformers by itself": (
        "from sentence_transformers import SentenceTransformer as S;"
        "import sys; S(sys.argv[1], device='cpu').encode('one question')"
    ),
    "onnxruntime, float32": (
        "import sys; from pathlib import Path; from embeddings.loading import load_encoder as f;"
        "f('', Path(sys.argv[2]), 'float32').encode_queries(['one question'])"
    ),
    "onnxruntime, int8": (
        "import sys; from pathlib import Path; from embeddings.loading import load_encoder as f;"
        "f('', Path(sys.argv[2]), 'int8').encode_queries(['one question'])"
    ),
    "Python and numpy alone": "import numpy",
}


@dataclass(frozen=True, slots=True)
class Encoders:
    """The same model in three implementations."""

    torch: Any  # SentenceTransformer
    float32: Any
    int8: Any

    @classmethod
    def of(cls, folder: Path, cache: Path) -> "Encoders":
        from sentence_transformers import SentenceTransformer

        name = Settings().model
        return cls(
            SentenceTransformer(str(folder), device="cpu", local_files_only=True),
            load_encoder(name, cache, "float32"),
            load_encoder(name, cache, "int8"),
        )

    def one(self) -> dict[str, Callable[[str], Any]]:
        """Return by label a function that encodes one question."""
        return {
            TORCH: lambda text: self.torch.encode([text], normalize_embeddings=True),
            "onnxruntime, float32": lambda text: self.float32.encode_queries([text]),
            "onnxruntime, int8": lambda text: self.int8.encode_queries([text]),
        }


def measure(options: Options) -> Part:
    """Measure questions, passages, the first vector of a process, and the reranker."""
    built(options)
    cache = Settings(data=options.data).models_folder
    index = open_index(options.data)
    questions = [json.loads(line)["question"] for line in options.questions.open(encoding="utf-8")]
    folder = encoder_checkpoint(Settings().model, options.data)
    encoders = Encoders.of(folder, cache)
    return Part(
        "Encoder and reranker",
        (__doc__ or "").partition("\n\n")[2].partition("\n\n")[2].strip(),
        (
            _questions(encoders, questions[: options.times(120)]),
            _passages(encoders, _sample(index, options.times(160))),
            _first(folder, cache, options.times(5) if not options.quick else 1),
            _reranker(index, encoders, cache, questions[: options.times(20)]),
        ),
    )


def _questions(encoders: Encoders, texts: Sequence[str]) -> Table:
    with torch_threads(1):
        times = medians(interleaved(encoders.one(), texts))
        right = encoders.torch.encode(list(texts), normalize_embeddings=True)
    rows = []
    for name, encode in encoders.one().items():
        with torch_threads(1):
            own = np.concatenate([encode(text) for text in texts])
        lowest, mean = _cosines(own, right)
        rows.append((name, f"{times[name]:.2f}", f"{times[name] / times[TORCH]:.2f}", lowest, mean))
    return Table(
        f"One question ({len(texts)} questions, one thread)",
        ("encoder", "ms", "x", "lowest cosine", "mean cosine"),
        tuple(rows),
    )


def _passages(encoders: Encoders, texts: Sequence[str]) -> Table:
    """Measure passages per second."""
    with torch_threads(1):
        right = encoders.torch.encode(list(texts), normalize_embeddings=True)
    ways: dict[str, Callable[[], Vectors]] = {}
    for threads in (1, 2):
        for size in _BATCHES:
            ways[f"{TORCH}|{size}|{threads}"] = _by_torch(encoders, texts, size, threads)
    for precision, own in (("float32", encoders.float32), ("int8", encoders.int8)):
        name = f"onnxruntime, {precision}"
        ways[f"{name}|1|1"] = lambda own=own: own.encode_queries(texts)
        if (os.cpu_count() or 1) > 1:
            # As many texts side by side as there are cores.
            ways[f"{name}|1|{os.cpu_count()}"] = lambda own=own: own.encode_passages(texts)
    taken: dict[str, list[float]] = {name: [] for name in ways}
    cosines = {}
    for _ in range(3):
        for name, encode in ways.items():
            started = time.perf_counter()
            found = encode()
            taken[name].append(time.perf_counter() - started)
            cosines[name] = _cosines(found, right)
    rows = []
    for name, seconds in taken.items():
        encoder, size, threads = name.split("|")
        rate = len(texts) / float(np.median(seconds))
        base = max(
            len(texts) / float(np.median(taken[f"{TORCH}|{other}|{threads}"])) for other in _BATCHES
        )
        rows.append((encoder, size, threads, f"{rate:.0f}", f"{rate / base:.2f}", *cosines[name]))
    return Table(
        f"Passages ({len(texts)}, of like length together)",
        ("encoder", "batch", "threads", "passages/s", "x", "lowest cosine", "mean cosine"),
        tuple(rows),
        "`x` is of the rate, over the best of sentence-transformers on as many threads. Verbatim"
        " encodes one text at a time, on each core one (`onnxruntime`, batch 1).",
    )


def _by_torch(encoders: Encoders, texts: Sequence[str], size: int, threads: int) -> Any:
    def encode() -> Vectors:
        with torch_threads(threads):
            return np.asarray(
                encoders.torch.encode(list(texts), batch_size=size, normalize_embeddings=True)
            )

    return encode


def _first(folder: Path, cache: Path, times: int) -> Table:
    name = Settings().model
    commands = {
        label: ("-c", code.replace("f('',", f"f({name!r},"), str(folder), str(cache))
        for label, code in _FIRST.items()
    }
    taken = medians(interleaved_commands(commands, times, {"OMP_NUM_THREADS": "1"}))
    base = taken["sentence-transformers by itself"]
    return Table(
        f"The first vector of a process, from its start to its end (median of {times})",
        ("encoder", "ms", "x"),
        tuple((label, f"{each:.0f}", f"{each / base:.2f}") for label, each in taken.items()),
        "Files are in the system's cache.",
    )


def _reranker(
    index: FolderIndex, encoders: Encoders, cache: Path, questions: Sequence[str]
) -> Table:
    """Score candidates of real questions by torch and by onnxruntime."""
    tasks = list(_reranker_inputs(index, encoders, questions))
    int8 = load_reranker(DEFAULT_RERANKER, cache, "int8")
    float32 = load_reranker(DEFAULT_RERANKER, cache, "float32")
    with tempfile.TemporaryDirectory() as folder:
        reader, scorer = Path(folder) / "reader", Path(folder) / "scorer"
        write_checkpoint("reranker", reader)
        first_score(reader, scorer)  # what sentence-transformers can run of it
        torch = CrossEncoderReranker(find_model(str(scorer)))
        torch.load()
    assert int8
    assert float32
    kind = str(torch.load().model.dtype if hasattr(torch.load(), "model") else "").split(".")[-1]
    base = f"torch, {kind or 'its fastest'}"
    rows = []
    for count in _CANDIDATES:
        kept: dict[str, dict[str, np.ndarray]] = {}
        methods = {
            name: _scorer(reranker, count, kept.setdefault(name, {}))
            for name, reranker in {
                base: torch,
                "onnxruntime, float32": float32,
                "onnxruntime, int8": int8,
            }.items()
        }
        times = medians(interleaved(methods, tasks))
        exact = kept["onnxruntime, float32"]
        for name, each in kept.items():
            alike = [np.corrcoef(each[q], exact[q])[0, 1] for q in exact]
            first = [each[q].argmax() == exact[q].argmax() for q in exact]
            rows.append(
                (
                    name,
                    str(count),
                    f"{times[name]:.0f}",
                    f"{times[name] / times[base]:.2f}",
                    f"{np.mean(alike):.4f}",
                    f"{np.mean(first):.2f}",
                )
            )
    return Table(
        f"The reranker ({len(tasks)} questions, one thread)",
        ("reranker", "candidates", "ms", "x", "correlation", "same first"),
        tuple(rows),
        "Correlation and the share of questions with the same best candidate are relative to"
        " float32. Verbatim reranks 16 in int8. torch has the weights of the int8 layers.",
    )


def _scorer(reranker: Any, count: int, kept: dict[str, np.ndarray]) -> Callable[[Any], None]:
    def score(task: tuple[str, list[SourcedText]]) -> None:
        question, texts = task
        kept[question] = np.array([each.score for each in reranker.read(question, texts[:count])])

    return score


def _reranker_inputs(
    index: FolderIndex, encoders: Encoders, questions: Sequence[str]
) -> Iterator[tuple[str, list[SourcedText]]]:
    """Yield questions with the texts of their best candidates."""
    searcher = Searcher(index, encoders.float32, today=lambda: TODAY)
    for text in questions:
        candidates = searcher.retrieve(searcher.understand(Question(text)))
        if len(candidates) >= max(_CANDIDATES):
            yield text, [reranker_text(each) for each in candidates[: max(_CANDIDATES)]]


def _sample(index: FolderIndex, count: int) -> list[str]:
    """Sample passages from the whole index."""
    texts = texts_of(index)
    chosen = np.random.default_rng(1).choice(len(texts), min(count, len(texts)), replace=False)
    return [texts[at] for at in chosen]


def _cosines(own: Vectors, right: Vectors) -> tuple[str, str]:
    cosines = np.vecdot(own, right)
    return f"{cosines.min():.5f}", f"{cosines.mean():.5f}"


if __name__ == "__main__":
    run_alone(measure, __doc__ or "")
