"""Exports one model to a folder. `embeddings.export.cache` runs it in a process of its own.

    python -m embeddings.export.worker TASK PATH FOLDER PRECISION FLOAT_FOLDER

``FLOAT_FOLDER`` is where the float32 export of the model lies, if it has been made already. The
process ends when its stdin does, which is when the one that waits for it is gone.
"""

import os
import shutil
import sys
import tempfile
import threading
from collections.abc import Sequence
from pathlib import Path

from embeddings.errors import first_line
from embeddings.models import TOKENIZER, Precision
from embeddings.onnx.exports import OnnxExport, Task, read_info, write_info

GRAPH = "model.onnx"
INFO = "export.json"
NOT_EXPORTABLE = 3
"""The exit status for a model that cannot be exported; the reason is the last line on stdout."""


def main(arguments: Sequence[str]) -> int:
    """Run one export; return the exit status."""
    task, path, folder, precision, float_folder = arguments
    try:
        export_model(
            "encoder" if task == "encoder" else "reranker",
            Path(path),
            Path(folder),
            "int8" if precision == "int8" else "float32",
            Path(float_folder),
        )
    except OSError:  # a full disk says nothing about the model
        raise
    # What torch, onnx and a model's own code raise for a model of another kind is not documented.
    except Exception as error:
        print(first_line(error))
        return NOT_EXPORTABLE
    return 0


def export_model(
    task: Task, path: Path, folder: Path, precision: Precision, float_folder: Path
) -> None:
    """Export the model in ``path`` beside ``folder``, check it, and move it there.

    Raises `OSError` where the disk does not allow it, `ValueError` where the output is not the
    model's, and whatever torch and onnx raise for what they cannot export.
    """
    from embeddings.export.graph import check, export_warnings_off, write_float32, write_int8
    from embeddings.export.source import load_source

    for left in folder.parent.glob(f"{folder.name}.*/"):  # by an export that was cut off
        shutil.rmtree(left, ignore_errors=True)
    unfinished = Path(tempfile.mkdtemp(prefix=f"{folder.name}.", dir=folder.parent))
    graph, tokenizer = unfinished / GRAPH, unfinished / TOKENIZER
    try:
        with export_warnings_off():
            source = load_source(task, path)
            tokenizer.write_text(source.tokenizer, encoding="utf-8")
            if read_info(float_folder / INFO):
                shutil.copyfile(float_folder / GRAPH, graph)
            else:
                write_float32(source, graph, tokenizer)
            info = check(source, OnnxExport(source.info, graph, tokenizer))
            if precision == "int8":
                float32 = graph.replace(graph.with_name(f"float32-{GRAPH}"))
                write_int8(float32, graph)
                float32.unlink()
                info = check(source, OnnxExport(source.info, graph, tokenizer), "int8")
        write_info(unfinished / INFO, info, [graph, tokenizer])
        shutil.rmtree(folder, ignore_errors=True)
        unfinished.replace(folder)
    finally:
        shutil.rmtree(unfinished, ignore_errors=True)


def _end_with_stdin() -> None:
    """End this process at once when its stdin ends. The next export deletes what it leaves."""

    def wait() -> None:
        while os.read(sys.stdin.fileno(), 1024):
            pass
        os._exit(1)

    threading.Thread(target=wait, daemon=True).start()


if __name__ == "__main__":
    _end_with_stdin()
    sys.exit(main(sys.argv[1:]))
