"""The models that graphs are made of, as sentence-transformers loads them."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from embeddings.export.attention import PLAIN
from embeddings.export.samples import sample_pairs, sample_texts
from embeddings.onnx.exported import ExportInfo, library_versions
from embeddings.onnx.session import OnnxSession
from embeddings.reranker import RERANKER_LENGTH

if TYPE_CHECKING:
    import torch
    from sentence_transformers import SentenceTransformer

_KNOWN_INPUTS = ("input_ids", "attention_mask", "token_type_ids")


@dataclass(frozen=True, slots=True)
class Source:
    """A loaded torch model, ready to be exported: what is traced, and what it is held against."""

    info: ExportInfo
    traced: "torch.nn.Module"  # the inputs of ``info`` to (n, d)
    tokenizer: str
    likeness: Callable[[OnnxSession], tuple[float, float]]  # lowest and mean


def encoder_source(path: Path) -> Source:
    """A sentence encoder, from word pieces to a vector."""
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
        questions, passages = ([p + text for text in texts] for p in (query, passage))
        if session.info.precision == "float32":  # as `OnnxEncoder` runs them
            own = [session.encode_batch(session.tokenize(questions))]
        else:
            own = [session.encode(questions)]
        own.append(session.encode(passages))
        cosines = (np.concatenate(own) * np.concatenate(expected)).sum(axis=1)
        return float(cosines.min()), float(cosines.mean())

    inputs = _inputs(model.tokenizer)
    info = ExportInfo(
        task="encoder",
        precision="float32",
        inputs=inputs,
        length=int(model.max_seq_length or model.tokenizer.model_max_length),
        dimensions=expected[0].shape[1],
        likeness=0,
        mean_likeness=0,
        query_prompt=query,
        passage_prompt=passage,
        made_with=library_versions(),
    )
    return Source(info, Whole(inputs), model.tokenizer.backend_tokenizer.to_str(), likeness)


def reranker_source(path: Path) -> Source:
    """A cross-encoder, from word pieces of a pair to a score."""
    import torch
    from sentence_transformers import CrossEncoder

    model = CrossEncoder(
        str(path),
        device="cpu",
        local_files_only=True,
        max_length=RERANKER_LENGTH,
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
        own = session.run(session.tokenize(pairs))[:, 0]
        explained = 1 - float(np.mean((own - expected) ** 2)) / float(np.var(expected))
        return explained, explained

    inputs = _inputs(model.tokenizer)
    info = ExportInfo(
        task="reranker",
        precision="float32",
        inputs=inputs,
        length=RERANKER_LENGTH,
        dimensions=1,
        likeness=0,
        mean_likeness=0,
        made_with=library_versions(),
    )
    return Source(info, Whole(inputs), model.tokenizer.backend_tokenizer.to_str(), likeness)


def _traceable() -> dict[str, str]:
    # The plain form of attention exports to fewer and faster operators than the fused one.
    return {"attn_implementation": PLAIN, "dtype": "float32"}


def _inputs(tokenizer: Callable[[list[str]], Mapping[str, object]]) -> tuple[str, ...]:
    given = tokenizer(["one"]).keys()
    return tuple(name for name in _KNOWN_INPUTS if name in given)


def _prompt(model: "SentenceTransformer", names: Sequence[str]) -> str:
    """The prompt that sentence-transformers puts before a text, as its ``encode_…`` choose it."""
    name = next((name for name in names if name in model.prompts), model.default_prompt_name)
    return (model.prompts.get(name) if name else None) or ""


def _plain(text: str) -> str:
    return text.encode("utf-8", "replace").decode()
