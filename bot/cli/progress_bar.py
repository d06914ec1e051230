"""Progress at the terminal: a bar, or a line now and then where there is no terminal."""

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

_WIDE = 60  # columns from which there is room for what is counted and the time that is left


class ProgressBar:
    """Shows how far something is.

    Elsewhere than in a terminal it prints a line for each tenth, and for each thousand where the
    end is not known.
    """

    def __init__(self, console: Console, counted: str) -> None:
        """Prepare the bar; it shows within a ``with`` statement.

        Args:
            console: where it is shown.
            counted: what is counted, in the plural: "releases".
        """
        self._console = console
        self._printed: tuple[str, int] | None = None
        rest = (TextColumn(counted), TimeRemainingColumn())
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(),
            MofNCompleteColumn(),
            *(rest if console.width >= _WIDE else ()),
            console=console,
            transient=True,
            disable=not console.is_terminal,
        )
        self._task = self._bar.add_task("", total=None)

    def __enter__(self) -> "ProgressBar":
        self._bar.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._bar.stop()

    def show(self, stage: str, line: str, done: int, total: int | None) -> None:
        """Show how far it is.

        Args:
            stage: what is being done: "fetching".
            line: all of it in words: "fetching, 40 of 120 pages".
            done: how many are done.
            total: how many there are; None or 0 if that is not known.
        """
        if self._console.is_terminal:
            self._bar.update(self._task, description=stage, completed=done, total=total or None)
            return
        part = 10 * done // total if total else done // 1000
        if (stage, part) != self._printed and (part or total):
            self._printed = (stage, part)
            self._console.print(line, soft_wrap=True)
