"""Releases as copied from the pages of the large wires."""

from datetime import date

import pytest

from retrieval.release import DateSource
from retrieval.sources.copied_page import read_copied_page

PR_NEWSWIRE = """Skip Navigation
Send a Release
PR Newswire: press release distribution, targeting, monitoring and marketing
News in Focus
Browse All News
Contact
Lindow Harbour Board Wins Grant to Rebuild the Quay
USA - English

News provided by

Lindow Harbour Board of Commissioners and Trustees

Mar 05, 2024, 09:00 ET

Share this article

Share to X

Grant of $42 million is the largest in the history of the board

LINDOW, N.Y., March 5, 2024 /PRNewswire/ -- Lindow Harbour Board (NYSE: LHB) today announced that
the quay will be rebuilt.

"We will spend $42 million on it," said
Ann Roe
, President and CEO of the board.

About Lindow Harbour Board
The board runs the harbours of Lindow and Zechlin. For more information, visit
www.lindow.example
.

Logo -
https://mma.prnewswire.com/media/123/Logo.jpg

View original content to download multimedia:
https://www.prnewswire.com/news-releases/lindow-301.html

SOURCE Lindow Harbour Board

21%
more press release views with
Request a Demo
Modal title
Also from this source
Board Names New Harbour Master
Lindow Harbour Board today named Bob Poe its new harbour master, the first from Zechlin in the
hundred years of its history, and the youngest that it has ever had.
More Releases From This Source
Explore
Shipping
News Releases in Similar Topics
Contact PR Newswire
"""

GLOBE_NEWSWIRE = """GlobeNewswire
NEWSROOM
SERVICES
Sign In
Lindow Harbour Board Wins Grant to Rebuild the Quay
March 05, 2024 09:00 ET
| Source:
Lindow Harbour Board
Follow
Lindow Harbour Board
Lindow, New York, UNITED STATES

LINDOW, N.Y., March 05, 2024 (GLOBE NEWSWIRE) -- Lindow Harbour Board (Nasdaq: LHB) today \
announced that the quay will be rebuilt.

"We will spend $42 million on it," said Ann Roe, President and CEO of the board.

Contact Data

Bob Poe
555-010-0100
Tags
Harbour
Recommended Reading
April 09, 2024 08:00 ET
| Source:
Lindow Harbour Board
Lindow Harbour Board Names New Harbour Master
LINDOW, N.Y., April 09, 2024 (GLOBE NEWSWIRE) -- Lindow Harbour Board today named Bob Poe its \
new harbour master, the first from Zechlin. He begins in May.
Read More
Explore
GlobeNewswire is one of the world's largest newswire distribution networks, specializing in the \
delivery of corporate press releases to media and investors worldwide.
"""

BUSINESS_WIRE = """Business Wire
Lindow Harbour Board Wins Grant to Rebuild the Quay
March 05, 2024 09:00 AM Eastern Standard Time
LINDOW, N.Y.--(
BUSINESS WIRE
)--Lindow Harbour Board (NYSE: LHB) today announced that the quay will be rebuilt.
"We will spend $42 million on it," said Ann Roe, President and CEO of the board.
View source version on businesswire.com:
https://www.businesswire.com/news/home/20240305/en/
Contacts
Bob Poe
555-010-0100
Lindow Harbour Board
NYSE:LHB
Release Versions
English
Social Media Profiles
More News From Lindow Harbour Board
Lindow Harbour Board Names New Harbour Master
LINDOW, N.Y.--(BUSINESS WIRE)--Lindow Harbour Board today named Bob Poe its new harbour master, \
the first from Zechlin in the hundred years of its history, and the youngest.
Back to Newsroom
"""

EIN_PRESSWIRE = """Lindow Harbour Board Wins Grant to Rebuild the Quay

News Provided By

Lindow Harbour Board

March 05, 2024, 14:00 GMT

Share This Article

LINDOW, N.Y., March 5, 2024 /EINPresswire.com/ -- Lindow Harbour Board (NYSE: LHB) today \
announced that the quay will be rebuilt.

"We will spend $42 million on it," said Ann Roe, President and CEO of the board.

+1 555-010-0100
email us here
Visit us on social media:
Facebook
X

Legal Disclaimer:

EIN Presswire provides this news content "as is" without warranty of any kind. We do not accept \
any responsibility or liability for the accuracy of this article.

You just read:

Lindow Harbour Board Wins Grant to Rebuild the Quay

Distribution channels: Shipping, Storage & Logistics
More From This Source
Board Names New Harbour Master
View All Stories From This Source
"""

