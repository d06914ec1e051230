"""Pages as copied from the websites of different kinds of newsrooms."""

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.copied_page import read_copied_page

SEED = Path(__file__).parents[3] / "seeds" / "000_4a84fac55420aad7.txt"

HOUSE = """Skip to main content
An official website of the United States government
Here's how you know
Congresswoman Jane Roe
Representing the 5th District of Ohio
Facebook
Twitter
Instagram
Home
About
Meet Jane
Our District
Committees and Caucuses
Media
Press Releases
Contact
Home
Media
Press Releases
Roe, Doe Introduce Bill to Lower Rail Fares
September 8, 2025
Press Release
FOR IMMEDIATE RELEASE
Contact: John Smith, (202) 225-1234
Washington, D.C.
– Today, Congresswoman
Jane Roe
(OH-05) and Congressman John Doe (D-NY) introduced the
Cheaper Trains Act
, which would cap rail fares for commuters across the country.
“Families in Ohio are paying too much to get to work,”
said Congresswoman Roe.
“This bill puts money back in their pockets.”
“I am proud to join Congresswoman Roe in this effort,”
said Congressman Doe.
“Trains matter.”
Specifically, the
Cheaper Trains Act
would:
Cap fares at $5 a day for commuters;
Fund new cars and stations; and
Require a report to Congress each year.
Watch her speech on
YouTube
here
.
###
Issues:
Transportation
Related
Roe Statement on Shutdown
Washington, D.C. – Congresswoman Roe released a statement.
Read More
Permalink: https://roe.house.gov/media/1234
Back to top
Contact Information
Washington, DC Office
1234 Longworth House Office Building
Washington, DC 20515
Phone: (202) 225-1234
Copyright
Privacy
"""

CHARITY = """We use cookies to improve your experience on our site.
Accept
Rivers Alliance | Dam Removal Begins on the Klam River
Donate
About Us
Our Work
News
Published: 09/08/2025
Dam Removal Begins on the Klam River
After 20 years of advocacy, work starts on the largest river restoration in the state
Share this:
Facebook
X
Email
PORTLAND, Ore., Sept. 8, 2025 —
Rivers Alliance
today celebrated the start of work to remove four dams, which have blocked salmon since 1918.
Background
Salmon once ran 300 miles up the river.
About Rivers Alliance
Rivers Alliance works to protect and restore the rivers of the Northwest. For more, visit
www.riversalliance.example
.
Media Contact:
Ann Lee
ann@riversalliance.example
503-555-0100
Sign up for our newsletter
Get the latest news in your inbox every week.
Email address*
Sign up
© 2025 Rivers Alliance. All rights reserved.
"""

COMPANY = """Acme Corporation Reports Third Quarter Results

For Immediate Release

October 3, 2024

DAYTON, OHIO -- Acme Corporation (NYSE: ACM) today reported results for its
third quarter. Revenue rose 12 percent to $1.2 billion, and the company said
it expects growth to continue through the end of the year.

"We are pleased with the quarter," said Pat Jones, chief executive. "Demand for
our anvils is strong in every region, and we will keep investing."

Highlights:

- Revenue of $1.2 billion
- Net income of $90 million

Contact: Lee Ray, 937-555-0100

# # #

About Acme

Acme has made anvils and other heavy goods in Dayton since 1921, and sells them everywhere.
"""


def test_the_sample_page_is_recovered_exactly():
    draft = read_copied_page(SEED.read_text(encoding="utf-8"))
    assert draft.title == "CECOT Survivor Andry José Hernández Romero Meets with Rep. Mark Takano"
    assert draft.date == date(2025, 9, 8)
    assert draft.dateline == "WASHINGTON, D.C."
    assert len(draft.paragraphs) == 6
    first, _, _, fourth, fifth, last = draft.paragraphs
    assert first.startswith("WASHINGTON, D.C. — Rep. Mark Takano (CA-39) met virtually")
    assert fourth.startswith("“What the American government did to")
    assert "nation,” said Rep. Takano. “The Trump" in fourth
    assert fourth.endswith("defend due process and the Constitution.”")
    assert "But being Venezuelan is not a crime. I’m grateful" in fifth
    assert fifth.endswith('until justice is achieved."')
    assert last.endswith("facilitate his release.")


