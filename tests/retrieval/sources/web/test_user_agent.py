"""What Verbatim calls itself."""

import re

from retrieval.sources.web.user_agent import user_agent


def test_it_names_the_bot_its_version_its_purpose_and_a_contact() -> None:
    agent = user_agent("https://harbor.example/bot")
    assert re.fullmatch(
        r"VerbatimBot/[\d.]+ \(reads press releases to quote them; \+https://harbor\.example/bot\)",
        agent,
    )


def test_without_a_contact_it_names_the_rest() -> None:
    assert re.fullmatch(r"VerbatimBot/[\d.]+ \(reads press releases to quote them\)", user_agent())
