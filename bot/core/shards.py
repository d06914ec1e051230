"""Which servers a process is told of, if several divide the shards of the bot among them."""

import discord

_SHARD_BITS = 22  # https://docs.discord.com/developers/events/gateway#sharding


def serves(client: discord.Client, server: int) -> bool:
    """Whether a process is told of what happens in a server; 0 stands for direct messages."""
    ids = getattr(client, "shard_ids", None)
    return ids is None or not client.shard_count or server_shard(client, server) in ids


def server_shard(client: discord.Client, server: int) -> int:
    """The shard that a server belongs to."""
    return (server >> _SHARD_BITS) % (client.shard_count or 1)
