"""The progress of a build in a reply."""

from contextlib import AbstractAsyncContextManager
from functools import partial

from bot.core.live_reply import LiveReply
from bot.features.reindex.messages import progress_message
from bot.i18n import Language
from bot.index_build import IndexBuild
from bot.phrases import progress_line, remaining_line


def following_build(
    reply: LiveReply, build: IndexBuild, starter: str
) -> AbstractAsyncContextManager[None]:
    """Show the progress of a build in a reply while the block runs.

    A build that somebody else started has a reply of its own.
    """
    return reply.following(
        lambda: _line(build, reply.language) if build.starter == starter else None,
        partial(progress_message, language=reply.language),
    )


def _line(build: IndexBuild, language: Language) -> str | None:
    """The progress of a build and the time that it still takes; None if none is running."""
    if build.progress is None:
        return None
    parts = [progress_line(build.progress, language)]
    if seconds := build.remaining():
        parts.append(remaining_line(seconds, language))
    return ", ".join(parts)
