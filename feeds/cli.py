"""The command line: arguments in, report out, exit code. The only print and the only clock."""

from __future__ import annotations

import argparse
import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

from feeds import __version__
from feeds.errors import (
    BusyError,
    ContentError,
    FeedsError,
    Problem,
    Severity,
    StorageError,
    UsageError,
    printable,
)
from feeds.unchanged import TELL_AGAIN, index_path

if TYPE_CHECKING:
    from feeds.cron import Job
    from feeds.pipeline import Report
    from feeds.settings import Settings

_DEFAULT_CONTENT = "content"
_DEFAULT_OUTPUT = "output"
_SETTLE = 2.0
#: A build that takes longer shows how far it is.
_A_MOMENT = 0.5
#: The choices of `redirects` and `import`, which are not imported to print a help text.
_SERVERS = ("nginx", "apache", "caddy", "netlify")
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
        try:
            print(line, file=sys.stderr)
        except OSError:  # a log on the disk that is full: the exit code must still say why
            sys.stderr = None


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
    _cron_parser(commands)
    _init_parser(commands)
    _adopt_parser(commands)
    _redirects_parser(commands)
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


def _import_parser(commands: Commands) -> None:
    parser = _command(
        commands,
        "import",
        _import,
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
        default=_DEFAULT_CONTENT,
        help="where posts and comments go (default: content)",
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


def _cron_parser(commands: Commands) -> None:
    parser = _command(
        commands,
        "cron",
        _cron,
        "print the crontab line and the systemd timer that keep the feeds up to date",
        "  feeds cron                         # what to put where\n"
        "  feeds cron ~/blog -o /var/www/feeds --every 5\n"
        "  feeds cron --check                 # is the last build recent, and did it go well?",
    )
    parser.add_argument(
        "content", nargs="?", metavar="CONTENT", help="the folder with site.toml (default: content)"
    )
    parser.add_argument(
        "-o", "--output", metavar="OUTPUT", help="where the feeds go (default: output)"
    )
    parser.add_argument(
        "--every", metavar="MINUTES", type=_minutes, default=10, help="how often (default: 10)"
    )
    parser.add_argument(
        "--check",
        action="store_true",
        help="print nothing, but exit with 1 and say why if the last build did not go well, or is "
        "longer ago than three times MINUTES",
    )


def _init_parser(commands: Commands) -> None:
    parser = _command(
        commands,
        "init",
        _init,
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


def _adopt_parser(commands: Commands) -> None:
    parser = _command(
        commands,
        "adopt",
        _adopt,
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


def _redirects_parser(commands: Commands) -> None:
    parser = _command(
        commands,
        "redirects",
        _redirects,
        "print what your web server needs so that the old addresses of feeds lead to the new ones",
        "  feeds redirects --server nginx --from wordpress > feeds.conf\n"
        '  feeds redirects ~/blog --server apache   # lines with "# ---" say where each part goes',
    )
    parser.add_argument(
        "content", nargs="?", metavar="CONTENT", help="the folder with site.toml (default: content)"
    )
    parser.add_argument(
        "--server",
        required=True,
        choices=_SERVERS,
        metavar="SERVER",
        help=f"what serves the site: {', '.join(_SERVERS)}",
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


# --- build ----------------------------------------------------------------------------------------


def _build(options: argparse.Namespace) -> int:
    content = Path(options.content or _default_content())
    try:
        report = _report(options, content)
    except BaseException as error:
        _leave_trace(options, content, _exit_code(error), str(error) or type(error).__name__)
        raise
    worst = next((str(p) for p in report.problems if p.severity is Severity.PROBLEM), "")
    _leave_trace(options, content, report.exit_code, worst)
    _print_report(report, options)
    return report.exit_code


def _exit_code(error: BaseException) -> int:
    """Return what the program exits with for an error, as `_run` does and the interpreter."""
    if isinstance(error, FeedsError):
        return error.exit_code
    if isinstance(error, OSError):
        return StorageError.exit_code
    return 130 if isinstance(error, KeyboardInterrupt) else 1


def _leave_trace(options: argparse.Namespace, content: Path, code: int, line: str) -> None:
    """Say what a run came to, for `feeds cron --check`.

    One that found another at work did nothing: that other one will say. Should it hang, the last
    trace grows old.
    """
    if options.dry_run or code == BusyError.exit_code:
        return
    from feeds import trace

    try:
        index = options.index or index_path(str(content), options.output)
    except (KeyError, OSError):  # there is no home, or no current folder
        return
    trace.leave(index, trace.Run(time.time(), code, printable(line.partition("\n")[0])))


def _report(options: argparse.Namespace, content: Path) -> Report:
    from feeds import settings
    from feeds.pipeline import Options, build

    if not content.is_dir():
        raise UsageError(
            f"{content}: no such folder; name the one with site.toml, or `feeds init` makes one"
        )
    site = settings.load(content)
    teller, progress = _Teller(options), _Progress(options)
    try:
        report = build(
            site,
            _output(options.output, site),
            now=_moment(options.now, site),
            shown=str(content),
            options=Options(
                strict=options.strict,
                dry_run=options.dry_run,
                accept=options.accept,
                against=_against(options.against),
                wait=options.wait,
                settle=_settle(options.settle),
                index=_index(options, str(content)),
                clock=time.time,
                present=options.now is None,
                notes=options.verbose or options.json,
                progress=progress,
                tell=teller.tell,
            ),
        )
    finally:
        progress.clear()
    return report


def _against(named: str | None) -> Path | None:
    if named and not Path(named).is_dir():
        raise UsageError(
            f"--against {named}: no such folder; name the one with the feeds as they are published"
        )
    return Path(named) if named else None


def _settle(seconds: float | None) -> float:
    """Return how old a file must be to be read: somebody who watches does not wait."""
    if seconds is not None:
        return seconds
    return 0.0 if _is_terminal(sys.stdout) else _SETTLE


def _index(options: argparse.Namespace, content: str) -> Path | None:
    if options.no_index or options.dry_run:
        return None
    try:
        return Path(options.index or index_path(content, options.output))
    except KeyError:  # nobody says where home is
        return None


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


class _Teller:
    """Prints what is wrong: all of it to somebody who watches, else what was not told of late."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._quiet = options.quiet
        self._verbose = options.verbose
        self._watched = options.verbose or options.json or _is_terminal(sys.stderr)

    def tell(self, problems: Sequence[Problem], told: Mapping[str, float]) -> dict[str, float]:
        """Print problems; return when each was last told, in seconds since 1970.

        cron mails every line: one that stands is told when it is new, and once a day after that.
        """
        now = time.time()
        result = {}
        for problem in problems:
            if problem.severity is Severity.NOTE and not self._verbose:
                continue
            line = str(problem)
            is_new = self._watched or now >= told.get(line, 0.0) + TELL_AGAIN
            if is_new and not self._quiet:
                _say(line)
            result[line] = now if is_new else told[line]
        return result


def _print_report(report: Report, options: argparse.Namespace) -> None:
    from feeds.summary import as_json, as_table

    if options.json:
        print(as_json(report))
    elif options.verbose or (_is_terminal(sys.stdout) and not options.quiet):
        print(as_table(report, dry=options.dry_run))


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


class _Progress:
    """Shows on a terminal how far a long build is."""

    def __init__(self, options: argparse.Namespace) -> None:
        self._shows = _is_terminal(sys.stderr) and not options.quiet
        self._next = time.monotonic() + _A_MOMENT
        self._width = 0

    def __call__(self, what: str, done: int, of: int) -> None:
        """Show it, every now and then."""
        if self._shows and (now := time.monotonic()) >= self._next:
            self._next = now + 0.1
            line = f"{what} {done:,} of {of:,}"
            self._width = max(self._width, len(line))
            print(f"\r{line:{self._width}}", end="", file=sys.stderr, flush=True)

    def clear(self) -> None:
        """Take it away again."""
        if self._width:
            print("\r" + " " * self._width + "\r", end="", file=sys.stderr, flush=True)


def _print_problems(problems: Sequence[Problem]) -> None:
    for problem in problems:
        _say(str(problem))


# --- the other commands ---------------------------------------------------------------------------


def _import(options: argparse.Namespace) -> int:
    from feeds.importing import import_files

    report = import_files(
        [Path(name) for name in options.files],
        into=Path(options.into),
        url=options.url,
        date=options.date,
        author=options.author,
        format=options.format,
        keep_all=options.keep_all,
        pings=options.pings,
        now=_now(),
    )
    _print_problems([*report.problems, *report.warnings])
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


def _cron(options: argparse.Namespace) -> int:
    from feeds import cron, settings

    content = Path(options.content or _default_content())
    site = settings.load(content)
    job = cron.Job(
        _program(),
        _absolute(content),
        _absolute(_output(options.output, site)),
        options.every,
        _environment(),
        cron.unit_name(site.url),
        "root" if os.geteuid() == 0 else None,
    )
    if options.check:
        return _check(job, options, content)
    print(cron.text(job), end="")
    return 0


def _absolute(path: Path) -> str:
    """Return a path from the root on; links stay, unless `..` behind one means another place."""
    absolute, real = os.path.abspath(path), os.path.realpath(path)
    return absolute if os.path.realpath(absolute) == real else real


def _program() -> tuple[str, ...]:
    """Return how this program was called: by its own name, or as a module of Python's."""
    called = sys.argv[0]
    if os.path.basename(called) == "feeds" and os.access(called, os.X_OK):
        return (os.path.abspath(called),)
    return (sys.executable, "-m", "feeds")


def _environment() -> dict[str, str]:
    """Return what is set here, matters to a build, and would not be set under cron."""
    result = {}
    if cache := os.environ.get("XDG_CACHE_HOME"):
        result["XDG_CACHE_HOME"] = os.path.abspath(cache)
    above = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
    if len(_program()) > 1 and not above.endswith("-packages"):
        result["PYTHONPATH"] = above  # Python may have found us in the current folder only
    return result


def _check(job: Job, options: argparse.Namespace, content: Path) -> int:
    from feeds import cron, trace

    try:
        # The line that we print, or one that somebody wrote by hand and that starts with `cd`.
        indexes = {index_path(job.content, job.output), index_path(str(content), options.output)}
    except KeyError:
        raise UsageError(
            "HOME is not set, so nobody knows where builds leave their traces; set it"
        ) from None
    runs = [run for run in map(trace.last, indexes) if run]
    last = max(runs, key=lambda run: run.at, default=None)
    now = time.time()
    if (wrong := cron.trouble(job, last, now)) or last is None:
        raise FeedsError(wrong)
    if _is_terminal(sys.stdout):
        print(cron.all_well(job, last, now))
    return 0


def _adopt(options: argparse.Namespace) -> int:
    from feeds import moving, settings

    names = list(options.files)
    content = names.pop() if len(names) > 1 and os.path.isdir(names[-1]) else _default_content()
    site = settings.load(Path(content))
    done = moving.adopt(site, [Path(name) for name in names], write=options.write, now=_now())
    _print_problems(done.problems)
    for line in done.lines:
        print(line)
    return done.exit_code


def _redirects(options: argparse.Namespace) -> int:
    from feeds import moving, settings

    content = Path(options.content or _default_content())
    site = settings.load(content)
    text = moving.redirects(
        site, server=options.server, old=options.old, now=_now(), shown=str(content)
    )
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())  # paths may be in any script, whatever the terminal
    return 0


def _init(options: argparse.Namespace) -> int:
    from feeds.scaffold import init

    done = init(Path(options.folder), _now())
    for path, written in done.files:
        print(f"{path}  {'written' if written else 'is there already, left as it is'}")
    for line in done.advice:
        print(line)
    return 0
