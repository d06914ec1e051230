"""Recognizes pages that a site's protection sends to programs in place of the page."""

from collections.abc import Mapping
from dataclasses import dataclass

_LARGEST_CHALLENGE = 16 * 1024  # bytes: with a status of success, a longer page is a real one


@dataclass(frozen=True, slots=True)
class _Wall:
    """How the pages of one protection are told.

    Attributes:
        name: whose it is.
        headers: names of headers, in lower case, with a text that the value has; any one is enough.
        refusal: texts in the body of a refusal, in lower case; any one is enough.
        challenge: the same for a page with a status of success. Protected sites have the scripts of
            a protection in their own pages too, so these are texts of the challenge alone.
    """

    name: str
    headers: Mapping[str, str]
    refusal: tuple[bytes, ...]
    challenge: tuple[bytes, ...] = ()


_WALLS = (
    _Wall(
        "Cloudflare",
        {"cf-mitigated": "challenge"},
        (b"/cdn-cgi/challenge-platform/", b"cf-error-details", b"cf_chl_opt", b"cf-chl-"),
        (b"window._cf_chl_opt",),
    ),
    _Wall(
        "Akamai",
        {},
        (b"errors.edgesuite.net", b"reference&#32;&#35;", b"sec-if-cpt-container"),
        (b"sec-if-cpt-container",),
    ),
    _Wall(
        "Imperva",
        {},
        (b"_incapsula_resource", b"incapsula incident id"),
        (b"incapsula incident id", b'id="main-iframe" src="/_incapsula_resource'),
    ),
    _Wall(
        "DataDome",
        {},
        (b"captcha-delivery.com",),
        (b"geo.captcha-delivery.com",),
    ),
    _Wall("AWS WAF", {"x-amzn-waf-action": ""}, (b"awswafintegration",), ()),
    _Wall("HUMAN", {}, (b"px-captcha", b"_pxappid"), ()),
    _Wall("Sucuri", {}, (b"sucuri website firewall",), (b"sucuri_cloudproxy_js",)),
    _Wall(
        "F5",
        {},
        (b"the requested url was rejected. please consult with your administrator",),
        (b"the requested url was rejected. please consult with your administrator",),
    ),
    _Wall("SiteGround", {"sg-captcha": "challenge"}, (b"/.well-known/sgcaptcha/",), ()),
)


def bot_wall(status: int, headers: Mapping[str, str], body: bytes) -> str:
    """The name of the protection that sent this page, or "" for an ordinary page.

    ``headers`` have names in lower case; the first kilobytes of the body are enough.
    """
    is_success = status < 400
    text = b"" if is_success and len(body) > _LARGEST_CHALLENGE else body.lower()
    for wall in _WALLS:
        marks = wall.challenge if is_success else wall.refusal
        in_headers = any(
            name in headers and part in headers[name].lower() for name, part in wall.headers.items()
        )
        if in_headers or any(mark in text for mark in marks):
            return wall.name
    return ""
