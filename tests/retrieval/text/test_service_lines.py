import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.text.service_lines import is_service_line


@pytest.mark.parametrize(
    "line",
    [
        "Contact: Ann Roe",
        "CONTACT: Ann Roe, 202.555.0100, ann.roe@example.gov",
        "For Immediate Release Contact: Ann M. Roe",
        "MEDIA CONTACT\nAnn Roe\n(202) 555-0100",
        "Media Contact:Ann RoeHarbour Media(830) 555-0100",
        "Phone: (202) 555-0100",
        "202-555-0100",
        "ann@example.org",
        "Ann Roe 202-555-0100",
        "Ann Roe +44 20 7946 1234 https://harbour.example.com",
        "For media inquiries, please contact:",
        "For more information, please visit www.example.com.",
        "For more information, contact Ann Roe at ann@example.gov or (202) 555-0100.",
    ],
)
def test_contacts_tell_nothing(line):
    assert is_service_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "https://example.gov/news/1",
        "The full text of the bill is available here.",
        "Full text of the letter can be found HERE and below:",
        "Click here to read the Lower Fares Act.",
        "READ THE FULL LETTER HERE",
        "Text of Letter (PDF)",
        "Bill Text (PDF) | Bill One-Pager (PDF)",
        "To watch Senator Roe’s floor speech, click here or on the image above.",
        "Read more about the Lower Fares Act here.",
        "Learn more on https://example.com/",
        "Read More Here>>",
        "Lea la carta completa en inglés aquí.",
    ],
)
def test_an_offer_to_open_something_tells_nothing(line):
    assert is_service_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "Share this on Facebook",
        "f\nt\n#\ne",
        "Twitter: https://twitter.com/harbour",
        "Website | Twitter | Telegram | Medium",
        "Follow Ann Roe on Instagram and Facebook.",
        "Next Article Previous Article",
        "Photo: Ann Roe / Getty Images",
        "Photo credit: Ann Roe",
        "Photo courtesy of the Harbour Museum",
        "Source: Harbour Media, Inc.",
        "Original Source: https://example.com/harbour",
        "HarbourWire is powered by HBN",
        "The post Harbour Opens After Two Years appeared first on citynews.",
        "<b>###</b>",
        "* * *",
    ],
)
def test_social_media_credits_and_footers_tell_nothing(line):
    assert is_service_line(line)


@pytest.mark.parametrize(
    "line",
    [
        "The hotline is 1-800-555-0100, open 24 hours",
        "American Red Cross Hurricane Hotline: 954-555-0100",
        "Suicide & Crisis Lifeline 1-800-273-8255",
        "For tickets, visit https://example.com/harbour",
        "RSVP: ann@example.gov",
        "Report fraud at www.example.gov",
        "Photos of the new bridge are here",
        "Tickets are now available here.",
        "The full report, “Fares and Trains”, can be found here.",
        "To read the full letter, click here. The letter was signed by Ann Roe and Todd Young.",
        "The Lower Fares Act is supported by the Harbour Union.",
        "Small Business Administration: 800-555-0100",
        "Lower Fares",
        "Ann Roe (R-ME)",
        "Jewish Community Center - $149,985",
        "WATCH: THE RECESSION IS HERE TO STAY",
        "The Recession Is Here",
        "Location: 11600 Education Street, Auburn",
        "The President spoke on Facebook about fares.",
        "Contact Tracing: What Comes Next For Schools",
        "It opens on Monday.",
        "漢字",
    ],
)
def test_a_line_that_tells_anything_else_is_kept(line):
    assert not is_service_line(line)


TELLING = st.sampled_from(["opened", "fares", "hotline", "because", "vote"])
PARTS = st.sampled_from(
    ["Contact:", "Ann Roe", "202-555-0100", "a@example.gov", "click here", "bill"]
)


@given(st.lists(PARTS, max_size=6), TELLING, st.lists(PARTS, max_size=6))
def test_one_word_that_tells_something_keeps_a_line(before, word, after):
    assert not is_service_line(" ".join([*before, word, *after]))


@given(st.text(max_size=300))
def test_any_text_can_be_judged(text):
    assert is_service_line(text) in {True, False}
