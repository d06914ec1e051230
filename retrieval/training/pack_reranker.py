"""Packs a trained reranker into the adapter that ships, and prints the two sums to write down.

python -m retrieval.training.pack_reranker TRAINED
"""

import argparse
import tempfile
from pathlib import Path

from safetensors.numpy import load_file, save_file

from embeddings.bundled_reranker import ADAPTER, applied, difference
from embeddings.models import file_sha256, find_model


def main() -> None:
    """Write the adapter."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("trained", type=Path)
    arguments = parser.parse_args()
    base = load_file(find_model().path / "model.safetensors")
    adapter = difference(base, load_file(arguments.trained / "model.safetensors"))
    ADAPTER.parent.mkdir(exist_ok=True)
    save_file(dict(sorted(adapter.items())), ADAPTER)
    weights = applied(base, load_file(ADAPTER))
    weights.pop("bert.embeddings.position_ids", None)
    with tempfile.TemporaryDirectory() as folder:
        whole = Path(folder) / "model.safetensors"
        save_file(dict(sorted(weights.items())), whole, metadata={"format": "pt"})
        print(f'ADAPTER_SHA256 = "{file_sha256(ADAPTER)}"')
        print(f'RERANKER_SHA256 = "{file_sha256(whole)}"')
    print(f"{ADAPTER.stat().st_size / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
