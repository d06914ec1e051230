"""Pictures of what the bot says, as Discord would show it, for the README.

    python -m tests.screenshots              all scenes, into docs/screenshots/
    python -m tests.screenshots ask status   only those

The bot is the real one, on the loopback Discord; a scene is a message that it sent there. Each is
drawn as wide as a desktop's channel and, as NAME-phone.png, as a phone.

The modules:

    scenes.py      what is shown: the list to add to
    stage.py       the running bot, and scenes from what it said
    scene.py       a scene as a value: messages, dialogs, suggestions
    page.py        a scene as an HTML page; style.css is how it looks
    markdown.py    Discord's markdown as HTML
    components.py  buttons, selects, and Components v2
    embeds.py      classic embeds
    media.py       pictures and files
    dialogs.py     modals, and an autocomplete's list
    icons.py       icons and avatars
    chromium.py    an HTML page as PNG
    png.py         smaller PNG files
    samples.py     made-up messages that use everything
"""
