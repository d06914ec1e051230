from retrieval.sources.web.errors import FetchError
from retrieval.sources.web.page import Page
from retrieval.sources.web.sitemap_tree import SitemapTree, read_tree
from retrieval.sources.web.sitemaps import read_sitemap
from tests.retrieval.sources.web.fetched import Site, fetched

SITE = "https://roe.example"


def urlset(*paths: str) -> str:
    return f"<urlset>{''.join(f'<url><loc>{SITE}{path}</loc></url>' for path in paths)}</urlset>"


def index(*paths: str) -> str:
    links = "".join(f"<sitemap><loc>{SITE}{path}</loc></sitemap>" for path in paths)
    return f"<sitemapindex>{links}</sitemapindex>"


async def tree(pages: dict[str, str], **options: int) -> tuple[SitemapTree, list[str]]:
    site = Site({SITE + path: text for path, text in pages.items()})
    first = read_sitemap(fetched(pages["/sitemap.xml"], f"{SITE}/sitemap.xml"))

    async def fetch(address: str) -> Page | None:
        try:
            return await site.fetch(address)
        except FetchError:
            return None

    found = await read_tree(f"{SITE}/sitemap.xml", first, fetch, **options)
    return found, [each.removeprefix(SITE) for each in site.asked]


async def test_an_index_is_followed_news_first():
    found, asked = await tree(
        {
            "/sitemap.xml": index("/image-sitemap.xml", "/a.xml", "/post-sitemap.xml"),
            "/image-sitemap.xml": urlset("/i"),
            "/a.xml": urlset("/a", "/b"),
            "/post-sitemap.xml": urlset("/b", "/c"),
        }
    )
    assert asked == ["/post-sitemap.xml", "/a.xml", "/image-sitemap.xml"]
    assert {each.key for each in found.entries} == {f"{SITE}/{name}" for name in "abci"}
    assert found.is_whole
    assert found.holders({f"{SITE}/c"}) == [f"{SITE}/post-sitemap.xml"]


async def test_indexes_within_indexes_and_circles_are_followed_once():
    found, asked = await tree(
        {
            "/sitemap.xml": index("/b.xml", "/sitemap.xml"),
            "/b.xml": index("/sitemap.xml", "/b.xml", "/c.xml"),
            "/c.xml": urlset("/c"),
        }
    )
    assert asked == ["/b.xml", "/c.xml"]
    assert [each.key for each in found.entries] == [f"{SITE}/c"]


async def test_what_is_missing_or_no_sitemap_makes_it_incomplete():
    found, _ = await tree(
        {
            "/sitemap.xml": index("/gone.xml", "/page.html", "/a.xml"),
            "/page.html": "<html></html>",
            "/a.xml": urlset("/a"),
        }
    )
    assert len(found.entries) == 1
    assert not found.is_whole
    assert [each.reason for each in found.unreadable] == ["it is a web page"]


async def test_a_large_index_is_read_in_part():
    names = [f"/{n}.xml" for n in range(50)]
    found, asked = await tree(
        {"/sitemap.xml": index(*names), **{name: urlset(f"/x{name}") for name in names}},
        max_sitemaps=3,
    )
    assert len(asked) == 3
    assert not found.is_whole
