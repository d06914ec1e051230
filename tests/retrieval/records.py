"""Values of the catalogue as the values that they were made from."""

from retrieval.release import Release, ReleaseInfo


def as_release(info: ReleaseInfo, paragraphs: tuple[str, ...]) -> Release:
    """A info and its paragraphs as the release that they are."""
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
