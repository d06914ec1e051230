"""The default models as they ship with Verbatim, ready for onnxruntime.

``model_data/`` holds a graph and its description for each task and precision, without weights. The
encoder's come from its publisher's file, and are quantised on loading for int8. The reranker's
layers are in ``reranker.safetensors``, as int8; its word and position embeddings are the encoder's.
`embeddings.export` makes these files at release time. Nothing here imports torch or onnx.
"""

from pathlib import Path

from embeddings.errors import ModelDamaged
from embeddings.models import DEFAULT_WEIGHTS, TOKENIZER, Precision, find_model
from embeddings.onnx.exports import ExportInfo, OnnxExport, Task, read_info
from embeddings.quantization import Tensors, quantized_layers

MODEL_DATA = Path(__file__).parent / "model_data"
RERANKER_LAYERS = "reranker.safetensors"


def bundled_export(task: Task, precision: Precision) -> OnnxExport:
    """The export of a default model, checked.

    Raises `ModelDamaged` where a file is not the one that was shipped, and what `find_model` raises
    for the publisher's files.
    """
    description = MODEL_DATA / f"{task}-{precision}.json"
    info = read_info(description)
    if info is None:
        reason = "it, or a file that it describes, is not what was shipped"
        raise ModelDamaged(description, reason, "Reinstall Verbatim")
    return bundled_files(info)


def bundled_files(info: ExportInfo) -> OnnxExport:
    """The files of the export that ``info`` describes, whether they are there or not."""
    base = find_model().path
    return OnnxExport(
        info,
        graph=MODEL_DATA / f"{info.task}-{info.precision}.onnx",
        tokenizer=base / TOKENIZER,
        base_weights=base / DEFAULT_WEIGHTS,
        initializers=lambda: bundled_initializers(info.task, info.precision),
    )


def bundled_initializers(task: Task, precision: Precision) -> Tensors:
    """The weights that a graph does not take from the publisher's file as they are there."""
    if task == "reranker":
        from safetensors.numpy import load_file

        return load_file(MODEL_DATA / RERANKER_LAYERS)
    return quantized_layers(find_model().path / DEFAULT_WEIGHTS) if precision == "int8" else {}
