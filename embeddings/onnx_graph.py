"""Makes the ONNX graph of a model, in a process of its own (`embeddings.export` starts it).

The graph is what ``torch.onnx.export`` makes of the whole sentence-transformers model, pooling and
normalisation included, so that nothing of it is written a second time here. It is used only if its
output is that of sentence-transformers. int8 is dynamic quantisation: weights with a scale per
output channel, activations with one per input (onnxruntime.quantization).
"""

import logging
import shutil
import sys
import tempfile
import warnings
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.exported import (
    GRAPH,
    TOKENIZER,
    About,
    Exported,
    Task,
    made_with,
    read_exported,
    remember_refusal,
    write_about,
)
from embeddings.onnx_session import OnnxSession
from embeddings.precision import Precision
from embeddings.reader import READER_LENGTH
from embeddings.samples import sample_pairs, sample_texts

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

_SAME = 0.9999  # likeness of a float32 export: what differs is the order of sums
_LEAST_INT8 = {"encoder": 0.98, "reader": 0.95}
_KNOWN_INPUTS = ("input_ids", "attention_mask", "token_type_ids")
_OPSET = 20


@dataclass(frozen=True, slots=True)
class Job:
    """One export to be made: of the model in ``path``, in the place ``folder``.

    ``whole`` is where the float32 export lies, if there is one already.
    """

    task: Task
    path: Path
    folder: Path
    precision: Precision
    whole: Path

    def arguments(self) -> list[str]:
        """It as the command line of this module."""
        return [self.task, str(self.path), str(self.folder), self.precision, str(self.whole)]


@dataclass(frozen=True, slots=True)
class _Source:
    """A loaded torch model, ready to be exported: what is traced, and what it is held against."""

    about: About
    traced: "torch.nn.Module"  # the inputs of ``about`` to (n, d)
    tokenizer: str
    likeness: Callable[[OnnxSession], tuple[float, float]]  # lowest and mean


def main(arguments: Sequence[str]) -> None:
    """Make the export that `Job.arguments` name."""
    task, path, folder, precision, whole = arguments
    make(
        Job(
            task="encoder" if task == "encoder" else "reader",
            path=Path(path),
            folder=Path(folder),
            precision="int8" if precision == "int8" else "float32",
            whole=Path(whole),
        )
    )


def make(job: Job) -> None:
    """Make it in a folder beside, check it, and move it to its place.

    What cannot be exported is noted beside it. Raises `OSError` where the disk does not let it.
    """
    folder = job.folder
    for left in folder.parent.glob(f"{folder.name}.*/"):  # by an export that was cut off
        shutil.rmtree(left, ignore_errors=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    try:
        with _quiet():
            source = _encoder(job.path) if job.task == "encoder" else _reader(job.path)
            if whole := read_exported(job.whole):
                shutil.copyfile(whole.graph, unfinished / GRAPH)
                shutil.copyfile(whole.tokenizer, unfinished / TOKENIZER)
            else:
                _trace(source, unfinished / GRAPH)
            about = _checked(source, unfinished, "float32", _SAME)
            if job.precision == "int8":
                about = _quantised(source, unfinished)
        write_about(unfinished, about)
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.replace(folder)
    except OSError:  # a full disk says nothing of the model
        raise
    # What torch, onnx and models' own code raise over a model of another kind is not documented.
    except Exception as error:
        remember_refusal(folder, str(error).strip().partition("\n")[0] or type(error).__name__)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _encoder(path: Path) -> _Source:
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        str(path), device="cpu", local_files_only=True, model_kwargs=_traceable()
    ).eval()
    texts = sample_texts()
    query, passage = _prompt(model, ("query",)), _prompt(model, ("document", "passage", "corpus"))
    expected = [
        np.asarray(encode([_plain(text) for text in texts], normalize_embeddings=True))
        for encode in (model.encode_query, model.encode_document)
    ]

    class Whole(torch.nn.Module):
        def __init__(self, inputs: Sequence[str]) -> None:
            super().__init__()
            self.model = model
            self.inputs = inputs

        def forward(self, *values: torch.Tensor) -> torch.Tensor:
            found = self.model(dict(zip(self.inputs, values, strict=True)))
            vectors: torch.Tensor = found["sentence_embedding"]
            return vectors

    def likeness(session: OnnxSession) -> tuple[float, float]:
        own = [session.unit_rows([p + text for text in texts]) for p in (query, passage)]
        cosines = (np.concatenate(own) * np.concatenate(expected)).sum(axis=1)
        return float(cosines.min()), float(cosines.mean())

    inputs = _inputs(model.tokenizer)
    about = About(
        task="encoder",
        precision="float32",
        inputs=inputs,
        length=int(model.max_seq_length or model.tokenizer.model_max_length),
        dimensions=expected[0].shape[1],
        likeness=0,
        mean_likeness=0,
        query_prompt=query,
        passage_prompt=passage,
        made_with=made_with(),
    )
    return _Source(about, Whole(inputs), model.tokenizer.backend_tokenizer.to_str(), likeness)


