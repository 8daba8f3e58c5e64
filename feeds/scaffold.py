"""`feeds init`: a `site.toml`, and where there is no blog yet a first post.

Nothing is asked, and nothing overwritten.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from feeds.errors import StorageError
from feeds.repository import recognised
from feeds.settings import FILE_NAME

_SITE = """\
# What every feed, the footer and the links in your pages say about the site.
# The first three are required.

title = "My blog"
url = "https://blog.example/"          # the site's home page
ids = "tag:blog.example,{year}:"        # every id starts with it: set it once, never change it

feeds_url = "https://blog.example/feeds/"   # where output/ will be served
description = "What it is about, in a line"
language = "en"
timezone = "UTC"                       # for dates that name no zone, such as Europe/Berlin
author = "Your name"                   # when a post names nobody
# rights = "© {year} Your name. All rights reserved."
# permalink = "/{{year}}/{{month}}/{{slug}}"  # when a post gives none
# logo = "https://blog.example/logo.png"
# icon = "https://blog.example/favicon.png"

[footer]                               # what the footer of your site says
entries = "Entries RSS"
comments = "Comments RSS"

# [feeds]
# formats = ["rss", "atom", "json"]
# entries = 20                         # newest first
# comments = 50                        # site-wide
# post_comments = 100                  # for each post that has some; 0: no such feeds
# content = "full"                     # or "summary"
"""
_POST = """\
---
title: Hello
date: {date}
---

This is the first post. Its name is `hello`, after its file; a comment on it goes into
`content/comments/hello/1.md`:

    ---
    author: Ann
    date: {date}
    ---

    What the comment says.
"""


@dataclass(frozen=True, slots=True)
class Scaffold:
    """What `init` did."""

    #: Each file, and whether it was written; one that was there is left as it is.
    files: tuple[tuple[Path, bool], ...]
    #: What to know, and what to do next, a line each.
    advice: tuple[str, ...]


def init(folder: Path, now: datetime) -> Scaffold:
    """Write what a blog needs to have feeds.

    In a repository of another program's blog that is one `site.toml`; anywhere else a `content/`
    with a first post.

    Raises:
        UsageError: the other program's configuration cannot be read.
        StorageError: the system would not let us write.
    """
    if (found := recognised(folder, now.year)) and not (folder / "content" / FILE_NAME).exists():
        path = folder / FILE_NAME
        intro = f"This is the repository of a {found.layout.capitalize()} blog."
        written = ((path, _write_new(path, found.site_toml)),)
        return Scaffold(
            written, (intro, *found.advice, "Next: check site.toml, then `feeds build`.")
        )
    content = folder / "content"
    files = {
        content / FILE_NAME: _SITE.format(year=now.year),
        content / "posts" / "hello.md": _POST.format(date=f"{now:%Y-%m-%d %H:%M} +00:00"),
    }
    made = tuple((path, _write_new(path, text)) for path, text in files.items())
    return Scaffold(made, ("Next: fill in site.toml, then `feeds build` and `feeds serve`.",))


def _write_new(path: Path, text: str) -> bool:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("x", encoding="utf-8") as stream:
            stream.write(text)
    except FileExistsError:
        return False
    except OSError as error:
        raise StorageError(
            f"{path}: cannot be written ({error.strerror}); check space and permissions"
        ) from error
    return True