def test_a_house_page_loses_only_its_menu_and_footer():
    draft = read_copied_page(HOUSE)
    assert draft.title == "Roe, Doe Introduce Bill to Lower Rail Fares"
    assert draft.date == date(2025, 9, 8)
    assert draft.dateline == "Washington, D.C."
    assert draft.paragraphs == (
        "Washington, D.C. – Today, Congresswoman Jane Roe (OH-05) and Congressman John Doe (D-NY) "
        "introduced the Cheaper Trains Act, which would cap rail fares for commuters across the "
        "country.",
        "“Families in Ohio are paying too much to get to work,” said Congresswoman Roe. “This bill "
        "puts money back in their pockets.”",
        "“I am proud to join Congresswoman Roe in this effort,” said Congressman Doe. “Trains "
        "matter.”",
        "Specifically, the Cheaper Trains Act would:",
        "Cap fares at $5 a day for commuters;",
        "Fund new cars and stations; and",
        "Require a report to Congress each year.",
        "Watch her speech on YouTube here.",
    )


def test_a_charity_page_keeps_its_second_headline_and_its_about_section():
    draft = read_copied_page(CHARITY)
    assert draft.title == "Dam Removal Begins on the Klam River"
    assert draft.date == date(2025, 9, 8)
    assert draft.dateline == "PORTLAND, Ore."
    assert draft.paragraphs == (
        "After 20 years of advocacy, work starts on the largest river restoration in the state",
        "PORTLAND, Ore., Sept. 8, 2025 — Rivers Alliance today celebrated the start of work to "
        "remove four dams, which have blocked salmon since 1918.",
        "Background",
        "Salmon once ran 300 miles up the river.",
        "About Rivers Alliance",
        "Rivers Alliance works to protect and restore the rivers of the Northwest. For more, visit "
        "www.riversalliance.example.",
    )


def test_a_wrapped_company_release_keeps_the_text_after_its_end_mark():
    draft = read_copied_page(COMPANY)
    assert draft.title == "Acme Corporation Reports Third Quarter Results"
    assert draft.date == date(2024, 10, 3)
    assert draft.dateline == "DAYTON, OHIO"
    assert [paragraph[:24] for paragraph in draft.paragraphs] == [
        "DAYTON, OHIO -- Acme Cor",
        '"We are pleased with the',
        "Highlights:",
        "- Revenue of $1.2 billio",
        "- Net income of $90 mill",
        "About Acme",
        "Acme has made anvils and",
    ]


SPLIT_TITLE = """Products
Newsroom
Globex Opens Plant in
Springfield
, Adding 300 Jobs
By Globex Newsroom
|
Sep 8, 2025
Print
Email
Globex
(NASDAQ: GLBX) today opened a plant in Springfield that will employ 300 people and make
solar panels
for homes.
“This is a great day,” said Hank Scorpio, president.
Learn more at
globex.example
.
Tags: jobs, solar
You may also like
Globex Names New CFO
Aug 1, 2025
"""

SHORT = """Congressman Bob Lee
Newsletter Sign Up
Press Releases
Lee Statement on the President's Budget
Washington, March 3, 2024
Tags:
Budget
Today, Rep. Bob Lee (R-TX) issued the following statement:
“This budget spends too much.”
“We can do better.”
###
Print version of this article
Share
Tweet
Permalink: https://lee.example/news?id=123
"""


def test_a_title_that_emphasis_has_split_is_joined():
    draft = read_copied_page(SPLIT_TITLE)
    assert draft.title == "Globex Opens Plant in Springfield, Adding 300 Jobs"
    assert draft.date == date(2025, 9, 8)
    assert draft.paragraphs == (
        "Globex (NASDAQ: GLBX) today opened a plant in Springfield that will employ 300 people "
        "and make solar panels for homes.",
        "“This is a great day,” said Hank Scorpio, president.",
        "Learn more at globex.example.",
    )


def test_a_statement_of_short_sentences_is_found_below_its_title():
    draft = read_copied_page(SHORT)
    assert draft.title == "Lee Statement on the President's Budget"
    assert draft.date == date(2024, 3, 3)
    assert draft.paragraphs == (
        "Today, Rep. Bob Lee (R-TX) issued the following statement:",
        "“This budget spends too much.”",
        "“We can do better.”",
    )


def test_text_without_menu_and_title_is_kept_whole():
    draft = read_copied_page(
        "Senator Roe voted today for the bill that lowers the fares of all who ride."
    )
    assert draft.title == ""
    assert draft.paragraphs == (
        "Senator Roe voted today for the bill that lowers the fares of all who ride.",
    )


