"""Looking for something in texts: patterns that are compiled when they are first used, rare signs.

To compile the hundred that the package has takes 25 ms, a sixth of a first build of 2,000 posts, and
a run uses a few of them. Once used, one costs what any other does.
"""

from __future__ import annotations

import re
from typing import Any, cast

_METHODS = ("findall", "finditer", "fullmatch", "match", "search", "split", "sub", "subn")


class _Lazy:
    """What stands for a pattern until somebody asks it for anything."""

    def __init__(self, source: str, flags: int) -> None:
        self._said = source, flags

    def __getattr__(self, name: str) -> Any:
        """Compile, and keep at hand whatever may be asked for next; asked for what is not there."""
        compiled = re.compile(*self._said)
        self.__dict__.update({method: getattr(compiled, method) for method in _METHODS})
        return getattr(compiled, name)


def lazy(source: str, flags: int = 0) -> re.Pattern[str]:
    """Return a pattern that `re.compile` would return, later."""
    return cast(re.Pattern[str], _Lazy(source, flags))


def holds(text: str, *starts: str) -> bool:
    """Tell whether any of these is in a text; all of them begin with one sign, which is rare.

    To look for a sign takes a twentieth of the time that it takes to look for two in a row.
    """
    sign = starts[0][0]
    at = text.find(sign)
    while at >= 0:
        if text.startswith(starts, at):
            return True
        at = text.find(sign, at + 1)
    return False
