"""The command line: arguments in, report out, exit code. The only print and the only clock."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from io import TextIOWrapper
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, NoReturn, TextIO, cast

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
    from feeds.ahead import Ahead
    from feeds.arguments import Arguments
    from feeds.cron import Job
    from feeds.listing import Looking
    from feeds.pipeline import Report
    from feeds.settings import Settings

_DEFAULT_CONTENT = "content"
_DEFAULT_OUTPUT = "output"
_SETTLE = 2.0
#: A build that takes longer shows how far it is.
_A_MOMENT = 0.5


def main(
    arguments: Sequence[str] | None = None,
    looking: Looking | None = None,
    plain: Mapping[str, str] | None = None,
) -> int:
    """Run the command line and return its exit code (design §4).

    Args:
        arguments: as the shell gave them; None: those of this process.
        looking: the look at the content that the lean path has begun.
        plain: the arguments as the lean path has taken them apart, if it could.
    """
    if arguments is None and sys.getfilesystemencoding() != "utf-8":
        _start_again_in_utf8()
    if isinstance(sys.stdout, TextIOWrapper):
        # Where a terminal has no such letter, its code is better than no table.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        code = _run(arguments, looking, plain)
        if sys.stdout:
            sys.stdout.flush()
        return code
    except BrokenPipeError:
        # Whoever read our output has gone: no reason for a traceback, here or while leaving.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1


def _run(
    arguments: Sequence[str] | None, looking: Looking | None, plain: Mapping[str, str] | None
) -> int:
    try:
        options = (plain and plainly(plain)) or _parsed(arguments)
        options.looking = looking
        options.is_plain = bool(plain)
        command: Callable[[Arguments], int] = options.command
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
        place = printable(str(error.filename)) if error.filename else "standard output"
        _say(f"feeds: {place}: {reason}; check the disk and the permissions")
        return StorageError.exit_code
    except KeyboardInterrupt:
        return 130


def _parsed(arguments: Sequence[str] | None) -> Arguments:
    from feeds.arguments import parser

    given = sys.argv[1:] if arguments is None else arguments
    return parser(_COMMANDS, next(iter(given), None)).parse_args(given)


def plainly(given: Mapping[str, str]) -> Arguments | None:
    """Return what argparse makes of the plain arguments of a build; None: it would not take them.

    Args:
        given: what `unchanged.plain_build` made of them.
    """
    options: dict[str, object] = {
        "command": _build,
        "output": None,
        "accept": False,
        "against": None,
        "strict": False,
        "dry_run": False,
        "now": None,
        "wait": 0.0,
        "settle": None,
        "index": None,
        "no_index": False,
        "json": False,
        "quiet": False,
        "verbose": False,
    }
    options.update(given)
    options.update(dict.fromkeys(given.keys() & {"no_index", "quiet"}, True))
    if settle := given.get("settle"):
        if not (settle.isascii() and settle.isdigit() and len(settle) < 9):
            return None  # half a second, or no number at all
        options["settle"] = float(settle)
    return cast("Arguments", SimpleNamespace(**options))


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


# --- build ----------------------------------------------------------------------------------------


def _build(options: Arguments) -> int:
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


def _leave_trace(options: Arguments, content: Path, code: int, line: str) -> None:
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


def _report(options: Arguments, content: Path) -> Report:
    from feeds import settings

    if not content.is_dir():
        raise UsageError(
            f"{content}: no such folder; name the one with site.toml, or `feeds init` makes one"
        )
    site = settings.load(content)
    ahead = _ahead(options, site, str(content))
    teller, progress = _Teller(options), _Progress(options)
    try:
        from feeds.pipeline import Options, build

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
                looking=options.looking,
                ahead=ahead,
                clock=time.time,
                present=options.now is None,
                notes=options.verbose or options.json,
                told=_is_told(options),
                progress=progress,
                tell=teller.tell,
            ),
        )
    finally:
        progress.clear()
        if ahead:
            ahead.dismiss()
    return report


def _ahead(options: Arguments, site: Settings, content: str) -> Ahead | None:
    """Begin to read what was never read, before the rest of the program is there."""
    index = _index(options, content)
    if not options.is_plain or (index and index.exists()):
        return None
    from feeds import ahead

    return ahead.begin(site, content, time.time(), keeps=index is not None)


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


def _index(options: Arguments, content: str) -> Path | None:
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

    def __init__(self, options: Arguments) -> None:
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


def _print_report(report: Report, options: Arguments) -> None:
    if not _is_told(options):
        return
    from feeds.summary import as_json, as_table

    print(as_json(report) if options.json else as_table(report, dry=options.dry_run))


def _is_told(options: Arguments) -> bool:
    """Tell whether anything is said of a build that went well."""
    shows = options.verbose or (_is_terminal(sys.stdout) and not options.quiet)
    return bool(shows or options.json)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


class _Progress:
    """Shows on a terminal how far a long build is."""

    def __init__(self, options: Arguments) -> None:
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


def _import(options: Arguments) -> int:
    from feeds.importing import Outcome, import_files

    report = import_files(
        [Path(name) for name in options.files],
        into=Path(options.into or _default_content()),
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
    if report.count(Outcome.WRITTEN) and _is_terminal(sys.stdout):
        print("Next: check site.toml, then `feeds build`; who moves subscribers: `feeds adopt`.")
    return 1 if report.has_problems else 0


def _serve(options: Arguments) -> int:
    from feeds.serve import serve

    serve(
        _served(options.output),
        port=options.port,
        on_ready=lambda url: print(f"{url}  (Ctrl-C ends it)", flush=True),
    )
    return 0


def _served(named: str | None) -> Path:
    """Return the folder to serve: the one that is named, else where `build` puts the feeds."""
    from feeds import settings

    root = Path(_default_content())
    if named or not (root / settings.FILE_NAME).is_file():
        return Path(named or _DEFAULT_OUTPUT)
    return _output(None, settings.load(root))


def _cron(options: Arguments) -> int:
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


def _check(job: Job, options: Arguments, content: Path) -> int:
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


def _adopt(options: Arguments) -> int:
    from feeds import moving, settings

    names = list(options.files)
    content = names.pop() if len(names) > 1 and os.path.isdir(names[-1]) else _default_content()
    for name in names:
        if "://" in name:
            raise UsageError(f"{name}: an address; save the feed first: curl -Lo old.xml {name}")
    site = settings.load(Path(content))
    done = moving.adopt(site, [Path(name) for name in names], write=options.write, now=_now())
    _print_problems(done.problems)
    for line in done.lines:
        print(line)
    return done.exit_code


def _redirects(options: Arguments) -> int:
    from feeds import moving, settings
    from feeds.arguments import SERVERS

    named, server = options.content, options.server
    if server is None and named in SERVERS and not os.path.isdir(named):
        named, server = None, named  # `feeds redirects nginx` means what it says
    content = Path(named or _default_content())
    site = settings.load(content)
    texts = [
        moving.redirects(site, server=name, old=options.old, now=_now(), shown=str(content))
        for name in ([server] if server else SERVERS)
    ]
    text = (
        texts[0]
        if server
        else "\n".join(
            f"##### {name} #####\n\n{said}" for name, said in zip(SERVERS, texts, strict=True)
        )
    )
    sys.stdout.flush()
    sys.stdout.buffer.write(text.encode())  # paths may be in any script, whatever the terminal
    return 0


def _init(options: Arguments) -> int:
    from feeds.scaffold import init

    done = init(Path(options.folder), _now())
    for path, written in done.files:
        print(f"{path}  {'written' if written else 'is there already, left as it is'}")
    for line in done.advice:
        print(line)
    return 0


_COMMANDS = {
    "adopt": _adopt,
    "build": _build,
    "cron": _cron,
    "import": _import,
    "init": _init,
    "redirects": _redirects,
    "serve": _serve,
}
