"""Users of Spanish are answered in Spanish, with quotations as they were published."""

import json
from pathlib import Path

from retrieval.archive import Archive
from tests.bot.online import PATIENCE, Run, labels
from tests.loopback import LoopbackDiscord

BRIDGE = "How much did the bridge cost?"


async def test_users_are_answered_in_their_language(run: Run, newsrooms_archive: Archive) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        ana = it.discord.new_user("ana", locale="es-ES")
        answer = await it.ask(BRIDGE, user=ana)
        assert "> **The bridge cost $48 million" in answer.text.replace("__", "")
        assert "18 de marzo de 2024 · www.harbor.example · párrafo 2" in answer.text
        assert {"Abrir el pasaje", "En contexto", "Comunicado entero", "Útil"} <= {*labels(answer)}
        nothing = await it.ask("What is the capital of Mongolia?", user=ana)
        assert "### Nada de lo publicado responde a esto." in nothing.text
        refused = await it.slash("ask", {"question": "x", "since": "nunca"}, user=ana)
        assert refused.text.startswith("«nunca» no es una fecha")
        months = await it.discord.autocomplete("ask", "since", "mes pasado", user=ana)
        assert months[0]["name"].startswith("el mes pasado (")
        listed = await it.slash("releases", user=ana)
        assert listed.text.endswith("-# 1 a 4 de 4, primero los más nuevos")
        # A button answers in the language of the user who clicks it.
        context = await it.click(answer, "En contexto", user=it.discord.manager)
        assert "paragraph 2 of 3" in context.text


async def test_mentions_are_answered_in_the_language_of_the_server(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with LoopbackDiscord() as discord:
        discord.guild_locale = "es-ES"
        async with run(archive=newsrooms_archive, on=discord) as it:
            await it.indexed()
            mention = await discord.mention(BRIDGE)
            assert "18 de marzo de 2024" in (await mention.reply(PATIENCE)).text


ENGLISH_ONLY = "Los comunicados están en inglés y no traduzco nada. Pregunta en inglés"


async def test_whoever_asks_in_spanish_is_told_that_the_releases_are_in_english(
    run: Run, newsrooms_archive: Archive
) -> None:
    async with run(archive=newsrooms_archive) as it:
        await it.indexed()
        ana = it.discord.new_user("ana", locale="es-ES")
        for question in ("¿Cuánto costó el puente del puerto?", "cuando abren las bibliotecas"):
            # Whatever the language of their Discord is.
            for user in (ana, it.discord.member):
                assert ENGLISH_ONLY in (await it.ask(question, user=user)).text
        mention = await it.discord.mention("¿Quién abrió el puente?")
        assert ENGLISH_ONLY in (await mention.reply(PATIENCE)).text
        assert "inglés" not in (await it.ask(BRIDGE, user=ana)).text
        assert "inglés" not in (await it.ask("Los Angeles bridge cost")).text


async def test_nobody_is_told_so_of_releases_in_spanish(run: Run, tmp_path: Path) -> None:
    release = {
        "title": "La alcaldesa abre el puente del puerto",
        "text": "La alcaldesa abrió el lunes el puente, que costó 48 millones de dólares.",
    }
    path = tmp_path / "es.jsonl"
    path.write_text(json.dumps(release), encoding="utf-8")
    async with run(path) as it:
        await it.indexed()
        answer = await it.ask("¿Cuánto costó el puente del puerto?")
        assert "48 millones" in answer.text
        assert "inglés" not in answer.text
