import base64
import quopri
from contextlib import suppress
from datetime import date
from email.message import EmailMessage

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from retrieval.release import DateSource
from retrieval.sources.mail_message import is_message, read_message, read_saved_page

TEXT = (
    "LINDOW, N.Y. – Mayor Ann Roe announced today that the quay of Lindow will be rebuilt with oak "
    "timber.\n\n“It is rotten,” said Mayor Roe. “We have waited for too long.”\n"
)
PARAGRAPHS = tuple(TEXT.strip().split("\n\n"))
HTML = (
    "<html><head><style>p { margin: 0 }</style></head><body>"
    '<div style="display:none">A preview</div><table><tr><td>'
    + "".join(f"<p>{paragraph}</p>" for paragraph in PARAGRAPHS)
    + "</td></tr></table></body></html>"
)


def message(subject="Harbour to be rebuilt", sent="Tue, 05 Mar 2024 23:30:00 -0500"):
    mail = EmailMessage()
    mail["From"] = "Press Office <press@roe.example>"
    mail["To"] = "list@roe.example"
    mail["Subject"] = subject
    if sent:
        mail["Date"] = sent
    return mail


def test_the_subject_is_the_title_and_the_day_of_the_sender_the_date():
    mail = message("Café “am Hafen” to be rebuilt")
    mail.set_content(TEXT)
    draft = read_message(mail.as_bytes())
    assert draft.title == "Café “am Hafen” to be rebuilt"
    assert (draft.date, draft.date_source) == (date(2024, 3, 5), DateSource.MAIL_HEADER)
    assert draft.dateline == "LINDOW, N.Y."
    assert draft.paragraphs == PARAGRAPHS


@pytest.mark.parametrize(
    ("encoding", "charset"),
    [
        (encoding, charset)
        for encoding in ("quoted-printable", "base64", "8bit")
        for charset in ("utf-8", "windows-1252", "utf-16")
        if (encoding, charset) != ("8bit", "utf-16")  # there is no such message
    ],
)
def test_every_encoding_and_charset_is_decoded(encoding, charset):
    content = TEXT.encode(charset)
    encoded = {
        "quoted-printable": quopri.encodestring,
        "base64": base64.encodebytes,
        "8bit": bytes,
    }[encoding](content)
    head = (
        f"Subject: Harbour\nMIME-Version: 1.0\nContent-Type: text/plain; charset={charset}\n"
        f"Content-Transfer-Encoding: {encoding}\n\n"
    )
    assert read_message(head.encode() + encoded).paragraphs == PARAGRAPHS


@pytest.mark.parametrize(
    ("named", "real"),
    [
        ("us-ascii", "utf-8"),
        ("iso-8859-1", "windows-1252"),
        ("iso-8859-1", "utf-8"),
        ("utf-8", "windows-1252"),
        ("x-unknown", "utf-8"),
        ("rot13", "utf-8"),
        ("idna", "utf-8"),
    ],
)
def test_a_wrong_charset_does_not_garble_the_text(named, real):
    head = f"Subject: Harbour\nMIME-Version: 1.0\nContent-Type: text/plain; charset={named}\n\n"
    assert read_message(head.encode() + TEXT.encode(real)).paragraphs == PARAGRAPHS


def test_of_two_forms_of_the_text_the_one_with_whole_paragraphs_is_read():
    mail = message()
    wrapped = "\n".join(
        line[start : start + 40] for line in PARAGRAPHS for start in (0, 40, 80, 120)
    )
    mail.set_content(wrapped)
    mail.add_alternative(HTML, subtype="html")
    assert read_message(mail.as_bytes()).paragraphs == PARAGRAPHS


def test_a_form_that_lacks_the_text_is_not_read():
    mail = message()
    mail.set_content(TEXT)
    mail.add_alternative("<p>See the picture.</p><img src='a.png' alt='a'>", subtype="html")
    assert read_message(mail.as_bytes()).paragraphs == PARAGRAPHS
    stub = message()
    stub.set_content("Your client does not show HTML.")
    stub.add_alternative(HTML, subtype="html")
    assert read_message(stub.as_bytes()).paragraphs == PARAGRAPHS


def test_attachments_are_named_and_pictures_in_the_text_are_not():
    mail = message()
    mail.set_content(HTML, subtype="html")
    mail.add_related(b"x", "image", "png", cid="<logo>", filename="logo.png", disposition="inline")
    mail.add_attachment(b"%PDF-", "application", "pdf", filename="Fahrplan für Lindow.pdf")
    mail.add_attachment(b"x", "image", "jpeg", filename="quay.jpg")
    draft = read_message(mail.as_bytes())
    assert draft.paragraphs == PARAGRAPHS
    assert draft.notes == ("attachments that were not read: Fahrplan für Lindow.pdf, quay.jpg",)


def test_lines_that_flow_are_one_paragraph():
    mail = message().as_bytes().rstrip() + b"\nContent-Type: text/plain; format=flowed\n\n"
    text = "The quay of Lindow will be rebuilt \nwith oak timber before the winter \ncomes."
    text += "\n\nSo says Roe, the mayor of Lindow.\n"
    assert read_message(mail + text.encode()).paragraphs == (
        "The quay of Lindow will be rebuilt with oak timber before the winter comes.",
        "So says Roe, the mayor of Lindow.",
    )


