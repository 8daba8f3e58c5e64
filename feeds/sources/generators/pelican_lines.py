"""The lines at the head of Pelican's Markdown, as Python-Markdown reads them."""

from __future__ import annotations

import re

from feeds.sources.generators.meta_lines import is_private, said
from feeds.sources.records import Record, Scalar

_KEY = re.compile(r" {0,3}([A-Za-z0-9_-]+):[ \t]*(.*)")
_MORE = re.compile(r" {4,}(.*)")


def split(text: str) -> tuple[Record, str] | None:
    """Take apart `Key: value` lines, as Python-Markdown's Meta-Data extension reads them.

    Keys are in lower case. A key that stands several times, or has indented lines below it, holds
    a list. Lines between `---` are read the same way: they are not YAML to Pelican.

    Returns:
        The lines and the body; None: the file starts with something else.
    """
    lines = text.removeprefix("\ufeff").split("\n")
    found: dict[str, list[Scalar]] = {}
    key = ""
    number = 1 if lines[0].startswith("---") else 0
    for line in lines[number:]:
        line = line.rstrip("\r").expandtabs(4)
        if not line.strip() or line.startswith(("---", "...")):
            number += 1
            break
        more = _MORE.fullmatch(line)
        if match := _KEY.fullmatch(line):
            key = match[1].lower()
            found.setdefault(key, []).append(Scalar(said(key, match[2]), number + 1))
        elif more and key:
            found[key].append(Scalar(said(key, more[1]), number + 1))
        else:
            break
        number += 1
    if not found:
        return None
    head: Record = {
        name: values[0] if len(values) == 1 else list(values)
        for name, values in found.items()
        if not is_private(name)
    }
    return head, "\n".join(lines[number:])
