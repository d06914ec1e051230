"""Data that is too large to ship: read where it is, and its tests skipped by name where not."""

import os
from pathlib import Path

import pytest

DEFAULT = Path(__file__).parents[2] / "shared"
API_DESCRIPTION = "discord/openapi.json"


def shared_folder() -> Path:
    """The folder in ``$SHARED_DATA``, by default ``../shared``, whether it exists or not."""
    return Path(os.environ.get("SHARED_DATA") or DEFAULT)


def shared(path: str) -> Path:
    """The file of that name in the shared folder, or skip the test."""
    found = shared_folder() / path
    if not found.exists():
        pytest.skip(
            f"needs {path}: put it into {shared_folder()}, or name the folder that has it in"
            " SHARED_DATA"
        )
    return found


class ApiDescriptionMissing(FileNotFoundError):
    """Discord's API description is not where it should be, so no body would be checked."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            f"Discord's API description is not at {path}: put it there, or name another copy in "
            "$DISCORD_OPENAPI"
        )
        self.path = path


def name_api_description(folder: Path | None = None) -> None:
    """Name Discord's API description in ``$DISCORD_OPENAPI`` for every loopback Discord to use.

    ``folder`` is the shared folder by default. Where it does not exist, nothing is named, and what
    needs the description is skipped. Raises `ApiDescriptionMissing` where the folder exists without
    the description, or the variable already names a file that does not exist.
    """
    folder = folder or shared_folder()
    named = os.environ.get("DISCORD_OPENAPI")
    if not named and not folder.is_dir():
        return
    path = Path(named or folder / API_DESCRIPTION).absolute()
    if not path.is_file():
        raise ApiDescriptionMissing(path)
    os.environ["DISCORD_OPENAPI"] = str(path)