def test_a_heading_within_the_text_that_looks_like_a_menu_is_kept():
    text = HOUSE.replace("Specifically, the\n", "Resources\nSpecifically, the\n")
    assert "Resources" in read_copied_page(text).paragraphs


@given(st.lists(st.sampled_from(HOUSE.splitlines() + CHARITY.splitlines() + ["", "x"])))
def test_no_word_is_added_or_moved_whatever_the_order_of_the_lines(lines):
    text = "\n".join(lines)
    letters = iter("".join(text.split()))
    kept = "".join("".join(read_copied_page(text).paragraphs).split())
    assert all(letter in letters for letter in kept)  # a subsequence: "in" consumes the iterator


@given(st.text())
def test_any_text_is_read_without_error(text):
    read_copied_page(text)


def test_a_title_with_a_date_in_it_is_a_title():
    title = "Statement of Rep. Ann Roe on the Events of January 6, 2021 and What Follows"
    draft = read_copied_page(
        f"{title}\nRep. Ann Roe today issued a statement on the events at the Capitol."
    )
    assert draft.title == title


FOUNDATION = """New Grant for River Towns Announced
Published on 14 March 2025
by
Mara Hill
PRESS RELEASE
5 min read
Boston – The Foundation today announced a grant of $2 million for twelve river towns in the east.
“It helps,” said Mara Hill.
"""
FOUNDATION_TEXT = (
    "Boston – The Foundation today announced a grant of $2 million for twelve river towns in the "
    "east.",
    "“It helps,” said Mara Hill.",
)


@pytest.mark.parametrize(
    "page",
    [
        FOUNDATION,
        FOUNDATION.replace("by\nMara", "By Mara"),
        FOUNDATION.replace("\nby\n", "\n\nBy\n\n"),
        FOUNDATION.replace("on 14", "on\n14").replace("PRESS RELEASE", "Statement"),
        FOUNDATION.replace("PRESS RELEASE\n", "News Release\nMedia Release\n"),
        FOUNDATION.replace("5 min read", "Reading time: 12 minutes"),
        FOUNDATION.replace("– The Foundation", "–\nThe Foundation\n"),
    ],
)
def test_date_byline_and_label_below_a_title_are_dropped(page):
    draft = read_copied_page(page)
    assert draft.title == "New Grant for River Towns Announced"
    assert draft.date == date(2025, 3, 14)
    assert draft.paragraphs == FOUNDATION_TEXT


@pytest.mark.parametrize(
    "text",
    [
        "On September 8, 2025, Senator Roe\nintroduced the bill that lowers the fares of all who "
        "ride the trains of Ohio.",
        "By March 3, 2026, all towns\nwill have to report to the state what they did with the "
        "money that they were given.",
        "The grant, announced in Boston\nby Mara Hill\n, will help twelve river towns rebuild "
        "their landings before the next flood comes.",
        "The vote was on March 3, 2024.\nNobody came.",
    ],
)
def test_a_text_that_begins_with_a_date_or_a_byline_is_kept_whole(text):
    draft = read_copied_page(f"New Grant for River Towns Announced\n{text}")
    shown = "".join(draft.paragraphs).replace(" ", "")
    assert shown == text.replace("\n", "").replace(" ", "")


MAIL = """From: Roe Press Office <press@roe.example>
Sent: Monday, September 8, 2025 2:30 PM
To: Editors
Cc:
Subject: Fwd: Roe Lowers Fares for All Who
 Ride the Train

Dear editors,

Senator Roe today introduced a bill that lowers the fares of all who ride the trains of Ohio.
"""


def test_the_header_of_an_email_gives_title_and_date_and_is_not_text():
    draft = read_copied_page(MAIL)
    assert draft.title == "Roe Lowers Fares for All Who Ride the Train"
    assert draft.date == date(2025, 9, 8)
    assert draft.paragraphs == (
        "Dear editors,",
        "Senator Roe today introduced a bill that lowers the fares of all who ride the trains of "
        "Ohio.",
    )


def test_a_headline_is_preferred_to_the_subject_of_an_email():
    draft = read_copied_page(MAIL.replace("Dear editors,", "Roe Introduces the Rail Act"))
    assert draft.title == "Roe Introduces the Rail Act"
    assert len(draft.paragraphs) == 1


