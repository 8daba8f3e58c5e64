"""The house: who may import whom, and who owns the disk, the clock and the terminal."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import feeds

PACKAGE = Path(feeds.__file__).parent
#: From the bottom to the top; a room imports only rooms before it.
ROOMS = (
    "tuples",
    "listing",
    "unchanged",
    "trace",
    "patterns",
    "errors",
    "model",
    "feed",
    "dates",
    "urls",
    "references",
    "cmark",
    "nesting",
    "simple",
    "markup",
    "layouts",
    "settings",
    "ids",
    "visibility",
    "sources",
    "exports",
    "threads",
    "public",
    "linking",
    "rows",
    "tables",
    "known",
    "fresh",
    "wrong",
    "index",
    "parallel",
    "placing",
    "reading",
    "ahead",
    "comparing",
    "storing",
    "sharing",
    "refresh",
    "memory",
    "plans",
    "compose",
    "formats",
    "learned",
    "budget",
    "guard",
    "precompress",
    "outcomes",
    "publish",
    "standing",
    "render",
    "page",
    "importing",
    "repository",
    "scaffold",
    "serve",
    "cron",
    "staging",
    "taking",
    "pipeline",
    "adopting",
    "redirects",
    "moving",
    "summary",
    "arguments",
    "cli",
)
MODULES = sorted(PACKAGE.rglob("*.py"))


def _room(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def _imports(module: Path) -> Iterator[tuple[str, str]]:
    """Yield the modules that a module imports, and the names it takes from them."""
    for node in ast.walk(ast.parse(module.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from ((alias.name, "") for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from ((node.module or "", alias.name) for alias in node.names)


def _rooms_used(module: Path) -> set[str]:
    rooms = set()
    for name, taken in _imports(module):
        parts = name.split(".")
        if parts[0] == "feeds":
            rooms.add(parts[1] if len(parts) > 1 else taken)
    return rooms & set(ROOMS)


def test_every_room_has_its_place() -> None:
    assert {_room(module) for module in MODULES} <= {*ROOMS, "__init__", "__main__"}


@pytest.mark.parametrize("module", MODULES, ids=lambda m: str(m.relative_to(PACKAGE)))
def test_a_room_imports_only_rooms_below_it(module: Path) -> None:
    room = _room(module)
    if room in ROOMS:
        allowed = set(ROOMS[: ROOMS.index(room) + 1])
        assert _rooms_used(module) <= allowed


def test_sources_and_formats_never_meet() -> None:
    for module in MODULES:
        if _room(module) == "formats":
            assert not _rooms_used(module) & {"sources", "index", "threads"}


def test_two_rooms_read_html_of_others() -> None:
    """A saved page is whatever it is; a built one is the author's own, and asked for one element."""
    users = {
        str(module.relative_to(PACKAGE))
        for module in MODULES
        if any(name.split(".")[0] == "selectolax" for name, _ in _imports(module))
    }
    assert users == {"exports/page_tree.py", "sources/templates.py"}


@pytest.mark.parametrize(
    ("library", "owner"),
    [
        ("feedgen", "formats/_feedgen.py"),
        ("dateutil", "dates.py"),
        ("nh3", "markup.py"),
        ("cmarkgfm", "cmark.py"),
        ("yaml", "sources/libyaml.py"),
        ("argparse", "arguments.py"),
    ],
)
def test_a_library_has_one_owner(library: str, owner: str) -> None:
    users = {
        str(module.relative_to(PACKAGE))
        for module in MODULES
        if any(name.split(".")[0] == library for name, _ in _imports(module))
    }
    assert users == {owner}


def test_only_the_command_line_prints_and_looks_at_the_clock() -> None:
    for module in MODULES:
        if _room(module) in {"cli", "serve", "unchanged"}:  # HTTP wants a Date, cron an answer
            continue
        text = module.read_text("utf-8")
        for word in ("print(", "datetime.now(", "time.time("):
            assert word not in text, f"{word} in {module.name}"
