"""A generation rewritten as an older version of Verbatim wrote it."""

import json
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import numpy as np

from retrieval.index.generations import current_folder
from retrieval.index.manifest import file_sums


def write_in_format_4(data: Path) -> None:
    """Rewrite the current generation in format 4, which had other files."""
    folder = current_folder(data)
    (segment,) = (folder / "segments").iterdir()
    for name in "vectors.npy", "keys.npy":
        (segment / name).rename(folder / name)
    np.save(folder / "passages.npy", np.load(segment / "passages.npy")[:, :2])
    np.save(folder / "repeats.npy", np.ones(len(np.load(folder / "keys.npy")), dtype=np.int32))
    (segment / "postings").rename(folder / "lexical")
    (folder / "digests.npy").rename(folder / "identities.npy")
    (folder / "recurring.npy").unlink()
    shutil.rmtree(folder / "segments")
    with closing(sqlite3.connect(folder / "releases.sqlite")) as connection:
        connection.execute("ALTER TABLE release RENAME folded_title TO sought")
        connection.commit()
    write_manifest(folder, format=4)


def write_manifest(folder: Path, **changes: Any) -> None:
    """Change a manifest, and set the sums of all files in it. Its own checksum is left as it is."""
    path = folder / "manifest.json"
    files = {
        name: {"size": sums.size, "sha256": sums.sha256} for name, sums in file_sums(folder).items()
    }
    path.write_text(json.dumps(json.loads(path.read_text()) | {"files": files} | changes))
