"""Models as sentence-transformers loads them, ready to be exported."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.encodable import encodable
from embeddings.export.attention import PLAIN
from embeddings.export.samples import QUESTIONS, sample_answers, sample_texts
from embeddings.models import WEIGHTS, Model
from embeddings.onnx.encoder import OnnxEncoder
from embeddings.onnx.exports import ExportInfo, OnnxExport, Task, library_versions
from embeddings.onnx.reader import READER_WIDTH
from embeddings.onnx.reranker import OnnxReranker
from embeddings.onnx.session import OnnxSession
from embeddings.reranker import RERANKER_TOKENS, SourcedText

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

_KNOWN_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


@dataclass(frozen=True, slots=True)
class Source:
    """A loaded torch model.

    ``traced`` maps the inputs of ``info``, each (1, tokens) int64, to (1, d) float32, or the
    reader's to (1, 1 + tokens, d); ``tokenizer`` is the JSON of the tokenizer as
    sentence-transformers uses it, lower-casing and all. ``similarity`` compares an export with the
    model: the lowest and the mean over sample texts, as in `ExportInfo`.
    """

    info: ExportInfo
    traced: "torch.nn.Module"
    tokenizer: str
    similarity: Callable[[OnnxExport], tuple[float, float]]


def load_source(task: Task, path: Path) -> Source:
    """Load the model in a folder. Raises whatever sentence-transformers raises."""
    if task == "encoder":
        return _encoder_source(path)
    return _reader_source(path) if is_reading_model(path) else _reranker_source(path)


def _encoder_source(path: Path) -> Source:
    """A sentence encoder, from tokens to a vector."""
    import torch
    from sentence_transformers import SentenceTransformer

    model = SentenceTransformer(
        str(path), device="cpu", local_files_only=True, model_kwargs=_traceable()
    ).eval()
    texts = sample_texts()
    expected = np.concatenate(
        [
            np.asarray(encode([*map(encodable, texts)], normalize_embeddings=True))
            for encode in (model.encode_query, model.encode_document)
        ]
    )

    class EncoderModule(torch.nn.Module):
        def __init__(self, inputs: Sequence[str]) -> None:
            super().__init__()
            self.model = model
            self.inputs = inputs

        def forward(self, *values: torch.Tensor) -> torch.Tensor:
            output = self.model(dict(zip(self.inputs, values, strict=True)))
            vectors: torch.Tensor = output["sentence_embedding"]
            return vectors

    def similarity(export: OnnxExport) -> tuple[float, float]:
        encoder = OnnxEncoder(Model(path.name, path, ""), export)
        own = np.concatenate([encoder.encode_queries(texts), encoder.encode_passages(texts)])
        cosines = np.vecdot(own, expected)
        return float(cosines.min()), float(cosines.mean())

    inputs = _inputs(model.tokenizer)
    max_tokens = int(model.max_seq_length or model.tokenizer.model_max_length)
    info = replace(
        _info("encoder", inputs, max_tokens, expected.shape[1]),
        query_prompt=_prompt(model, ("query",)),
        passage_prompt=_prompt(model, ("document", "passage", "corpus")),
    )
    return Source(
        info, EncoderModule(inputs), model.tokenizer.backend_tokenizer.to_str(), similarity
    )


def _reranker_source(path: Path) -> Source:
    """A cross-encoder, from the tokens of a pair to a score."""
    import torch
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(
        str(path),
        device="cpu",
        local_files_only=True,
        max_length=RERANKER_TOKENS,
        activation_fn=torch.nn.Identity(),
        model_kwargs=_traceable(),
    ).eval()
    texts = sample_answers()
    pairs = [(question, text) for question in QUESTIONS for text in texts]
    expected = np.asarray(model.predict(pairs, show_progress_bar=False)).reshape(len(pairs))

    class RerankerModule(torch.nn.Module):
        def __init__(self, inputs: Sequence[str]) -> None:
            super().__init__()
            self.model = model[0].auto_model
            self.inputs = inputs

        def forward(self, *values: torch.Tensor) -> torch.Tensor:
            logits: torch.Tensor = self.model(**dict(zip(self.inputs, values, strict=True))).logits
            return logits

    def similarity(export: OnnxExport) -> tuple[float, float]:
        reranker = OnnxReranker(path.name, export)
        sourced = [SourcedText("", text) for text in texts]
        own = np.array(
            [each.score for question in QUESTIONS for each in reranker.read(question, sourced)]
        )
        explained = _explained(own, expected)
        return explained, explained

    inputs = _inputs(model.tokenizer)
    info = _info("reranker", inputs, RERANKER_TOKENS, 1)
    return Source(
        info, RerankerModule(inputs), model.tokenizer.backend_tokenizer.to_str(), similarity
    )


def _reader_source(path: Path) -> Source:
    """The bundled reader, from the tokens of a pair to (1, 1 + tokens, 2) float32.

    The first row is score and answers, the others are start and end of each token.
    """
    import torch
    from transformers import AutoTokenizer

    from embeddings.export.reading_model import load_reading_model

    model = load_reading_model(path).eval()
    model.bert.set_attn_implementation(PLAIN)
    tokenizer = AutoTokenizer.from_pretrained(path, use_fast=True)

    class ReaderModule(torch.nn.Module):
        def __init__(self, inputs: Sequence[str]) -> None:
            super().__init__()
            self.model = model
            self.inputs = inputs

        def forward(self, *values: torch.Tensor) -> torch.Tensor:
            scores, spans = self.model(**dict(zip(self.inputs, values, strict=True)))
            return torch.cat([scores.unsqueeze(1), spans], dim=1)

    inputs = _inputs(tokenizer)
    module = ReaderModule(inputs)

    def similarity(export: OnnxExport) -> tuple[float, float]:
        session = OnnxSession(export)
        own: list[NDArray[np.float32]] = []
        expected: list[NDArray[np.float32]] = []
        for question in QUESTIONS:
            for encoding in session.tokenize([(question, text) for text in sample_answers()]):
                own.append(session.forward(encoding))
                values = {
                    "input_ids": encoding.ids,
                    "attention_mask": encoding.attention_mask,
                    "token_type_ids": encoding.type_ids,
                }
                with torch.inference_mode():
                    (row,) = module(*(torch.tensor([values[name]]) for name in inputs))
                expected.append(row.numpy())
        scores = _explained(*(np.array([row[0] for row in rows]) for rows in (own, expected)))
        everything = _explained(np.concatenate(own), np.concatenate(expected))
        least = min(scores, everything)  # a text has two scores, and two numbers for each token
        return least, least

    info = _info("reranker", inputs, RERANKER_TOKENS, READER_WIDTH)
    return Source(info, module, tokenizer.backend_tokenizer.to_str(), similarity)


def _info(task: Task, inputs: tuple[str, ...], max_tokens: int, dimensions: int) -> ExportInfo:
    """The description of an export in float32, before it is made and compared."""
    return ExportInfo(
        task=task,
        precision="float32",
        inputs=inputs,
        max_tokens=max_tokens,
        dimensions=dimensions,
        similarity=0,
        mean_similarity=0,
        made_with=library_versions(),
    )


def _explained(own: NDArray[np.float32], expected: NDArray[np.float32]) -> float:
    """The share of the variance of what is expected that is explained."""
    return 1 - float(np.mean((own - expected) ** 2)) / float(np.var(expected))


def is_reading_model(path: Path) -> bool:
    """Whether a folder holds the weights of a reader."""
    from safetensors import safe_open

    weights = path / WEIGHTS
    if not weights.is_file():
        return False
    with safe_open(weights, framework="numpy") as file:
        return "span.weight" in file.keys()  # noqa: SIM118 (it is no mapping)


def _traceable() -> dict[str, str]:
    # Plain attention exports to fewer and faster operators than the fused one.
    return {"attn_implementation": PLAIN, "dtype": "float32"}


def _inputs(tokenizer: Callable[[list[str]], Mapping[str, object]]) -> tuple[str, ...]:
    given = tokenizer(["one"]).keys()
    return tuple(name for name in _KNOWN_INPUTS if name in given)


def _prompt(model: "SentenceTransformer", names: Sequence[str]) -> str:
    """The prompt that sentence-transformers puts before a text, as its ``encode_…`` choose it."""
    name = next((name for name in names if name in model.prompts), model.default_prompt_name)
    return (model.prompts.get(name) if name else None) or ""
