"""The arguments of each command, and what `--help` says of them."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, TypeAlias

from feeds import __version__

if TYPE_CHECKING:
    Commands: TypeAlias = argparse._SubParsersAction[argparse.ArgumentParser]

#: What somebody typed, taken apart.
Arguments: TypeAlias = argparse.Namespace
#: What runs a command, by its name, and returns the exit code.
Runs: TypeAlias = Mapping[str, Callable[[Arguments], int]]

#: The choices of `redirects` and `import`, which are not imported to print a help text.
SERVERS = ("nginx", "apache", "caddy", "netlify")
_SYSTEMS = (
    "wordpress",
    "jekyll",
    "hugo",
    "pelican",
    "nikola",
    "zola",
    "ghost",
    "blogger",
    "octopress",
    "any",
)
_IMPORTED = ("blogger", "commento", "disqus", "ghost", "isso", "page", "remark42", "wxr")


def parser(runs: Runs, command: str | None = None) -> argparse.ArgumentParser:
    """Return the parser of the command line.

    Args:
        runs: what runs each command.
        command: the one that is asked for; the others are left out then, since to describe all of
            them takes longer than to look at a hundred files. None, or any other word: all.
    """
    top = argparse.ArgumentParser(
        prog="feeds",
        description="Entries and comments feeds (RSS 2.0, Atom 1.0, JSON Feed 1.1) from plain files.",
        epilog="Example: feeds init && feeds build && feeds serve",
    )
    top.add_argument("--version", action="version", version=f"feeds {__version__}")
    commands = top.add_subparsers(prog="feeds", metavar="COMMAND", required=True)
    for add in [_PARSERS[command]] if command in _PARSERS else _PARSERS.values():
        add(commands, runs)
    return top


def _command(
    commands: Commands, name: str, run: Callable[[argparse.Namespace], int], what: str, example: str
) -> argparse.ArgumentParser:
    parser = commands.add_parser(
        name,
        help=what,
        description=what[0].upper() + what[1:] + ".",
        epilog=f"example:\n{example}",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.set_defaults(command=run)
    return parser


def _add_content(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "content",
        nargs="?",
        metavar="CONTENT",
        help="the folder with site.toml (default: this one if it has one, else content)",
    )


def _add_output(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "-o",
        "--output",
        metavar="OUTPUT",
        help="where the feeds go (default: `output` of site.toml, else output)",
    )


def _build_parser(commands: Commands, runs: Runs) -> None:
    parser = _command(
        commands,
        "build",
        runs["build"],
        "make the feeds of the posts and comments in CONTENT and publish what changed",
        "  feeds build                        # content/ → output/\n"
        "  feeds build ~/blog -o /var/www/feeds\n"
        "  feeds build -v                     # why is my post not in the feed?",
    )
    _add_content(parser)
    _add_output(parser)
    parser.add_argument("--accept", action="store_true", help="publish what the guard refused")
    parser.add_argument(
        "--against", metavar="DIR", help="compare with the feeds in DIR, as they are published now"
    )
    parser.add_argument(
        "--strict", action="store_true", help="publish nothing if there is any problem"
    )
    parser.add_argument("--dry-run", action="store_true", help="publish nothing, say what would be")
    parser.add_argument(
        "--now", metavar="TIME", help="build as at this time, such as 2026-11-22T10:00"
    )
    parser.add_argument(
        "--wait",
        metavar="SECONDS",
        type=_seconds,
        default=0.0,
        help="wait for another build to end",
    )
    parser.add_argument(
        "--settle",
        metavar="SECONDS",
        type=_seconds,
        help="leave younger files time to become whole (default: 2, on a terminal 0)",
    )
    parser.add_argument(
        "--index", metavar="PATH", help="where to keep the index (default: the user's cache folder)"
    )
    parser.add_argument("--no-index", action="store_true", help="keep no index: build from nothing")
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    volume = parser.add_mutually_exclusive_group()
    volume.add_argument(
        "-q", "--quiet", action="store_true", help="print nothing but errors that end the build"
    )
    volume.add_argument(
        "-v", "--verbose", action="store_true", help="also say what was left out and why"
    )


def _import_parser(commands: Commands, runs: Runs) -> None:
    parser = _command(
        commands,
        "import",
        runs["import"],
        "turn exports and saved pages into posts and comments",
        "  feeds import wordpress.xml                    # a blog that was exported\n"
        "  feeds import disqus.xml --into .              # comments for the posts that are there\n"
        "  feeds import page.txt --url https://americablog.com/2017/04/a-post.html",
    )
    parser.add_argument(
        "files", nargs="+", metavar="FILE", help="an export, or a page saved as HTML or text"
    )
    parser.add_argument(
        "--into",
        metavar="CONTENT",
        help="where posts and comments go (default: this folder if it has a site.toml, else content)",
    )
    parser.add_argument(
        "--url", metavar="URL", help="the page's address, or that of an export's blog"
    )
    parser.add_argument("--date", metavar="DATE", help="when a saved page's post was published")
    parser.add_argument("--author", metavar="NAME", help="who wrote, where nobody is named")
    parser.add_argument(
        "--format",
        metavar="F",
        choices=_IMPORTED,
        help=f"what FILE is, if it cannot be told by itself: {', '.join(_IMPORTED)}",
    )
    parser.add_argument("--pings", action="store_true", help="import pingbacks and trackbacks, too")
    parser.add_argument(
        "--keep-all", action="store_true", help="keep the furniture around the post"
    )


def _serve_parser(commands: Commands, runs: Runs) -> None:
    parser = _command(
        commands,
        "serve",
        runs["serve"],
        "serve OUTPUT on this machine, to look at it",
        "  feeds serve                        # http://127.0.0.1:8000/",
    )
    parser.add_argument(
        "output",
        nargs="?",
        metavar="OUTPUT",
        help="the folder (default: `output` of site.toml, else output)",
    )
    parser.add_argument("--port", type=int, default=8000, help="the port (default: 8000)")


def _cron_parser(commands: Commands, runs: Runs) -> None:
    parser = _command(
        commands,
        "cron",
        runs["cron"],
        "print the crontab line and the systemd timer that keep the feeds up to date",
        "  feeds cron                         # what to put where\n"
        "  feeds cron ~/blog -o /var/www/feeds --every 5\n"
        "  feeds cron --check                 # is the last build recent, and did it go well?",
    )
    _add_content(parser)
    _add_output(parser)
    parser.add_argument(
        "--every", metavar="MINUTES", type=_minutes, default=10, help="how often (default: 10)"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="print nothing, but exit with 1 and say why if the last build did not go well, or is "
        "longer ago than three times MINUTES",
    )


def _init_parser(commands: Commands, runs: Runs) -> None:
    parser = _command(
        commands,
        "init",
        runs["init"],
        "write a site.toml, and where there is no blog yet a first post",
        "  feeds init                         # content/site.toml, content/posts/hello.md\n"
        "  cd my-jekyll-blog && feeds init    # site.toml, made from _config.yml",
    )
    parser.add_argument(
        "folder",
        nargs="?",
        metavar="DIR",
        default=".",
        help="the folder to hold content/, or the repository of a blog (default: this one)",
    )


def _adopt_parser(commands: Commands, runs: Runs) -> None:
    parser = _command(
        commands,
        "adopt",
        runs["adopt"],
        "compare feeds saved from the old site with what would be published: which entries would "
        "come back as new",
        "  curl -Lo old.xml https://blog.example/feed/\n"
        "  feeds adopt old.xml                # which entries would subscribers get again?\n"
        "  feeds adopt old.xml comments.xml ~/blog --write",
    )
    parser.add_argument(
        "files",
        nargs="+",
        metavar="FEED",
        help="a saved feed (RSS, Atom, JSON Feed, also packed), or a WordPress export; the last may "
        "be CONTENT, the folder with site.toml (default: content)",
    )
    parser.add_argument(
        "--write",
        action="store_true",
        help="pin the old ids: one line in each post's front matter, nothing else is touched",
    )


def _redirects_parser(commands: Commands, runs: Runs) -> None:
    parser = _command(
        commands,
        "redirects",
        runs["redirects"],
        "print what your web server needs so that the old addresses of feeds lead to the new ones",
        "  feeds redirects --server nginx --from wordpress > feeds.conf\n"
        '  feeds redirects ~/blog --server apache   # lines with "# ---" say where each part goes',
    )
    _add_content(parser)
    parser.add_argument(
        "--server",
        choices=SERVERS,
        metavar="SERVER",
        help=f"what serves the site: {', '.join(SERVERS)} (default: print the rules for each)",
    )
    parser.add_argument(
        "--from",
        dest="old",
        default="any",
        choices=_SYSTEMS,
        metavar="SYSTEM",
        help=f"what made the site until now: {', '.join(_SYSTEMS)} (default: any)",
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


def _minutes(text: str) -> int:
    if not (text.isascii() and text.isdigit() and 0 < int(text) < 1e6):
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of minutes")
    return int(text)


_PARSERS: Mapping[str | None, Callable[[Commands, Runs], None]] = MappingProxyType(
    {
        "build": _build_parser,
        "import": _import_parser,
        "serve": _serve_parser,
        "cron": _cron_parser,
        "init": _init_parser,
        "adopt": _adopt_parser,
        "redirects": _redirects_parser,
    }
)
