"""What somebody selected in a menu, or typed into a modal.

The router has checked by then that a menu offers what was selected (`bot.core.offered`). A text is
as long as whoever sent it wished.
"""

from typing import Any

import discord


def selected_values(interaction: discord.Interaction) -> list[str]:
    """The options that were selected in a menu."""
    data: Any = interaction.data or {}
    return [str(value) for value in data.get("values") or ()]


def selected_channels(interaction: discord.Interaction) -> list[int]:
    """The ids of the channels that were selected in a menu."""
    return [int(value) for value in selected_values(interaction)]


def submitted_text(interaction: discord.Interaction) -> str:
    """The text that was typed into the only field of a modal."""
    data: Any = interaction.data or {}
    for row in data.get("components") or ():
        for field in row.get("components") or [row.get("component") or {}]:
            if "value" in field:
                return str(field["value"]).strip()
    return ""
