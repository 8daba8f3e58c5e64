"""`feeds redirects`: what a web server is told so that nobody's subscription breaks by the move.

For each address that a subscriber may have of the old system: the address of the new file. And for
the files: their media types and how long they keep. Values in, text out; the same values, the same
text.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from enum import StrEnum
from importlib import import_module
from typing import Protocol, cast

from feeds.redirects import old_addresses
from feeds.redirects.old_addresses import System
from feeds.redirects.posts import OldPost, collect, number_of
from feeds.redirects.serving import Task
from feeds.settings import Settings

__all__ = ["OldPost", "Server", "System", "number_of", "rules"]


class Server(StrEnum):
    """What will serve the files."""

    NGINX = "nginx"
    APACHE = "apache"
    CADDY = "caddy"
    #: And whoever else reads `_redirects` and `_headers`.
    NETLIFY = "netlify"


class _Dialect(Protocol):
    def rules(self, task: Task) -> str: ...


def rules(server: Server, old: System, site: Settings, posts: Sequence[OldPost]) -> str:
    """Return what goes into a server's configuration, with comments that say where.

    Args:
        server: whose language.
        old: what made the site until now.
        site: where the site and its feeds are, and in which formats.
        posts: every public post and page. Their order does not matter.
    """
    # Without such feeds there is nothing to send anybody to.
    wanted = posts if site.feeds.post_comments else ()
    known = collect(wanted, site.url, suffixes=server is not Server.NETLIFY)
    addresses = old_addresses.of(old, site, known.folders)
    if not addresses.at_permalinks:
        known = replace(known, shapes=(), names={})
    module = cast(_Dialect, import_module(f"feeds.redirects.{server.value}"))
    return module.rules(Task(site, old, addresses, known))