ACCESSWIRE = """Back to Newsroom
Lindow Harbour Board Wins Grant to Rebuild the Quay
Tuesday, 05 March 2024 09:00 AM
Topic:
Company Update
LINDOW, N.Y. / ACCESSWIRE / March 5, 2024 / Lindow Harbour Board (OTC:LHB) today announced that \
the quay will be rebuilt.

"We will spend $42 million on it," said Ann Roe, President and CEO of the board.

Contact Information
Bob Poe
press@lindow.example

SOURCE: Lindow Harbour Board

View source version on accesswire.com:
https://www.accesswire.com/123/lindow
Topic:
Company Update
Get the latest news delivered to your inbox
"""

QUOTATION = '"We will spend $42 million on it," said Ann Roe, President and CEO of the board.'


@pytest.mark.parametrize(
    ("page", "around"),
    [
        (
            PR_NEWSWIRE,
            (
                ("Grant of $42 million is the largest in the history of the board",),
                (
                    "About Lindow Harbour Board",
                    "The board runs the harbours of Lindow and Zechlin. For more information, "
                    "visit www.lindow.example.",
                    "SOURCE Lindow Harbour Board",
                ),
            ),
        ),
        (GLOBE_NEWSWIRE, ((), ())),
        (BUSINESS_WIRE, ((), ())),
        (EIN_PRESSWIRE, ((), ())),
        (ACCESSWIRE, ((), ())),
    ],
)
def test_the_page_of_a_wire_has_the_release_and_nothing_else(page, around):
    draft = read_copied_page(page)
    above, below = around
    assert draft.title == "Lindow Harbour Board Wins Grant to Rebuild the Quay"
    assert (draft.date, draft.dateline) == (date(2024, 3, 5), "LINDOW, N.Y.")
    assert draft.date_source is DateSource.LINE
    assert draft.paragraphs[: len(above)] == above
    first, *rest = draft.paragraphs[len(above) :]
    assert first.startswith("LINDOW, N.Y.")
    assert first.endswith("today announced that the quay will be rebuilt.")
    assert rest == [QUOTATION, *below]


def test_a_source_line_ends_the_text_of_a_wire():
    draft = read_copied_page(
        "Board to Rebuild the Quay\nNews provided by\n\nLindow Harbour Board\n\n"
        "Mar 05, 2024, 09:00 ET\n\nShare this article\n\n"
        "LINDOW, N.Y., March 5, 2024 /PRNewswire/ -- The quay will be rebuilt.\n\n"
        f"{QUOTATION}\n\nSOURCE Lindow Harbour Board\n\nModal title\nAlso from this source\n"
        "Board Names New Harbour Master\nThe board today named Bob Poe, the first from...\n"
        "More Releases From This Source\nExplore\nShipping\n"
    )
    assert draft.paragraphs == (
        "LINDOW, N.Y., March 5, 2024 /PRNewswire/ -- The quay will be rebuilt.",
        QUOTATION,
        "SOURCE Lindow Harbour Board",
    )
    assert draft.dateline == "LINDOW, N.Y."


def test_a_source_below_a_table_does_not_end_the_text():
    text = "Harbour dues fell in 2023, as the table shows for the first time in ten years."
    draft = read_copied_page(
        f"Harbour Dues Fall\nMarch 5, 2024\n{text}\nSOURCE: Harbour Office\n"
        "The board will meet again in May.\n"
    )
    assert draft.paragraphs == (
        text,
        "SOURCE: Harbour Office",
        "The board will meet again in May.",
    )


@pytest.mark.parametrize("between", [[], [""]])
def test_the_headline_is_the_title_and_the_line_below_it_a_paragraph(between):
    headline = "Lindow Harbour Board Raises Sixty Million Crowns for the Quay"
    below = "Round led by the fishermen brings total funding to ninety-two million crowns"
    head = ["Log In", "Sign Up", headline, *between, below, "News provided by", "", "Lindow Board"]
    text = (
        "LINDOW, N.Y., March 5, 2024 /PRNewswire/ --",
        "Lindow Harbour Board, which keeps the quay, said today that it has the money for it.",
    )
    draft = read_copied_page("\n".join([*head, "Mar 05, 2024, 08:30 ET", "", *text]))
    assert draft.title == headline
    assert draft.paragraphs == (below, " ".join(text))
