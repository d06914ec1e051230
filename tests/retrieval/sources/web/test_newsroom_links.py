from retrieval.sources.web.newsroom_links import newsroom_links
from retrieval.sources.web.web_document import WebDocument
from tests.retrieval.sources.web.fetched import fetched


def found(body: str, address: str = "https://roe.example/") -> tuple[str, ...]:
    return newsroom_links(WebDocument.parse(fetched(body, address)))


def test_links_to_press_releases_come_before_those_to_news():
    links = (
        '<a href="/media">Media</a><a href="/newsroom">Newsroom</a><a href="/x">Press Releases</a>'
        '<a href="/about">About</a><a href="/y">View all news</a>'
    )
    assert found(links) == tuple(
        f"https://roe.example/{path}" for path in ("x", "newsroom", "media", "y")
    )


def test_the_path_tells_where_the_text_does_not():
    assert found('<a href="/media/press-releases"><img src="x.png"></a>') == (
        "https://roe.example/media/press-releases",
    )
    assert found('<a href="/de/presse">Presse</a><a href="/es/p">Comunicados</a>') == (
        "https://roe.example/de/presse",
        "https://roe.example/es/p",
    )


def test_others_sites_the_page_itself_and_news_of_their_own_are_none():
    assert found('<a href="https://paper.example/news">News</a>') == ()
    assert found('<a href="/news">News</a>', "https://roe.example/news") == ()
    assert found('<a href="/a">News of the bridge in Lindow</a><a href="#">Press</a>') == ()
