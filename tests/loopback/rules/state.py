"""The rules about the state of an interaction, channel or connection, with their sources.

They cannot be judged from a request's body alone, so they are checked, and raised as `Refused`,
where the state is.
"""

from __future__ import annotations

STATE_RULES: dict[str, str] = {
    "ack-deadline": "/interactions/receiving-and-responding#interaction-callback (3 seconds)",
    "ack-once": "/topics/opcodes-and-status-codes#json (40060)",
    "ack-first": "/interactions/receiving-and-responding#followup-messages",
    "followup-limit": "/interactions/receiving-and-responding#create-followup-message (5)",
    "token-lifetime": "/interactions/receiving-and-responding#followup-messages (15 minutes)",
    "callback-type": "/interactions/receiving-and-responding#interaction-response-object",
    "empty-message": "/topics/opcodes-and-status-codes#json (50006)",
    "unknown-reference": "/resources/message#message-reference-structure",
    "unknown-message": "/topics/opcodes-and-status-codes#json (10008)",
    "unknown-channel": "/topics/opcodes-and-status-codes#json (10003)",
    "unknown-user": "/topics/opcodes-and-status-codes#json (10013)",
    "unknown-command": "/topics/opcodes-and-status-codes#json (10063)",
    "unknown-guild": "/topics/opcodes-and-status-codes#json (10004)",
    "unknown-application": "/topics/opcodes-and-status-codes#json (10002)",
    "no-access": "/topics/opcodes-and-status-codes#json (50001, 50007, 50013)",
    "channel-type": "/topics/opcodes-and-status-codes#json (50024)",
    "thread-once": "/topics/opcodes-and-status-codes#json (160004)",
    "tag-required": "/topics/opcodes-and-status-codes#json (40067)",
    "unknown-tag": "/resources/channel#start-thread-in-forum-or-media-channel",
    "thread-archived": "/topics/opcodes-and-status-codes#json (50083)",
    "no-text-channel": "/topics/opcodes-and-status-codes#json (50008)",
    "crosspost-once": "/topics/opcodes-and-status-codes#json (40033)",
    "foreign-message": "/topics/opcodes-and-status-codes#json (50005)",
    "unknown-route": "the loopback does not know this route",
    "unknown-interaction": "/topics/opcodes-and-status-codes#json (10062)",
    "unreadable-body": "/topics/opcodes-and-status-codes#json (50109)",
    "unknown-upload": "/reference#uploading-files",
    "global-rate": "/topics/rate-limits#global-rate-limit (50 requests a second)",
    "command-creates": "/interactions/application-commands#registering-a-command (200 a day)",
    "gateway-rate": "/events/gateway#rate-limiting (120 events in 60 seconds)",
    "heartbeat": "/events/gateway#sending-heartbeats",
    "gateway-op": "/topics/opcodes-and-status-codes#gateway",
    "schema": "Discord's API description (github.com/discord/discord-api-spec)",
    "loopback-answer": "the loopback's own answer, by Discord's API description",
}