def _reader(path: Path) -> _Source:
    import torch
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(
        str(path),
        device="cpu",
        local_files_only=True,
        max_length=READER_LENGTH,
        activation_fn=torch.nn.Identity(),
        model_kwargs=_traceable(),
    ).eval()
    pairs = sample_pairs()
    expected = np.asarray(model.predict(pairs, show_progress_bar=False)).reshape(len(pairs))

    class Whole(torch.nn.Module):
        def __init__(self, inputs: Sequence[str]) -> None:
            super().__init__()
            self.model = model[0].auto_model
            self.inputs = inputs

        def forward(self, *values: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = self.model(**dict(zip(self.inputs, values, strict=True))).logits
            return logits

    def likeness(session: OnnxSession) -> tuple[float, float]:
        own = session.rows(session.pieces(pairs))[:, 0]
        explained = 1 - float(np.mean((own - expected) ** 2)) / float(np.var(expected))
        return explained, explained

    inputs = _inputs(model.tokenizer)
    about = About(
        task="reader",
        precision="float32",
        inputs=inputs,
        length=READER_LENGTH,
        dimensions=1,
        likeness=0,
        mean_likeness=0,
        made_with=made_with(),
    )
    return _Source(about, Whole(inputs), model.tokenizer.backend_tokenizer.to_str(), likeness)


def _trace(source: _Source, graph: Path) -> None:
    import torch

    # A tensor of its own for each input: one that came twice would be taken for one input.
    example = tuple(torch.ones((2, 16), dtype=torch.int64) for _ in source.about.inputs)
    sizes = {0: torch.export.Dim("texts"), 1: torch.export.Dim("pieces")}
    with torch.no_grad():
        torch.onnx.export(
            source.traced.eval(),
            example,
            graph,
            dynamo=True,
            verbose=False,
            external_data=False,
            opset_version=_OPSET,
            input_names=list(source.about.inputs),
            output_names=["rows"],
            # The forward takes them all as one sequence.
            dynamic_shapes=(tuple(sizes for _ in example),),
        )
    (graph.with_name(TOKENIZER)).write_text(source.tokenizer, encoding="utf-8")


def _quantised(source: _Source, folder: Path) -> About:
    """Put the int8 graph in the place of the float32 one."""
    from onnxruntime.quantization import QuantType, quantize_dynamic

    whole = folder / f"whole-{GRAPH}"
    (folder / GRAPH).replace(whole)
    least = _LEAST_INT8[source.about.task]
    failure: ValueError | None = None
    # Processors without VNNI add pairs of products in 16 bits, which may overflow; 7 bits do not.
    for reduced in (False, True):
        quantize_dynamic(
            whole,
            folder / GRAPH,
            op_types_to_quantize=["MatMul", "Gather"],
            per_channel=True,
            reduce_range=reduced,
            weight_type=QuantType.QInt8,
        )
        try:
            about = _checked(source, folder, "int8", least)
        except ValueError as error:
            failure = error
        else:
            whole.unlink()
            return about
    raise failure or ValueError("int8")


def _checked(source: _Source, folder: Path, precision: Precision, least: float) -> About:
    """What the graph in a folder is worth. Raises `ValueError` where that is too little."""
    unchecked = replace(source.about, precision=precision)
    lowest, mean = source.likeness(OnnxSession(Exported(folder, unchecked)))
    judged = lowest if precision == "float32" else mean
    if not judged >= least:  # NaN is not, either
        raise ValueError(f"its {precision} output is not the model's: likeness {judged:.4f}")
    return replace(unchecked, likeness=round(lowest, 6), mean_likeness=round(mean, 6))


def _traceable() -> dict[str, str]:
    # The plain form of attention exports to fewer and faster operators than the fused one.
    return {"attn_implementation": "eager", "dtype": "float32"}


def _inputs(tokenizer: Callable[[list[str]], Mapping[str, object]]) -> tuple[str, ...]:
    given = tokenizer(["one"]).keys()
    return tuple(name for name in _KNOWN_INPUTS if name in given)


def _prompt(model: "SentenceTransformer", names: Sequence[str]) -> str:
    """The prompt that sentence-transformers puts before a text, as its ``encode_…`` choose it."""
    name = next((name for name in names if name in model.prompts), model.default_prompt_name)
    return (model.prompts.get(name) if name else None) or ""


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()


@contextmanager
def _quiet() -> Iterator[None]:
    """Without the advice that torch and onnxruntime give to those who export by hand."""
    import torch.onnx  # noqa: F401 (sets log levels of its own when it is imported)

    root, exporter = logging.getLogger(), logging.getLogger("torch.onnx")
    level, silent, nowhere = exporter.level, lambda record: False, logging.NullHandler()
    root.addFilter(silent)  # only for what is logged to the root itself
    root.addHandler(nowhere)  # without any, logging would set one up for good
    exporter.setLevel(logging.ERROR)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        root.removeFilter(silent)
        root.removeHandler(nowhere)
        exporter.setLevel(level)


if __name__ == "__main__":
    main(sys.argv[1:])
