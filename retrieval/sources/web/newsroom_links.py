"""Which links of a home page lead to the lists of its newsroom: "Press Releases", "News"."""

import re
from urllib.parse import urlsplit

from retrieval.sources.web.entries import is_same_site
from retrieval.sources.web.web_document import WebDocument
from retrieval.text.lines import clean

_NAMES = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        r"(?:(?:view )?(?:all|latest|more|our) )?(?:press|news|media) (?:releases?|statements?)",
        r"(?:press|news|media) ?(?:room|center|centre)|press(?: office)?|statements?"
        r"|pressemitteilungen|comunicados(?: de prensa)?|communiqués(?: de presse)?|presse|prensa",
        r"(?:(?:view )?(?:all|latest|more|our) )?news(?: (?:and|&) \w+)?|media|noticias|aktuelles"
        r"|actualités",
    )
)
_PATHS = (
    re.compile(r"/(?:press|news|media)[-_]?releases?/?$", re.IGNORECASE),
    re.compile(r"/(?:newsroom|press|pressroom|media-?cent(?:er|re))/?$", re.IGNORECASE),
    re.compile(r"/(?:news|media)/?$", re.IGNORECASE),
)
_MAX_LABEL = 60  # characters


def newsroom_links(document: WebDocument) -> tuple[str, ...]:
    """Return the addresses of a page's links that lists of releases may be at, the best first."""
    ranked = dict[str, int]()
    for node, address in document.links():
        if address == document.address or not is_same_site(address, document.address):
            continue
        label, path = clean(node.text()), urlsplit(address).path
        matches = (
            n
            for n in range(len(_NAMES))
            if (len(label) <= _MAX_LABEL and _NAMES[n].fullmatch(label)) or _PATHS[n].search(path)
        )
        rank = next(matches, None)
        if rank is not None:
            ranked[address] = min(rank, ranked.get(address, rank))
    return tuple(sorted(ranked, key=lambda each: ranked[each]))
