"""Entries and comments feeds from a blog's plain files.

The face of the package: `build` and `load_site` are all that a program needs; the command line is
`feeds.cli`. Everything is imported when it is first asked for, since cron pays for each import.
"""

from __future__ import annotations

#: Type checkers take this for true; importing it from `typing` would cost every run 8 ms.
TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from feeds.errors import FeedsError, Problem
    from feeds.pipeline import Report, build
    from feeds.settings import Settings
    from feeds.settings import load as load_site

__version__ = "0.1.0"
__all__ = ["FeedsError", "Problem", "Report", "Settings", "__version__", "build", "load_site"]

_HOMES = {
    "FeedsError": ("feeds.errors", "FeedsError"),
    "Problem": ("feeds.errors", "Problem"),
    "Report": ("feeds.pipeline", "Report"),
    "Settings": ("feeds.settings", "Settings"),
    "build": ("feeds.pipeline", "build"),
    "load_site": ("feeds.settings", "load"),
}


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    from importlib import import_module

    module, attribute = _HOMES[name]
    return getattr(import_module(module), attribute)
