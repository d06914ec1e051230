import pytest
from hypothesis import given
from hypothesis import strategies as st

from retrieval.sources.decoding import NotTextError, decode

TEXT = "Señora Roe said: “Fares – too high.”"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "cp1252"])
def test_text_is_decoded(encoding):
    assert decode(TEXT.encode(encoding)) == TEXT


def test_a_stray_byte_is_read_as_windows_1252_and_the_rest_as_utf_8():
    assert decode("“Señora”".encode() + b"\x92s") == "“Señora”’s"


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"%PDF-1.7 ...", "PDF"),
        (b"PK\x03\x04 ...", "ZIP"),
        (b"\x1f\x8b ...", "gzip"),
        (b"{\\rtf1 ...", "RTF"),
        (b"a\x00b", "binary"),
        (b"\x01\x02\x03\x04 text", "binary"),
        (b"\xff\xfea", "UTF-16"),
    ],
)
def test_other_data_is_refused_with_the_reason(data, reason):
    with pytest.raises(NotTextError, match=reason):
        decode(data)


@given(st.text(alphabet=st.characters(exclude_categories=["C"])))
def test_utf_8_survives_encoding_and_decoding(text):
    encoded = ("x" + text).encode()
    assert decode(encoded) == "x" + text


@pytest.mark.parametrize(
    ("declaration", "encoding", "text"),
    [
        ('<meta charset="windows-1251">', "cp1251", "Пристань"),
        (
            "<meta http-equiv=Content-Type content='text/html; charset=iso-8859-2'>",
            "latin2",
            "Łódź",
        ),
        ('<?xml version="1.0" encoding="Shift_JIS"?>', "cp932", "埠頭"),
        ("<meta charset=ISO-8859-1>", "cp1252", "“the quay”"),
        ("<meta charset=gb2312>", "gb18030", "码头"),
    ],
)
def test_a_web_page_is_read_in_the_encoding_that_it_declares(declaration, encoding, text):
    assert decode(f"{declaration}<p>{text}</p>".encode(encoding)).endswith(f"<p>{text}</p>")


@pytest.mark.parametrize("declared", ["utf-8", "no-such-encoding", "base64", "utf-16", "\xff"])
def test_a_declaration_that_cannot_be_true_is_ignored(declared):
    data = f"<meta charset={declared}>".encode("cp1252") + "€".encode("cp1252")
    assert decode(data).endswith("€")


def test_a_page_that_is_utf_8_is_read_so_whatever_it_declares():
    assert decode("<meta charset=iso-8859-1>Muelle: ñ".encode()).endswith("ñ")
