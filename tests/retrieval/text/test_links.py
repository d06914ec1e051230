import pytest

from retrieval.text.links import passage_link

PAGE = "https://takano.example/news/1"


@pytest.mark.parametrize(
    ("url", "start"),
    [
        (PAGE, f"{PAGE}#:~:text="),
        (f"{PAGE}?id=1&x=-", f"{PAGE}?id=1&x=-#:~:text="),
        (f"{PAGE}#top", f"{PAGE}#top:~:text="),
        (f"{PAGE}#", f"{PAGE}#:~:text="),
        (f"{PAGE}#:~:text=other", f"{PAGE}#:~:text="),
        (f"{PAGE}#top:~:text=other,words", f"{PAGE}#top:~:text="),
    ],
)
def test_a_fragment_is_kept_and_a_directive_replaced(url, start):
    assert passage_link(url, ["It opened."], 1) == f"{start}It%20opened"


def test_a_second_directive_follows_the_first():
    paragraph = (
        "The old bridge over the river was closed on Monday, and a new one opened on Friday."
    )
    link = passage_link(PAGE, [paragraph], 1)
    assert link.removeprefix(f"{PAGE}#:~:") == (
        "text=The%20old%20bridge%20over%20the,new%20one%20opened%20on%20Friday"
        "&text=river%20was%20closed,Monday%2C%20and%20a"
    )


@pytest.mark.parametrize("paragraph", [" \n", "***", "x" * 600])
def test_what_cannot_be_marked_links_to_the_page_itself(paragraph):
    assert passage_link(PAGE, [paragraph], 1) == PAGE


@pytest.mark.parametrize("length", [100, 380, 450, 505, 600])
def test_a_link_is_never_longer_for_its_directives_than_512_characters(length):
    paragraph = (
        "Über die Brücke fährt täglich früh, wer über den Fluß muß, und viele müssen hinüber."
    )
    url = f"{PAGE}/".ljust(length, "x")
    link = passage_link(url, [paragraph], 1)
    assert link.startswith(url)
    assert len(link) <= max(512, length)
    assert (link == url) == (length >= 505)


@pytest.mark.parametrize(
    "url", [None, "", "ftp://example.org/1", "https://", "javascript:alert(1)"]
)
def test_a_passage_without_a_web_address_has_no_link(url):
    assert passage_link(url, ["The bridge cost much."], 1) is None


@pytest.mark.parametrize(
    "url", ["https://roe.example/fares.pdf", "https://roe.example/fares.pdf#3"]
)
def test_a_paragraph_of_a_pdf_is_linked_by_its_page(url):
    link = passage_link(url, ["The act would cap fares."], 1, page=2)
    assert link == "https://roe.example/fares.pdf#page=2"
