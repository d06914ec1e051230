"""Pages that a site's protection sends in place of the page."""

import pytest

from retrieval.sources.web.bot_walls import bot_wall

CLOUDFLARE = b"""<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>
<script>(function(){window._cf_chl_opt={cvId:'3',cType:'managed'};
var a=document.createElement('script');a.src='/cdn-cgi/challenge-platform/h/b/orchestrate'}());
</script></body></html>"""
AKAMAI = b"""<HTML><HEAD><TITLE>Access Denied</TITLE></HEAD><BODY><H1>Access Denied</H1>
You don't have permission to access "http&#58;&#47;&#47;example&#46;org&#47;" on this server.
<P>Reference&#32;&#35;18&#46;2d35b8&#46;17&#46;4a<P>https&#58;&#47;&#47;errors&#46;edgesuite&#46;net
</BODY></HTML>"""
IMPERVA = b"""<html style="height:100%"><META NAME="ROBOTS" CONTENT="NOINDEX, NOFOLLOW">
<body><iframe id="main-iframe" src="/_Incapsula_Resource?SWUDNSAI=31&xinfo=5-1" frameborder=0>
Request unsuccessful. Incapsula incident ID: 877000-4</iframe></body></html>"""
DATADOME = b"""<html><head><title>example.org</title></head><body><p id="cmsg">Please enable JS</p>
<script src="https://ct.captcha-delivery.com/c.js"></script></body></html>"""
F5 = b"""<html><head><title>Request Rejected</title></head><body>The requested URL was rejected.
Please consult with your administrator.<br>Your support ID is: 139</body></html>""".replace(
    b"\n", b" "
)
SITEGROUND = b"""<html><head><meta http-equiv="refresh"
content="0;/.well-known/sgcaptcha/?r=%2F&y=ipr:1"></head></html>"""
RELEASE = b"<html><body><h1>Fares Frozen</h1><p>The Coast Authority will not raise fares.</p>"


@pytest.mark.parametrize(
    ("status", "headers", "body", "wall"),
    [
        (403, {"cf-mitigated": "challenge"}, b"", "Cloudflare"),
        (403, {}, CLOUDFLARE, "Cloudflare"),
        (503, {}, CLOUDFLARE, "Cloudflare"),
        (429, {}, b"<div id='cf-error-details'>You are being rate limited</div>", "Cloudflare"),
        (403, {}, AKAMAI, "Akamai"),
        (200, {}, IMPERVA, "Imperva"),
        (403, {}, IMPERVA, "Imperva"),
        (403, {}, DATADOME, "DataDome"),
        (202, {"x-amzn-waf-action": "challenge"}, b"", "AWS WAF"),
        (405, {"x-amzn-waf-action": "captcha"}, b"", "AWS WAF"),
        (403, {}, b"<div id='px-captcha'></div>", "HUMAN"),
        (403, {}, b"<h1>Sucuri WebSite Firewall - Access Denied</h1>", "Sucuri"),
        (200, {}, F5, "F5"),
        (202, {"sg-captcha": "challenge"}, SITEGROUND, "SiteGround"),
    ],
)
def test_the_known_kinds_are_recognized(
    status: int, headers: dict[str, str], body: bytes, wall: str
) -> None:
    assert bot_wall(status, headers, body) == wall


@pytest.mark.parametrize("status", [200, 403, 404, 503])
def test_an_ordinary_page_is_none(status: int) -> None:
    assert bot_wall(status, {"server": "cloudflare"}, RELEASE) == ""


@pytest.mark.parametrize("status", [200, 404, 410, 500, 503, 522])
def test_the_page_of_a_protected_site_has_its_scripts_and_is_none(status: int) -> None:
    page = (
        b'<script src="/_Incapsula_Resource?SWJIYLWA=719d34d31c8e3a6e6fffd425f7e032f3"></script>'
        b'<script src="/cdn-cgi/challenge-platform/scripts/jsd/main.js"></script>'
        b"<script>window._pxAppId = 'PX1'</script>" + RELEASE
    )
    assert bot_wall(status, {}, page) == ""


def test_a_long_page_that_quotes_a_challenge_is_none() -> None:
    assert bot_wall(200, {}, RELEASE * 300 + F5) == ""
