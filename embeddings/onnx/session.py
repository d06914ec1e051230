"""An exported model loaded into onnxruntime: texts to tokens to output rows.

Each text is a pass of its own. On a processor that is no slower than a batch (a batch of unequal
texts computes its padding, and its activations leave the cache), and int8 needs it: activations
share one scale per pass, so in a batch a text's vector would depend on its neighbours.
"""

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from embeddings.encodable import encodable
from embeddings.onnx.exports import OnnxExport
from embeddings.onnx.saturation import int8_saturates

if TYPE_CHECKING:
    import onnxruntime
    import tokenizers

# The fused operator takes many times as long as the Add and LayerNormalization that it replaces
# (onnxruntime 1.32: a quarter of an int8 pass).
_DISABLED_OPTIMIZERS = frozenset({"SkipLayerNormFusion"})
_ERRORS_ONLY = 3
_WEIGHTS_FOLDER = "session.model_external_initializers_file_folder_path"
_WIDER_INT8 = "session.x64quantprecision"

TextInput = str | tuple[str, str]
"""A text, or a pair that the model reads together."""


class OnnxSession:
    """A loaded export. Safe to call from several threads, which run in parallel."""

    def __init__(self, export: OnnxExport) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        self.info = export.info
        options = _session_options(export)
        tensors = export.initializers()  # copied by onnxruntime, but only when the session is made
        values = [onnxruntime.OrtValue.ortvalue_from_numpy(each) for each in tensors.values()]
        options.add_external_initializers(list(tensors), values)
        self._session = onnxruntime.InferenceSession(
            export.graph.read_bytes(),
            options,
            providers=["CPUExecutionProvider"],
            disabled_optimizers=set(_DISABLED_OPTIMIZERS),
        )
        self._tokenizer = Tokenizer.from_file(str(export.tokenizer))
        self._tokenizer.no_padding()
        self._tokenizer.enable_truncation(self.info.max_tokens)
        self._pool = ThreadPoolExecutor(os.cpu_count() or 1, thread_name_prefix="onnx")

    def tokenize(self, texts: Sequence[TextInput]) -> "list[tokenizers.Encoding]":
        """The tokens of each text, truncated to what the model takes."""
        return self._tokenizer.encode_batch(
            [
                encodable(text) if isinstance(text, str) else tuple(map(encodable, text))
                for text in texts
            ]
        )

    def beginning(self, text: str, tokens: int) -> str:
        """The beginning of a text that is so many tokens; all of it if it has no more."""
        text = encodable(text)
        if len(text) <= tokens:  # hardly any token is less than a character
            return text
        offsets = self._tokenizer.encode(text, add_special_tokens=False).offsets
        return text[: offsets[tokens - 1][1]] if len(offsets) > tokens else text

    def question(self, text: str) -> str:
        """The beginning of a question that is at most half of what the model takes.

        So it leaves room for what is read beside it; and beside a short sentence, of which many are
        read, a long question takes no longer than it does beside a paragraph.
        """
        return self.beginning(text, self.info.max_tokens // 2)

    def run(self, texts: Sequence[TextInput], *, parallel: bool = False) -> NDArray[np.float32]:
        """(n, d) float32: the model's output for each text; ``parallel`` uses every core."""
        encodings = self.tokenize(texts)
        if parallel and len(texts) > 1:
            rows = list(self._pool.map(self.forward, encodings))
        else:
            rows = [self.forward(each) for each in encodings]
        return np.array(rows, dtype=np.float32).reshape(len(texts), self.info.dimensions)

    def forward(self, encoding: "tokenizers.Encoding") -> NDArray[np.float32]:
        """(d,) float32, or (1 + tokens, d) of a reader: one forward pass."""
        values = {
            "input_ids": encoding.ids,
            "attention_mask": encoding.attention_mask,
            "token_type_ids": encoding.type_ids,
        }
        feed = {name: np.array([values[name]], dtype=np.int64) for name in self.info.inputs}
        (row,) = self._session.run(None, feed)[0]
        return row  # type: ignore[no-any-return]


def _session_options(export: OnnxExport) -> "onnxruntime.SessionOptions":
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = _ERRORS_ONLY
    if export.info.precision == "int8" and int8_saturates():
        options.add_session_config_entry(_WIDER_INT8, "1")
    if export.base_weights:
        # Mapped into memory, not copied. onnxruntime refuses to follow a link out of the folder.
        folder = export.base_weights.resolve().parent
        options.add_session_config_entry(_WEIGHTS_FOLDER, str(folder))
    return options