def test_a_single_line_like_a_header_field_is_text():
    text = "To: all who ride the trains of Ohio\n\nThe fares are lower from today on."
    assert "all who ride" in repr(read_copied_page(text))


SPANISH = """Saltar al contenido principal
Ayuntamiento de Lindow
Inicio
Actualidad
Trámites
Contacto
Inicio » Actualidad » Notas de prensa
El Ayuntamiento reconstruirá el muelle de Lindow
Comunicado de prensa
PARA PUBLICACIÓN INMEDIATA
El Ayuntamiento de Lindow anunció este martes que el
muelle
será reconstruido antes del invierno, según informó la alcaldesa de
Lindow
, Ángela Pérez.
«Gastaremos 42 millones en él», dijo la alcaldesa. «Las obras empezarán en junio.»
¿Cuándo terminarán las obras?
Ángel Núñez dirigirá los trabajos, que durarán dos años.
Contacto de prensa:
Óscar Núñez
prensa@lindow.example
Tel. 955 010 010
Compartir
Facebook
Imprimir
Noticias relacionadas
El puerto de Lindow estrena faro
El Ayuntamiento presenta el nuevo faro, que podrá visitarse los domingos.
Leer más
Volver
Aviso legal
Política de privacidad
"""

GERMAN = """Startseite
Presse
Pressemitteilungen
Stadt Lindow erneuert den Kai vor dem Winter
Zur sofortigen Veröffentlichung
Lindow – Der Kai wird vor dem Winter mit
Eichenholz
erneuert, wie die Bürgermeisterin am Dienstag mitteilte.
„Wir geben dafür 42 Millionen aus“,
sagte
Änne Röhl. „Im Juni geht es los.“
Über die Kosten entscheidet der Rat der Stadt.
Pressekontakt:
Ömer Müller
Teilen
Drucken
Weitere Pressemitteilungen
Neuer Leuchtturm
Impressum
Datenschutz
"""

FRENCH = """Accueil
Espace presse
Communiqués de presse
La ville de Lindow reconstruit le quai avant l’hiver
Pour diffusion immédiate
La ville de Lindow a annoncé mardi que le
quai
sera reconstruit avant l’hiver.
« Nous y consacrerons 42 millions », a déclaré
Élodie Roux. « Les travaux commenceront en juin. »
À la fin des travaux, qui dureront deux ans et coûteront 42 millions, le quai du port de Lindow \
sera plus long, plus large et mieux éclairé.
Partager
Imprimer
Articles similaires
Un nouveau phare
Mentions légales
"""


def test_a_spanish_page_is_recovered():
    draft = read_copied_page(SPANISH)
    assert draft.title == "El Ayuntamiento reconstruirá el muelle de Lindow"
    assert draft.paragraphs == (
        "El Ayuntamiento de Lindow anunció este martes que el muelle será reconstruido antes del "
        "invierno, según informó la alcaldesa de Lindow, Ángela Pérez.",
        "«Gastaremos 42 millones en él», dijo la alcaldesa. «Las obras empezarán en junio.»",
        "¿Cuándo terminarán las obras?",
        "Ángel Núñez dirigirá los trabajos, que durarán dos años.",
    )


def test_a_german_page_is_recovered():
    draft = read_copied_page(GERMAN)
    assert draft.title == "Stadt Lindow erneuert den Kai vor dem Winter"
    assert draft.paragraphs == (
        "Lindow – Der Kai wird vor dem Winter mit Eichenholz erneuert, wie die Bürgermeisterin am "
        "Dienstag mitteilte.",
        "„Wir geben dafür 42 Millionen aus“, sagte Änne Röhl. „Im Juni geht es los.“",
        "Über die Kosten entscheidet der Rat der Stadt.",
    )


def test_a_french_page_is_recovered():
    draft = read_copied_page(FRENCH)
    assert draft.title == "La ville de Lindow reconstruit le quai avant l’hiver"
    assert draft.paragraphs == (
        "La ville de Lindow a annoncé mardi que le quai sera reconstruit avant l’hiver.",
        "« Nous y consacrerons 42 millions », a déclaré Élodie Roux. « Les travaux commenceront en "
        "juin. »",
        "À la fin des travaux, qui dureront deux ans et coûteront 42 millions, le quai du port de "
        "Lindow sera plus long, plus large et mieux éclairé.",
    )
