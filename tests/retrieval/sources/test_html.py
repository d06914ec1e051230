import logging
from datetime import date

import pytest

from retrieval.sources.html import read_html

PAGE = """<!doctype html><html><head><title>Smith Introduces Water Bill | Senator Smith</title>
<link rel="canonical" href="https://www.smith.senate.gov/news/bill">
<meta property="article:published_time" content="2025-09-08T10:00:00Z"></head><body>
<nav><a href="/">Home</a> <a href="/news">News</a></nav><main><article>
<h1>Smith Introduces Water Bill</h1><time datetime="2025-09-08">September 8, 2025</time>
<p><b>WASHINGTON, D.C.</b> — Senator Smith today <a href="/b">introduced the <em>Clean
 Water Act</em></a>, which would fund <a href="/p">pipes</a>. It would help many in Ohio.</p>
<p>“This bill is good,” <strong>said Senator Smith</strong>. “It would help people who have no
water at home, and it would do so at once.”</p><p>The bill would:</p>
<ul><li>Fund pipes in <a href="/t">small towns</a>;</li><li>Train workers.</li></ul>
<h2>Background</h2><p>Ohio has old pipes, which a report called a danger to all who drink.</p>
<p>###</p></article></main><footer>Copyright 2025 Senator Smith</footer></body></html>"""


def test_the_main_text_of_a_page_is_read_in_whole_paragraphs():
    draft = read_html(PAGE)
    assert draft.title == "Smith Introduces Water Bill"
    assert draft.date == date(2025, 9, 8)
    assert draft.url == "https://www.smith.senate.gov/news/bill"
    assert draft.dateline == "WASHINGTON, D.C."
    assert draft.paragraphs == (
        "WASHINGTON, D.C. — Senator Smith today introduced the Clean Water Act, which would fund "
        "pipes. It would help many in Ohio.",
        "“This bill is good,” said Senator Smith. “It would help people who have no water at "
        "home, and it would do so at once.”",
        "The bill would:",
        "Fund pipes in small towns;",
        "Train workers.",
        "Background",
        "Ohio has old pipes, which a report called a danger to all who drink.",
    )


@pytest.mark.parametrize("page", ["", "<html></html>", "no page at all", "<p>", "\x00<a"])
def test_a_page_without_text_is_refused_and_nothing_is_printed(page, capfd):
    with pytest.raises(ValueError, match="page"):
        read_html(page)
    assert capfd.readouterr().err == ""


def test_the_parsers_log_nothing_and_their_loggers_are_restored(caplog):
    logger = logging.getLogger("trafilatura")
    before = (logger.level, logger.propagate, list(logger.handlers))
    with pytest.raises(ValueError, match="page"):
        read_html("no page at all")
    assert caplog.records == []
    assert (logger.level, logger.propagate, list(logger.handlers)) == before
