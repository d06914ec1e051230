"""Why a backup is not taken, or not restored."""

from collections.abc import Sequence
from pathlib import Path

from embeddings.errors import VerbatimError


class NothingToBackUp(VerbatimError):
    """A data folder with neither an index nor anything else."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"there is nothing to back up in {data}. Name the data folder: --data DIR")
        self.data = data


class BackupExists(VerbatimError):
    """The file of a backup is there already."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already. Name another file, or add --replace")
        self.path = path


class BackupFailed(VerbatimError):
    """Something of a data folder cannot be read."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot back up {path}: {reason}. See what is wrong: verbatim doctor")
        self.path = path
        self.reason = reason


class BackupUnusable(VerbatimError):
    """A file that is no backup, or a damaged one."""

    def __init__(self, path: Path, reason: str) -> None:
        super().__init__(f"cannot restore {path}: {reason}. Nothing has changed")
        self.path = path
        self.reason = reason


class WouldReplace(VerbatimError):
    """A restoration would replace what is in a data folder."""

    def __init__(self, data: Path, names: Sequence[str]) -> None:
        super().__init__(
            f"{data} has {', '.join(names)} already. Restore into another folder with --data, "
            "or add --replace, which puts them aside"
        )
        self.data = data
        self.names = tuple(names)


class DataInUse(VerbatimError):
    """A bot is running on a data folder that is to be replaced."""

    def __init__(self, data: Path) -> None:
        super().__init__(f"a bot is running on {data}. Stop it, and restore then")
        self.data = data
