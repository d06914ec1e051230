"""A whole release: its paragraphs, where each stands, and what is quoted beside each."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.index.release_store import ReleaseStore
from retrieval.release import AttachedDocument, Place, ReleaseCopy, ReleaseInfo, own_count
from retrieval.text.lead_ins import lead_in_above, list_items
from retrieval.text.links import passage_link


@dataclass(frozen=True, slots=True)
class QuotedParagraph:
    """A paragraph, verbatim, that is quoted beside another: its number, from 1, and its text."""

    number: int
    text: str


@dataclass(frozen=True, slots=True)
class FullRelease:
    """A release with all its paragraphs, which are numbered from 1.

    Attributes:
        info: its particulars.
        paragraphs: in order, those of attachments last.
        places: the place of each; empty if it has neither pages nor attachments.
        also: where else the same release was read.
    """

    info: ReleaseInfo
    paragraphs: Sequence[str]
    places: Sequence[Place] = ()
    also: Sequence[ReleaseCopy] = ()

    def place(self, number: int) -> Place:
        """The place of a paragraph."""
        return self.places[number - 1] if self.places else Place()

    @property
    def own_paragraphs(self) -> Sequence[str]:
        """The paragraphs without those of attachments."""
        return self.paragraphs[: own_count(self.places, len(self.paragraphs))]

    def document(self, number: int) -> range:
        """The numbers of the paragraphs of the same document: of the release itself, or of one
        attachment.
        """
        if not self.places:
            return range(1, len(self.paragraphs) + 1)
        attachment = self.place(number).attachment
        first = last = number
        while first > 1 and self.place(first - 1).attachment == attachment:
            first -= 1
        while last < len(self.paragraphs) and self.place(last + 1).attachment == attachment:
            last += 1
        return range(first, last + 1)

    def attachments(self) -> Iterator[tuple[AttachedDocument, range]]:
        """Each attachment with the numbers of its paragraphs."""
        number = 1
        while self.places and number <= len(self.paragraphs):
            document = self.document(number)
            if attachment := self.place(number).attachment:
                yield attachment, document
            number = document.stop

    def link(self, number: int) -> str | None:
        """What opens the release's page, or an attachment, at a paragraph."""
        place = self.place(number)
        url = place.attachment.url if place.attachment else self.info.url
        shown = self.paragraphs[: self.document(number).stop - 1]  # what follows is not on the page
        return passage_link(url, shown, number, title=self.info.title, page=place.page)

    def lead_in(self, number: int) -> QuotedParagraph | None:
        """The lead-in or the heading that a paragraph belongs to."""
        above = lead_in_above(self.paragraphs, number)
        return self._quoted(above) if above in self.document(number) else None

    def items(self, number: int) -> tuple[QuotedParagraph, ...]:
        """What a paragraph leads in to; nothing if it is no lead-in."""
        document = self.document(number)
        items = list_items(self.paragraphs, number)
        return tuple(self._quoted(each) for each in items if each in document)

    def _quoted(self, number: int) -> QuotedParagraph:
        return QuotedParagraph(number, self.paragraphs[number - 1])


def full_release(store: ReleaseStore, info: ReleaseInfo) -> FullRelease:
    """A release with all that the store has of it, checked. Raises `IndexDamaged`."""
    paragraphs, places = store.paragraphs(info.number), store.places(info.number)
    copies = store.copies(info.number)
    store.check(info, paragraphs, places, copies)
    return FullRelease(info, paragraphs, places, tuple(_elsewhere(info, copies)))


def _elsewhere(info: ReleaseInfo, copies: Sequence[ReleaseCopy]) -> Iterator[ReleaseCopy]:
    """The copies at other addresses, or in other files where there is no address."""
    shown = {info.url or info.source}
    for copy in copies:
        if (where := copy.url or copy.source) not in shown:
            shown.add(where)
            yield copy
