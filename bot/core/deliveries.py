"""Events that Discord delivers more than once, as it may when a connection was resumed."""

from collections import OrderedDict

_REMEMBERED = 10_000  # ids: hours of a busy bot, where Discord repeats the last minutes at most


class Deliveries:
    """Tells the first delivery of an interaction or a message from further ones."""

    def __init__(self, remembered: int = _REMEMBERED) -> None:
        self._remembered = remembered
        self._ids: OrderedDict[int, None] = OrderedDict()

    def is_first(self, id: int) -> bool:
        """Whether an id has not been delivered before; from now on it has been."""
        if id in self._ids:
            return False
        self._ids[id] = None
        if len(self._ids) > self._remembered:
            self._ids.popitem(last=False)
        return True
