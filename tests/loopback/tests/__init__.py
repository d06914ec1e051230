"""The tests of the loopback itself. They need pytest-asyncio in auto mode, and discord.py."""
