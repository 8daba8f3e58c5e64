"""What a site's own generator makes of a file: a module per generator, one question to all.

A generator's rules (which files are posts, when they came, where they stand on the web) are told by
its configuration, the file's path and its front matter. Each module is a pure function of these.
"""

from __future__ import annotations

from datetime import datetime
from typing import Protocol

from feeds.sources.records import Record
from feeds.tuples import NamedTuple


class Page(NamedTuple):
    """A file that the generator's own feed would list, or one that is hidden.

    A tuple, which is made in a quarter of the time: there is one for each post.
    """

    #: The front matter, with what the site's configuration says for files such as this.
    head: Record
    #: What the post is called: the contract's post name.
    name: str
    #: What the generator calls it if the front matter has no title.
    title: str
    #: Where it stands: a path from the site's home page, with a leading slash and encoded as the
    #: generator writes it, or an absolute URL.
    address: str
    #: As the generator reads it, aware; None: nothing says when, or what says it cannot be read.
    published: datetime | None = None
    updated: datetime | None = None
    #: From when on it is hidden; None: never.
    expires: datetime | None = None
    #: False: a draft, unpublished or expired, or kept out of lists: nothing about it is public.
    public: bool = True
    #: False: a page whose comments are public and that is no entry of the generator's feed.
    listed: bool = True
    #: Former addresses.
    aliases: tuple[str, ...] = ()
    #: What could not be understood, each a few words: `a date that cannot be read: "x"`.
    warnings: tuple[str, ...] = ()


class Generator(Protocol):
    """A generator, with the configuration of one site."""

    def page(self, relative: str, head: Record) -> Page | None:
        """Say what becomes of a file; None: the generator makes no page of its own of it.

        Args:
            relative: its path from the root of the repository, with `/`.
            head: its front matter; values are texts (`Scalar`), lists and mappings of them.
        """
