"""reStructuredText, which Nikola and Pelican start with → HTML, by docutils.

docutils is asked for when the first such post comes. It may read no file and open no address,
whatever the text names; what it does not know (directives of a program's own) is left out.
"""

from __future__ import annotations

import re

from feeds.errors import ContentError
from feeds.sources.records import Record, Scalar

#: A line of nothing but one sign of punctuation, over or under a title.
_RULE = re.compile(r"([!-/:-@\[-`{-~])\1{2,}\s*$")
_FIELD = re.compile(r":([\w -]{1,60}):(?:\s+(.*))?$")
_MAX_LENGTH = 1_000_000


def rendered(text: str) -> str:
    """Return the HTML of a body.

    Raises:
        ContentError: docutils is not installed, or cannot make anything of it.
    """
    try:
        from docutils.core import publish_parts
        from docutils.utils import SystemMessage
        from docutils.writers.html5_polyglot import Writer
    except ImportError:
        raise ContentError(
            "reStructuredText takes the package docutils",
            "install it (pip install docutils), or set `built` below [content]",
        ) from None
    settings = {
        "file_insertion_enabled": False,
        "raw_enabled": True,
        "report_level": 5,
        "halt_level": 5,
        "doctitle_xform": False,
        "initial_header_level": 2,
        "syntax_highlight": "none",
        "math_output": "HTML",
        "smart_quotes": False,
        "_disable_config": True,
        "embed_stylesheet": False,
    }
    try:
        parts = publish_parts(text[:_MAX_LENGTH], writer=Writer(), settings_overrides=settings)
    except (SystemMessage, ValueError, RecursionError, AttributeError, TypeError) as error:
        raise ContentError(
            f"not reStructuredText: {type(error).__name__}", "mend it, or take the built page"
        ) from None
    return str(parts["fragment"])


def split(text: str) -> tuple[Record, str] | None:
    """Take apart a title and the `:key: value` lines below it, as Pelican reads them.

    None: the text does not start so.
    """
    lines = text.split("\n")
    at = next((n for n, line in enumerate(lines) if line.strip()), len(lines))
    if at < len(lines) and _RULE.match(lines[at]):
        at += 1
    if at + 1 >= len(lines) or not _RULE.match(lines[at + 1]):
        return None
    head: Record = {"title": Scalar(lines[at].strip(), at + 1)}
    at += 2
    while at < len(lines) and not lines[at].strip():
        at += 1
    while at < len(lines) and (field := _FIELD.match(lines[at])):
        value = field[2] or ""
        head[field[1].strip().lower()] = Scalar(value.strip(), at + 1)
        at += 1
    return head, "\n".join(lines[at:])
