"""A whole release: what belongs to which document, and what opens it."""

from hypothesis import given
from hypothesis import strategies as st

from retrieval.ranking.full_release import FullRelease, QuotedParagraph
from retrieval.release import AttachedDocument, Place, ReleaseInfo

URL = "https://roe.example/fares"
INFO = ReleaseInfo(0, "fares", "Fares Fall", None, URL, None, None, None, "fares.html")
LETTER = AttachedDocument("letter.pdf", "https://roe.example/letter.pdf")
PARAGRAPHS = ("Fares fall.", "The letter reads:", "Lower the fares.", "It says:", "Thanks.")
PLACES = (Place(), Place(), Place(1, LETTER), Place(2, LETTER), Place(2, LETTER))
RELEASE = FullRelease(INFO, PARAGRAPHS, PLACES)


def test_a_paragraph_of_an_attachment_is_opened_on_its_page():
    assert RELEASE.link(5) == "https://roe.example/letter.pdf#page=2"
    assert RELEASE.link(1) == f"{URL}#:~:text=Fares%20fall"


def test_a_link_to_the_text_depends_on_nothing_that_is_attached():
    paragraphs = ("Fares fall.", "Fares fall.", "Fares fall.")
    attached = FullRelease(INFO, (*paragraphs, "Fares fall."), (*[Place()] * 3, Place(1, LETTER)))
    assert attached.link(3) == FullRelease(INFO, paragraphs).link(3)


def test_an_attachment_without_an_address_is_not_opened_though_its_release_has_one():
    release = FullRelease(INFO, PARAGRAPHS, (Place(), *[Place(1, AttachedDocument("a.pdf"))] * 4))
    assert release.link(2) is None


def test_no_paragraph_is_led_in_to_by_another_document():
    assert RELEASE.lead_in(3) is None
    assert RELEASE.items(2) == ()
    assert RELEASE.lead_in(5) == QuotedParagraph(4, "It says:")
    assert RELEASE.items(4) == (QuotedParagraph(5, "Thanks."),)


@given(st.lists(st.integers(0, 3), max_size=12).map(sorted))
def test_the_documents_of_a_release_are_all_its_paragraphs_in_order(of):
    documents = [None, *(AttachedDocument(f"{number}.pdf") for number in range(1, 4))]
    places = [Place(None, documents[number]) for number in of]
    release = FullRelease(INFO, ["Text."] * len(of), places)
    found = [(each, list(numbers)) for each, numbers in release.attachments()]
    assert found == [
        (documents[number], [at for at, other in enumerate(of, start=1) if other == number])
        for number in sorted(set(of))
        if number
    ]
