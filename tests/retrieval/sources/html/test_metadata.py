import pytest

from retrieval.sources.html.metadata import read_metadata, without_site_name
from retrieval.sources.html.tree import ParsedPage


def metadata(head: str, tag: str = "<html>"):
    return read_metadata(ParsedPage.parse(f"{tag}<head>{head}</head><body></body>").document)


@pytest.mark.parametrize(
    ("title", "names", "expected"),
    [
        ("Harbour to be rebuilt | News | Port of Lindow", (), "Harbour to be rebuilt"),
        ("Port of Lindow | Harbour to be rebuilt", ("Port of Lindow",), "Harbour to be rebuilt"),
        ("Harbour to be rebuilt - Port of Lindow", ("Port of Lindow",), "Harbour to be rebuilt"),
        ("Port of Lindow: Harbour rebuilt", ("Port of Lindow",), "Port of Lindow: Harbour rebuilt"),
        ("Roe – a profile", (), "Roe – a profile"),
        ("Harbour :: Lindow", (), "Harbour"),
        ("|", (), "|"),
        ("", (), ""),
    ],
)
def test_the_names_of_site_and_section_are_no_part_of_a_title(title, names, expected):
    assert without_site_name(title, names) == expected


def test_the_language_is_in_lower_case():
    assert metadata("", '<html lang="en_US">').language == "en-us"


def test_the_address_is_the_canonical_one():
    head = '<meta property="og:url" content="https://a.example/2"><link rel="canonical" href="{}">'
    assert metadata(head.format("https://a.example/1")).url == "https://a.example/1"
    assert metadata(head.format("javascript:alert(1)")).url == "https://a.example/2"
    assert metadata('<link rel=canonical href="/x">').url is None


def test_news_is_found_in_lists_and_graphs_of_json_ld():
    script = '<script type="application/ld+json">{}</script>'
    graph = '{"@graph": [{"@type": "WebSite"}, {"@type": ["NewsArticle"], "headline": "H"}]}'
    assert [each["headline"] for each in metadata(script.format(graph)).news] == ["H"]
    assert metadata(script.format("[1, null, {}]")).news == ()
    assert metadata(script.format("{broken")).news == ()
    assert metadata(script.format("[" * 100_000)).news == ()
