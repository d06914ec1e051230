"""Rate limits (/topics/rate-limits)."""

from __future__ import annotations

from collections import deque


class SlidingWindow:
    """Lets at most ``most`` events through in any period of ``seconds``."""

    def __init__(self, most: int, seconds: float) -> None:
        self.most = most
        self.seconds = seconds
        self._taken: deque[float] = deque()

    def take(self, now: float, count: int = 1) -> float:
        """Let all of ``count`` events through or none; return the seconds to wait, 0 if let."""
        while self._taken and now - self._taken[0] >= self.seconds:
            self._taken.popleft()
        if len(self._taken) + count > self.most:
            return self.seconds - (now - self._taken[0]) if self._taken else self.seconds
        self._taken.extend([now] * count)
        return 0.0
