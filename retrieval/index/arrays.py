"""The arrays of a generation, mapped into memory."""

from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray


def mapped_array(path: Path) -> NDArray[Any]:
    """Map a ``.npy`` file into memory: a plain array, whose slices are faster to make.

    Raises `OSError` or `ValueError` if the file holds none.
    """
    try:
        return np.lib.format.open_memmap(path, mode="r").view(np.ndarray)
    except (OSError, ValueError):
        raise
    except Exception as error:  # its header is parsed as Python, by several parsers
        raise ValueError(f"{path.name} has a damaged header: {error}") from error
