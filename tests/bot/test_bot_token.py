"""The token: from the environment, .env or a file, and who else can read it."""

from pathlib import Path
from typing import Any

import pytest

from bot.bot_token import exposed_token, read_token
from bot.cli.main import run
from bot.run import TokenMissing, run_bot
from bot.settings import BadSetting, Settings

TOKEN = "MTIzNDU2Nzg5MDEyMzQ1Njc4.GabcdE.xyz"


@pytest.fixture
def doctor(capsys: pytest.CaptureFixture[str]) -> Any:
    """What ``verbatim doctor`` prints."""

    def call() -> str:
        run(["doctor"])
        return capsys.readouterr().out

    return call


def test_it_is_in_the_environment_or_in_dotenv(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_token(Settings()) is None
    Path(".env").write_text(f"DISCORD_TOKEN={TOKEN}\n")
    assert read_token(Settings()) == TOKEN
    monkeypatch.setenv("DISCORD_TOKEN", "another")
    assert read_token(Settings()) == "another"


def test_it_is_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    path = tmp_path / "token"
    path.write_text(f"{TOKEN}\n")
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(path))
    assert read_token(Settings()) == TOKEN
    assert TOKEN not in repr(Settings())


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (None, "cannot be read: No such file"),
        (b"", "has no token"),
        (b" \n", "has no token"),
        (b"DISCORD_TOKEN = x", "has no token"),
        (b"\xff\xfe", "it is not a text"),
    ],
)
def test_a_file_without_a_token_stops_the_bot_and_no_other_command(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, content: bytes | None, expected: str
) -> None:
    path = tmp_path / "token"
    if content is not None:
        path.write_bytes(content)
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(path))
    settings = Settings()
    with pytest.raises(BadSetting, match=expected) as refused:
        run_bot(settings)
    assert str(path) in str(refused.value)


def test_two_tokens_are_refused(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", TOKEN)
    monkeypatch.setenv("DISCORD_TOKEN_FILE", str(tmp_path / "token"))
    with pytest.raises(BadSetting, match="Set only one of them"):
        read_token(Settings())


def test_others_who_can_read_dotenv_are_told_of(doctor: Any) -> None:
    dotenv = Path(".env")
    dotenv.write_text("VERBATIM_NEWSROOM=harbor.example\n")
    dotenv.chmod(0o644)
    assert exposed_token() is None, "it has no token"
    dotenv.write_text(f"DISCORD_TOKEN={TOKEN}\n")
    assert exposed_token()
    out = doctor()
    assert "other users of this machine can read the token in .env" in out
    assert "→ Run: chmod 600 .env" in out
    dotenv.chmod(0o600)
    assert exposed_token() is None
    out = doctor()
    assert "✓ token: DISCORD_TOKEN has the form of a bot's token" in out


def test_the_bot_says_at_its_start_that_others_can_read_the_token(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    started = []

    async def serve(settings: Settings, token: str, **_: object) -> None:
        started.append(token)

    monkeypatch.setattr("bot.run.serve", serve)
    Path(".env").write_text(f"DISCORD_TOKEN={TOKEN}\n")
    Path(".env").chmod(0o640)
    run_bot(Settings())
    assert started == [TOKEN]
    assert "Run: chmod 600 .env" in caplog.text
    assert TOKEN not in caplog.text


def test_no_token_at_all_is_explained() -> None:
    with pytest.raises(TokenMissing):
        run_bot(Settings())
