"""Small web pages for the tests."""

SENTENCES = tuple(
    f"The harbour council of Lindow said on Tuesday that berth number {number} will be rebuilt with"
    " new timber, new lamps and a longer quay for the winter ferries."
    for number in range(1, 7)
)
LEAD = (
    "The mayor promised to spend forty-two million crowns on the quay, and not a single crown more"
    " than that."
)
TITLE = "Harbour to be rebuilt"
BERTHS = "\n".join(f"<p>{sentence}</p>" for sentence in SENTENCES)


def page(
    body: str, *, title: str = f"<title>{TITLE}</title>", head: str = "", lang: str = "en-US"
) -> str:
    """A page with a menu and a footer around ``body``."""
    return (
        f'<!DOCTYPE html><html lang="{lang}"><head><meta charset="utf-8">{title}{head}</head>'
        '<body><header><nav><ul><li><a href="/">Home</a></li><li><a href="/news">All news</a></li>'
        f"</ul></nav></header>{body}<footer><p>Copyright 2024 Lindow</p></footer></body></html>"
    )


def article(*parts: str, headline: str = f"<h1>{TITLE}</h1>", **options: str) -> str:
    """A page whose main part is an article of ``parts`` below its headline."""
    return page(f"<main><article>{headline}{''.join(parts)}</article></main>", **options)