def test_a_forwarded_release_has_the_title_and_the_date_of_the_message_that_was_forwarded():
    mail = message("Fwd: see below", "Thu, 07 Mar 2024 10:00:00 +0000")
    mail.set_content(
        "---------- Forwarded message ---------\nFrom: Press <press@roe.example>\n"
        f"Date: Tue, Mar 5, 2024 at 9:00 AM\nSubject: Harbour to be rebuilt\n\n{TEXT}"
    )
    draft = read_message(mail.as_bytes())
    assert draft.title == "Harbour to be rebuilt"
    assert draft.date == date(2024, 3, 5)
    assert draft.paragraphs == PARAGRAPHS


def test_a_message_that_was_forwarded_as_an_attachment_is_read():
    inner, outer = message(), message("Fwd: see below")
    inner.set_content(TEXT)
    outer.make_mixed()
    outer.add_attachment(inner)
    draft = read_message(outer.as_bytes())
    assert (draft.title, draft.paragraphs) == ("Harbour to be rebuilt", PARAGRAPHS)


def test_a_message_without_text_is_refused_and_its_attachments_are_named():
    mail = message()
    mail.make_mixed()
    mail.add_attachment(b"%PDF-", "application", "pdf", filename="release.pdf")
    with pytest.raises(ValueError, match=r"no text, only attachments: release\.pdf"):
        read_message(mail.as_bytes())


def test_a_message_without_a_date_is_undated():
    mail = message(sent=None)
    mail.set_content(TEXT)
    assert read_message(mail.as_bytes()).date is None
    dated = mail.as_bytes().replace(b"Subject:", b"Date: soon\nSubject:")
    assert read_message(dated).date is None


PAGE = (
    f"<html><body><h1>Harbour to be rebuilt</h1>{'<p>'.join(['', *PARAGRAPHS * 3])}</body></html>"
)


def test_a_web_page_saved_in_one_file_has_the_address_that_it_was_saved_from():
    page = EmailMessage()
    page["From"] = "<Saved by Blink>"
    page["Snapshot-Content-Location"] = "https://roe.example/harbour"
    page["Subject"] = "Harbour"
    page.set_content(PAGE, subtype="html", cte="quoted-printable")
    page.add_related(b"x", "image", "png", cid="<logo>")
    draft = read_saved_page(page.as_bytes())
    assert draft.url == "https://roe.example/harbour"
    assert PARAGRAPHS[1] in draft.paragraphs


@pytest.mark.parametrize("data", [b"", b"x", b"Subject: a\n\n", b"MIME-Version: 1.0\n\nText"])
def test_a_file_without_a_web_page_is_refused(data):
    with pytest.raises(ValueError, match="page"):
        read_saved_page(data)


def test_a_message_is_known_by_its_header():
    mail = message()
    mail.set_content(TEXT)
    assert is_message(mail.as_bytes())
    assert is_message(b"\r\n" + mail.as_bytes().replace(b"\n", b"\r\n"))
    assert not is_message(TEXT.encode())
    assert not is_message(b"Date: March 5, 2024\n\nMIME-Version: 1.0 is a header.")


def test_parts_within_parts_without_end_are_read_or_refused():
    head = b"MIME-Version: 1.0\n"
    for number in range(2000):
        head += b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (number, number)
    with suppress(ValueError):
        read_message(head + b"\nText")


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"Subject: " + b"=?utf-8?q?a?= " * 20_000 + b"\n\nText", "header is larger"),
        (
            b"Content-Type: multipart/mixed; boundary=b\n\n"
            + b"--b\nContent-Type: text/plain\n\nText\n" * 1000,
            "more than 500 parts",
        ),
    ],
)
def test_a_message_that_would_take_long_to_read_is_refused(data, reason):
    with pytest.raises(ValueError, match=reason):
        read_message(data)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 1200), st.binary(min_size=1, max_size=12))
def test_a_damaged_message_is_read_or_refused(place, junk):
    mail = message("Café to be rebuilt")
    mail.set_content(TEXT)
    mail.add_alternative(HTML, subtype="html")
    whole = mail.as_bytes()
    for read in (read_message, read_saved_page):
        with suppress(ValueError):
            read(whole[:place] + junk + whole[place + len(junk) :])


@settings(deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    with suppress(ValueError):
        read_message(b"Subject: a\nContent-Type: multipart/mixed; boundary=b\n\n--b\n" + data)


def test_a_date_that_no_calendar_has_is_none_and_the_text_is_kept():
    mail = message(sent="")
    mail.set_content(TEXT)
    data = f"Date: Mon, 18 Mar {'9' * 30} 10:00:00 +0000\n".encode() + mail.as_bytes()
    draft = read_message(data)
    assert draft.paragraphs == PARAGRAPHS
    assert draft.date_source is not DateSource.MAIL_HEADER
