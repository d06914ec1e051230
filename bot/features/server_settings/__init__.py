"""How the bot behaves in a server."""
