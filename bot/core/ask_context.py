"""Who asks something, and where."""

from dataclasses import dataclass

from bot.i18n import Language
from bot.state.servers import ServerSettings


@dataclass(frozen=True, slots=True)
class AskContext:
    """The user who asks, the place, and the settings and the language that apply there.

    ``server`` is None in a direct message; ``parent`` is the channel that a thread belongs to.
    """

    user: int
    server: int | None
    channel: int | None
    parent: int | None
    settings: ServerSettings
    language: Language
