"""``/status`` in Discord."""

from retrieval.archive import Archive
from tests.bot.online import Run


async def test_status_shows_size_age_model_and_newsrooms(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        lines = (await it.slash("status")).text.splitlines()
        assert lines[1] == "**4 releases**, 8 paragraphs"
        assert lines[2] == "Published: March 18, 2024 to January 9, 2025"
        assert lines[3].startswith("Read: <t:")
        assert lines[4] == "Model: verbatim"
        assert lines[5] == "Newsrooms: www.harbor.example (2), coast.example (1)"
