"""The token of the bot: from the environment, from ``.env``, or from a file of its own."""

from pathlib import Path

from dotenv import dotenv_values

from bot.private_files import others_can_read
from bot.settings import DOTENV, BadSetting, Settings

_MAX_SIZE = 4096  # bytes
_FILE = "DISCORD_TOKEN_FILE"


def read_token(settings: Settings) -> str | None:
    """The token; None if none is set.

    Raises `BadSetting` if it is set in two ways, or if its file has none.
    """
    path = settings.discord_token_file
    if path is None:
        return settings.discord_token
    if settings.discord_token:
        raise BadSetting(_FILE, "is set beside DISCORD_TOKEN. Set only one of them")
    try:
        with path.open("rb") as file:
            token = file.read(_MAX_SIZE).decode().strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not a text"
        raise BadSetting(_FILE, f"names {path}, which cannot be read: {reason}") from error
    if not token or len(token.split()) > 1:
        raise BadSetting(_FILE, f"names {path}, which has no token: write it there, and only it")
    return token


def exposed_token() -> str | None:
    """Why other users of this machine can read the token, and what to do; None if they cannot."""
    try:
        if not others_can_read(Path(DOTENV)) or not dotenv_values(DOTENV).get("DISCORD_TOKEN"):
            return None
    except (OSError, UnicodeDecodeError):
        return None
    return f"other users of this machine can read the token in {DOTENV}. Run: chmod 600 {DOTENV}"
