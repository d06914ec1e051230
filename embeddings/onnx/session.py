"""Running an export: texts to word pieces to rows, one text at a time unless they are short.

One text at a time is no slower on a processor than a batch (a batch of unlike texts computes its
padding, and its activations leave the cache), and under int8 it is needed: the scale of a layer's
activations is that of the whole input, so that a text's vector would hang on its company. A few
short texts together (`embeddings.onnx.batching`) are sooner done: the weights are read once.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.onnx.exported import OnnxExport

if TYPE_CHECKING:
    import tokenizers

# Fused, it takes many times as long as the Add and the LayerNormalization that it is made of
# (onnxruntime 1.32: a quarter of an int8 pass).
_SLOWER_FUSED = frozenset({"SkipLayerNormFusion"})
_ERRORS_ONLY = 3

TextInput = str | tuple[str, str]
"""A text, or two that are read together."""


class OnnxSession:
    """A loaded export. Safe to call from several threads, which then run side by side."""

    def __init__(self, exported: OnnxExport) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self.info = exported.info
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = _ERRORS_ONLY
        self._session = onnxruntime.InferenceSession(
            str(exported.graph),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=set(_SLOWER_FUSED),
        )
        self._tokenizer = Tokenizer.from_file(str(exported.tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.info.length)
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="onnx")

    def tokenize(self, texts: Sequence[TextInput]) -> "list[tokenizers.Encoding]":
        """The word pieces of each text, as many as the model takes."""
        return self._tokenizer.encode_batch([_encodable(text) for text in texts])

    def run(
        self, pieces: "Sequence[tokenizers.Encoding]", *, side_by_side: bool = False
    ) -> NDArray[np.float32]:
        """(n, d) float32: the output row of each text; ``side_by_side`` uses every core."""
        if side_by_side and len(pieces) > 1:
            found = list(self._pool.map(self._row, pieces))
        else:
            found = [self._row(each) for each in pieces]
        return np.array(found, dtype=np.float32).reshape(len(pieces), self.info.dimensions)

    def encode(self, texts: Sequence[str], *, side_by_side: bool = False) -> NDArray[np.float32]:
        """(n, d) float32, unit rows: the output row of each text, normalised."""
        return _unit(self.run(self.tokenize(texts), side_by_side=side_by_side))

    def encode_batch(self, pieces: "Sequence[tokenizers.Encoding]") -> NDArray[np.float32]:
        """(n, d) float32, as `encode`, in one pass over all: equal but for the order of sums."""
        return _unit(self._pass(pieces))

    def _row(self, pieces: "tokenizers.Encoding") -> NDArray[np.float32]:
        row: NDArray[np.float32] = self._pass([pieces])[0]
        return row

    def _pass(self, pieces: "Sequence[tokenizers.Encoding]") -> NDArray[np.float32]:
        """(n, d) float32: the output of texts padded to the longest."""
        longest = max(len(each.ids) for each in pieces)
        feed = {name: np.zeros((len(pieces), longest), dtype=np.int64) for name in self.info.inputs}
        for at, each in enumerate(pieces):
            values = {
                "input_ids": each.ids,
                "attention_mask": each.attention_mask,
                "token_type_ids": each.type_ids,
            }
            for name, padded in feed.items():
                # What pads is masked, so that it may be any word piece.
                padded[at, : len(each.ids)] = values[name]
        output: NDArray[np.float32] = self._session.run(None, feed)[0]
        return output


def _unit(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    lengths = np.linalg.norm(rows, axis=1, keepdims=True).astype(np.float32)
    unit: NDArray[np.float32] = rows / np.maximum(lengths, np.float32(1e-12))
    return unit


def _encodable(text: TextInput) -> TextInput:
    """The text without lone surrogates, which JSON can carry and a tokenizer refuses."""
    if isinstance(text, str):
        return text.encode("utf-8", "replace").decode()
    one, other = text
    return one.encode("utf-8", "replace").decode(), other.encode("utf-8", "replace").decode()
