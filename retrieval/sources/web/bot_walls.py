"""Recognizes pages that a site's protection sends to programs in place of the page."""

from collections.abc import Mapping
from dataclasses import dataclass, field

_LARGEST_CHALLENGE = 16 * 1024  # bytes: with a status of success, a longer page is a real one
_REFUSALS = frozenset({403, 429})
_MAYBE_CHALLENGES = frozenset({*range(200, 300), 405, 503})


@dataclass(frozen=True, slots=True)
class _Wall:
    """How the pages of one protection are recognized.

    All texts are in lower case, and any one of them is enough.

    Attributes:
        name: the provider, such as "Cloudflare".
        headers: names of headers, each with a text that its value has.
        challenge: texts that only its own pages have.
        refusal: texts that it also puts into pages of the site, into "not found" as into any other
            one, so that they mean something only in a refusal.
    """

    name: str
    headers: Mapping[str, str] = field(default_factory=dict)
    challenge: tuple[bytes, ...] = ()
    refusal: tuple[bytes, ...] = ()


_WALLS = (
    _Wall(
        "Cloudflare",
        headers={"cf-mitigated": "challenge"},
        challenge=(b"window._cf_chl_opt", b"cf-chl-widget"),
        refusal=(b"/cdn-cgi/challenge-platform/", b"cf-error-details"),
    ),
    _Wall(
        "Akamai",
        challenge=(b"sec-if-cpt-container",),
        refusal=(b"reference&#32;&#35;", b"errors.edgesuite.net"),
    ),
    _Wall(
        "Imperva",
        challenge=(b"incapsula incident id", b'id="main-iframe" src="/_incapsula_resource'),
        refusal=(b"_incapsula_resource",),
    ),
    _Wall(
        "DataDome",
        challenge=(b"geo.captcha-delivery.com",),
        refusal=(b"captcha-delivery.com",),
    ),
    _Wall("AWS WAF", headers={"x-amzn-waf-action": ""}, refusal=(b"awswafintegration",)),
    _Wall("HUMAN", refusal=(b"px-captcha", b"_pxappid")),
    _Wall(
        "Sucuri",
        challenge=(b"sucuri_cloudproxy_js",),
        refusal=(b"sucuri website firewall",),
    ),
    _Wall(
        "F5",
        challenge=(b"the requested url was rejected. please consult with your administrator",),
    ),
    _Wall(
        "SiteGround",
        headers={"sg-captcha": "challenge"},
        challenge=(b"/.well-known/sgcaptcha/",),
    ),
)


def bot_wall(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """The name of the protection that sent this page, or "" for an ordinary page.

    ``headers`` have names in lower case; the first kilobytes of the body are enough.
    """
    is_long_page = 200 <= status < 300 and len(body) > _LARGEST_CHALLENGE
    text = b"" if is_long_page else body.lower()
    for wall in _WALLS:
        in_headers = any(
            name in headers and part in headers[name].lower() for name, part in wall.headers.items()
        )
        marks: tuple[bytes, ...] = ()
        if status in _REFUSALS:
            marks = (*wall.challenge, *wall.refusal)
        elif status in _MAYBE_CHALLENGES:
            marks = wall.challenge
        if in_headers or any(mark in text for mark in marks):
            return wall.name
    return ""
