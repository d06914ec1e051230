"""What all groups of commands have in common."""

from discord.ext import commands

from bot.router import Handlers
from bot.services import Services


class Serving(commands.Cog):
    """Commands over the services, with the buttons and menus under their replies."""

    def __init__(self, services: Services) -> None:
        self.services = services

    def handlers(self) -> Handlers:
        """What is done for each press; nothing, where the replies have no buttons."""
        return {}
