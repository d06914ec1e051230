"""Pictures of what the bot says, as Discord would show it, for README.md and docs/discord.md.

    python -m tests.screenshots                 all of them, into docs/screenshots/
    python -m tests.screenshots ask timeline    only these

The bot is the real one, on the loopback Discord; a scene is a message that it sent there.

    scenes.py        what is shown; the only module that knows the bot
    newsroom.py      the releases that it is shown with
    page.py          a message as an HTML page, by page.html.j2 and page.css
    browser.py       an HTML page as PNG, by Chromium
"""
