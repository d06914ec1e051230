"""Releases read from an index, as the values that they were written from."""

from retrieval.release import Release, ReleaseInfo


def as_release(info: ReleaseInfo, paragraphs: tuple[str, ...]) -> Release:
    """The release of an info and its paragraphs."""
    return Release(
        id=info.id,
        title=info.title,
        paragraphs=paragraphs,
        date=info.date,
        url=info.url,
        newsroom=info.newsroom,
        author=info.author,
        dateline=info.dateline,
        source=info.source,
    )
