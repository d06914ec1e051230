"""Values of the catalogue as the values that they were made from."""

from retrieval.catalogue import Heading
from retrieval.release import Release


def as_release(heading: Heading, paragraphs: tuple[str, ...]) -> Release:
    """A heading and its paragraphs as the release that they are."""
    return Release(
        id=heading.id,
        title=heading.title,
        paragraphs=paragraphs,
        date=heading.date,
        url=heading.url,
        newsroom=heading.newsroom,
        author=heading.author,
        dateline=heading.dateline,
        source=heading.source,
    )
