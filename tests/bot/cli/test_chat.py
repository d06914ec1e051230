"""``verbatim chat`` in a terminal."""

import os
import pty
import signal
import sys
from select import select

import pytest

from bot.cli.chat import GREETING
from tests.bot.cli.test_commands import clean, in_a_shell

_PATIENCE = 10  # seconds without a sign of life
_TRIES = 12


def chat(data: str, typed: bytes) -> tuple[int, str]:
    """Chat in a terminal; return the exit status and what it showed after the greeting."""
    command = [sys.executable, "-m", "bot", "chat", "--data", data]
    environment = clean() | {"TERM": "xterm"}
    pid, terminal = pty.fork()
    if not pid:
        os.execve(command[0], command, environment)
    shown, tries = b"", 0
    try:
        while tries < _TRIES:
            ready, _, _ = select([terminal], [], [], _PATIENCE)
            if ready:
                shown += os.read(terminal, 4096)
            # A key may be lost while the terminal changes its mode: it is pressed again.
            if b"? " in shown and (not tries or not ready):
                os.write(terminal, typed)
                tries += 1
            elif not ready:
                tries += 1
        os.kill(pid, signal.SIGKILL)
    except OSError:  # how the end of a terminal is reported
        pass
    os.close(terminal)
    _, status = os.waitpid(pid, 0)
    _, _, after = shown.decode().partition(f"{GREETING}\r\n")
    return os.waitstatus_to_exitcode(status), after


@pytest.mark.parametrize("typed", [b"quit\n", b" Exit \n", b"salir\n", b":q\n", b"\n"])
def test_a_word_leaves(data: str, typed: bytes) -> None:
    status, after = chat(data, typed)
    assert status == 0
    assert after == f"? {typed.decode().rstrip()}\r\n" or after.endswith(" \r\n")


@pytest.mark.parametrize("typed", [b"\x04", b"\x03"])
def test_so_do_ctrl_d_and_ctrl_c_which_end_the_line(data: str, typed: bytes) -> None:
    status, after = chat(data, typed)
    assert status == 0
    assert after.endswith("? \r\n")
    assert "Traceback" not in after
    assert "verbatim:" not in after


def test_a_word_leaves_a_script_as_well(data: str) -> None:
    out, err = in_a_shell("chat", "--data", data, stdin="fares\nquit\nbridge\n")
    assert "Ferry Fares" in out
    assert "Bridge" not in out
    assert GREETING in err


def test_an_error_repeats_the_data_folder_and_the_chat_goes_on(data: str) -> None:
    out, err = in_a_shell("chat", "--data", data, stdin="???\nfares\n")
    assert "the question has no words" in err
    assert "Ferry Fares" in out


def test_thanks_are_no_question_and_what_follows_them_is_a_follow_up(data: str) -> None:
    out, _ = in_a_shell("chat", "--data", data, stdin="Who froze the ferry fares?\nthanks!\nwhy?\n")
    assert "You are welcome." in out
    assert "read as “why? froze the ferry fares”" in out
