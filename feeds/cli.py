"""The command line: arguments in, report out, exit code. The only print and the only clock."""

from __future__ import annotations

import argparse
import os
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from feeds import __version__
from feeds.errors import (
    ContentError,
    FeedsError,
    Problem,
    Severity,
    StorageError,
    UsageError,
    printable,
)

if TYPE_CHECKING:
    from feeds.pipeline import Report, Row
    from feeds.settings import Settings

_DEFAULT_CONTENT = "content"
_DEFAULT_OUTPUT = "output"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and return its exit code (design §4)."""
    if arguments is None and sys.getfilesystemencoding() != "utf-8":
        _start_again_in_utf8()
    if isinstance(sys.stdout, TextIOWrapper):
        # Where a terminal has no such letter, its code is better than no table.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = _run(arguments)
        if sys.stdout:
            sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read our output has gone: no reason for a traceback, here or while leaving.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(arguments: Sequence[str] | None) -> int:
    try:
        options = _parser().parse_args(arguments)
        command: Callable[[argparse.Namespace], int] = options.command
        return command(options)
    except FeedsError as error:
        for line in str(error).splitlines():
            _say(f"feeds: {printable(line)}")
        return error.exit_code
    except BrokenPipeError:
        raise
    except OSError as error:
        # What no room has turned into an error of ours, such as a folder above that is closed to us.
        reason = error.strerror or type(error).__name__
        _say(f"feeds: {printable(str(error.filename or '.'))}: {reason}; check its permissions")
        return StorageError.exit_code
    except KeyboardInterrupt:
        return 130


def _start_again_in_utf8() -> NoReturn:
    """Become the same program in Python's UTF-8 mode.

    In any other locale, a file called `é.md` would have another name, and its post another id.
    """
    os.environ["PYTHONUTF8"] = "1"
    os.execv(sys.executable, [sys.executable, "-m", "feeds", *sys.argv[1:]])


def _say(line: str) -> None:
    if sys.stderr:  # None where it was closed; `print` would take stdout instead
        print(line, file=sys.stderr)


def _now() -> datetime:
    return datetime.now(UTC).replace(microsecond=0)


# --- arguments ------------------------------------------------------------------------------------


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="feeds",
        description="Entries and comments feeds (RSS 2.0, Atom 1.0, JSON Feed 1.1) from plain files.",
        epilog="Example: feeds init && feeds build && feeds serve",
    )
    parser.add_argument("--version", action="version", version=f"feeds {__version__}")
    commands = parser.add_subparsers(metavar="COMMAND", required=True)
    _build_parser(commands)
    _import_parser(commands)
    _serve_parser(commands)
    _init_parser(commands)
    return parser


if TYPE_CHECKING:
    Commands = argparse._SubParsersAction[argparse.ArgumentParser]


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


def _build_parser(commands: Commands) -> None:
    parser = _command(
        commands,
        "build",
        _build,
        "make the feeds of the posts and comments in CONTENT and publish what changed",
        "  feeds build                        # content/ → output/\n"
        "  feeds build ~/blog -o /var/www/feeds\n"
        "  feeds build -v                     # why is my post not in the feed?",
    )
    parser.add_argument(
        "content", nargs="?", metavar="CONTENT", help="the folder with site.toml (default: content)"
    )
    parser.add_argument(
        "-o", "--output", metavar="OUTPUT", help="where the feeds go (default: output)"
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
    parser.add_argument("--json", action="store_true", help="print the report as JSON")
    volume = parser.add_mutually_exclusive_group()
    volume.add_argument(
        "-q", "--quiet", action="store_true", help="print nothing but errors that end the build"
    )
    volume.add_argument(
        "-v", "--verbose", action="store_true", help="also say what was left out and why"
    )


def _import_parser(commands: Commands) -> None:
    parser = _command(
        commands,
        "import",
        _import,
        "turn pages saved as text into posts and comments",
        "  feeds import page.txt --url https://americablog.com/2017/04/a-post.html",
    )
    parser.add_argument("files", nargs="+", metavar="FILE", help="a page saved as text")
    parser.add_argument(
        "--into",
        metavar="CONTENT",
        default=_DEFAULT_CONTENT,
        help="where posts and comments go (default: content)",
    )
    parser.add_argument("--url", metavar="URL", help="the page's address; the site is its origin")
    parser.add_argument("--date", metavar="DATE", help="when the post was published")
    parser.add_argument("--author", metavar="NAME", help="who wrote the post")
    parser.add_argument(
        "--format", metavar="F", choices=["page"], default="page", help="what FILE is: page"
    )
    parser.add_argument("--pings", action="store_true", help="import pingbacks, too")
    parser.add_argument(
        "--keep-all", action="store_true", help="keep the furniture around the post"
    )


def _serve_parser(commands: Commands) -> None:
    parser = _command(
        commands,
        "serve",
        _serve,
        "serve OUTPUT on this machine, to look at it",
        "  feeds serve                        # http://127.0.0.1:8000/",
    )
    parser.add_argument(
        "output",
        nargs="?",
        metavar="OUTPUT",
        default=_DEFAULT_OUTPUT,
        help="the folder (default: output)",
    )
    parser.add_argument("--port", type=int, default=8000, help="the port (default: 8000)")


def _init_parser(commands: Commands) -> None:
    parser = _command(
        commands,
        "init",
        _init,
        "write a site.toml to fill in, and a first post",
        "  feeds init                         # content/site.toml, content/posts/hello.md",
    )
    parser.add_argument(
        "folder",
        nargs="?",
        metavar="DIR",
        default=".",
        help="the folder to hold content/ (default: this one)",
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1.0
    if not 0 <= seconds < 1e9:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds")
    return seconds


# --- build ----------------------------------------------------------------------------------------


def _build(options: argparse.Namespace) -> int:
    from feeds import settings
    from feeds.pipeline import build

    content = Path(options.content or _default_content())
    if not content.is_dir():
        raise UsageError(
            f"{content}: no such folder; name the one with site.toml, or `feeds init` makes one"
        )
    site = settings.load(content)
    report = build(
        site,
        _output(options.output, site),
        now=_moment(options.now, site),
        shown=str(content),
        strict=options.strict,
        dry_run=options.dry_run,
        wait=options.wait,
    )
    _print_report(report, options)
    return 1 if report.has_problems else 0


def _default_content() -> str:
    """Return the content folder if none is named: this one, if it has a `site.toml`."""
    from feeds.settings import FILE_NAME

    return "." if Path(FILE_NAME).is_file() else _DEFAULT_CONTENT


def _output(named: str | None, site: Settings) -> Path:
    if named:
        return Path(named)
    return site.root / site.output if site.output else Path(_DEFAULT_OUTPUT)


def _moment(text: str | None, site: Settings) -> datetime:
    if text is None:
        return _now()
    from feeds import dates

    try:
        return dates.parse(text, site.zone)
    except ContentError as error:
        raise UsageError(f"--now: {error}") from None


def _print_report(report: Report, options: argparse.Namespace) -> None:
    if not options.quiet:
        _print_problems(report.problems, verbose=options.verbose)
    if options.json:
        print(_as_json(report))
    elif options.verbose or (sys.stdout and sys.stdout.isatty() and not options.quiet):
        print(_as_table(report, dry=options.dry_run))


def _print_problems(problems: Sequence[Problem], *, verbose: bool) -> None:
    for problem in problems:
        if verbose or problem.severity is not Severity.NOTE:
            _say(str(problem))


def _as_table(report: Report, *, dry: bool) -> str:
    """Return the feeds, their number of entries, and what became of their files."""
    from feeds.publish import counted

    if not report.published:
        return "Nothing was published: --strict, and there are problems."
    shown = [row for row in report.feeds if "/" not in row.path][::-1]
    rest = [row for row in report.feeds if "/" in row.path]
    shown += rest if len(rest) <= 10 else []
    cells = [(row.path, _amount(row.entries), _became(report, row)) for row in shown]
    first, second = (max(len(row[column]) for row in cells) for column in (0, 1))
    lines = [f"{path:{first}}  {amount:{second}}  {became}" for path, amount, became in cells]
    if len(rest) > 10:
        lines.append(f"comments feeds of {len(rest)} posts")
    tally = ", ".join(f"{n} {what}" for what, n in counted(report.outcomes).items() if n)
    return "\n".join([*lines, f"Files{' (dry run)' if dry else ''}: {tally}."])


def _became(report: Report, row: Row) -> str:
    """Return what became of a feed: its formats differ only if somebody meddled with one."""
    from feeds.publish import Outcome

    found = {what for path, what in report.outcomes.items() if path.rpartition(".")[0] == row.path}
    return next(
        o.value for o in (Outcome.REFUSED, Outcome.WRITTEN, Outcome.UNCHANGED) if o in found
    )


def _amount(entries: int) -> str:
    return "1 entry" if entries == 1 else f"{entries} entries"


def _as_json(report: Report) -> str:
    import json
    from dataclasses import asdict

    from feeds.publish import counted

    return json.dumps(
        {
            "published": report.published,
            "files": {path: outcome.value for path, outcome in report.outcomes.items()},
            "counts": counted(report.outcomes),
            "feeds": {row.path: row.entries for row in report.feeds},
            "problems": [asdict(p) | {"severity": p.severity.value} for p in report.problems],
        },
        indent=1,
    )


# --- the other commands ---------------------------------------------------------------------------


def _import(options: argparse.Namespace) -> int:
    from feeds.importing import import_pages

    report = import_pages(
        [Path(name) for name in options.files],
        into=Path(options.into),
        url=options.url,
        date=options.date,
        author=options.author,
        keep_all=options.keep_all,
        pings=options.pings,
        now=_now(),
    )
    _print_problems([*report.problems, *report.warnings], verbose=True)
    print(report.table())
    return 1 if report.has_problems else 0


def _serve(options: argparse.Namespace) -> int:
    from feeds.serve import serve

    serve(
        Path(options.output),
        port=options.port,
        on_ready=lambda url: print(f"{url}  (Ctrl-C ends it)", flush=True),
    )
    return 0


def _init(options: argparse.Namespace) -> int:
    from feeds.scaffold import init

    for path, written in init(Path(options.folder), _now()):
        print(f"{path}  {'written' if written else 'is there already, left as it is'}")
    print("Next: fill in site.toml, then `feeds build` and `feeds serve`.")
    return 0
