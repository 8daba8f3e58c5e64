"""`feeds cron`: the crontab line and the systemd units that run a build, and what to make of a run.

Values in, text out: nothing here looks at the clock, the disk or the process. Every line that is not
to be copied starts with `#`, which crontabs and units take for a comment, so copying too much does
no harm.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from hashlib import blake2b
from urllib.parse import urlsplit

from feeds.errors import UsageError, quoted
from feeds.trace import Run

#: What both cron and systemd can do at even intervals, in minutes.
INTERVALS = (1, 2, 3, 4, 5, 6, 10, 12, 15, 20, 30, 60, 120, 180, 240, 360, 480, 720, 1440)
DEFAULT_EVERY = 10
#: A run may be late, or wait for another: after so many intervals something is wrong.
_PATIENCE = 3
#: Debian's cron takes no more bytes of a command than this, and later ones hardly do.
_LONGEST_COMMAND = 998
_PLAIN_TO_SYSTEMD = re.compile(r"[^\s\"'\\;#]+")


@dataclass(frozen=True, slots=True)
class Job:
    """A build that is to run again and again. All paths are absolute.

    Raises:
        UsageError: a path is one that no crontab or unit can hold.
    """

    #: How the program is called: its own path, or Python's and `-m feeds`.
    program: tuple[str, ...]
    content: str
    output: str
    #: Minutes between two runs.
    every: int = DEFAULT_EVERY
    #: What the program must find in its environment, because it did when this was printed.
    environment: Mapping[str, str] = field(default_factory=dict)
    #: What the units are called.
    name: str = "feeds"
    #: Whom a unit of the whole system runs as; None for a unit of the user who asks.
    user: str | None = None

    def __post_init__(self) -> None:
        for text in (*self.program, self.content, self.output, *self.environment.values()):
            _check(text)

    @property
    def command(self) -> tuple[str, ...]:
        """The words of the build."""
        return (*self.program, "build", self.content, "-o", self.output)


def _check(text: str) -> None:
    if any(c < " " or "\x7f" <= c < "\xa0" or "\ud800" <= c < "\ue000" for c in text):
        raise UsageError(
            f"{quoted(text)}: no crontab or unit can hold this name: it has a line break, a control "
            "character, or bytes that are no UTF-8; rename it, or use a symbolic link to it"
        )


# --- when -----------------------------------------------------------------------------------------


def minute(job: Job) -> tuple[int, int]:
    """Return the hour and the minute of a job's first run in a day.

    They come from a digest of its paths: the same for ever, others for other sites, and not on the
    hour, when everybody else's jobs start.
    """
    _check_interval(job.every)
    digest = blake2b(f"{job.content}\0{job.output}".encode(), digest_size=8).digest()
    number = int.from_bytes(digest, "big")
    minutes, hours = min(job.every, 60), max(job.every // 60, 1)
    return number // 60 % hours, (1 + number % (minutes - 1)) if minutes > 1 else 0


def _check_interval(every: int) -> None:
    if every not in INTERVALS:
        below = max((n for n in INTERVALS if n < every), default=INTERVALS[0])
        above = min((n for n in INTERVALS if n > every), default=INTERVALS[-1])
        raise UsageError(
            f"--every {every}: cron cannot do that at even intervals; "
            f"take {' or '.join(map(str, sorted({below, above})))} minutes"
        )


def crontab_schedule(job: Job) -> str:
    """Return the five fields of a crontab line."""
    hour, first = minute(job)
    if job.every == 1:
        return "* * * * *"
    if job.every < 60:
        return f"{first}-59/{job.every} * * * *"
    return f"{first} {_hours(hour, job.every // 60)} * * *"


def _hours(first: int, step: int) -> str:
    if step == 1:
        return "*"
    return str(first) if step == 24 else f"{first}-23/{step}"


def calendar(job: Job) -> str:
    """Return the same for a timer's `OnCalendar`."""
    hour, first = minute(job)
    if job.every == 1:
        return "*:*"
    if job.every < 60:
        return f"*:{first:02}/{job.every}"
    step = job.every // 60
    hours = {1: "*", 24: f"{hour:02}"}.get(step, f"{hour:02}/{step}")
    return f"*-*-* {hours}:{first:02}:00"


# --- quoting --------------------------------------------------------------------------------------


def for_shell(job: Job) -> str:
    """Return the command of a job as a shell wants it."""
    names = [f"{name}={shlex.quote(value)}" for name, value in job.environment.items()]
    return " ".join([*names, shlex.join(job.command)])


def for_crontab(command: str) -> str:
    r"""Return a shell's command as a crontab wants it: cron ends it at the first bare `%`.

    `\%` stands for `%`. Whether `\\` stands for `\`, too, is not the same in every cron, so a
    backslash never stands before another, or before `%`: an empty string in quotes keeps them apart.
    (Only single quotes hold backslashes here.)
    """
    return re.sub(r"\\(?=[\\%])", r"\\''", command).replace("%", r"\%")


def for_systemd(word: str) -> str:
    """Return a word of a unit: `%` starts a specifier, blanks end a word, quotes take escapes."""
    word = word.replace("%", "%%")
    if _PLAIN_TO_SYSTEMD.fullmatch(word):
        return word
    return '"' + word.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _exec_start(job: Job) -> str:
    # systemd starts no program whose own path has a quote or a backslash; `env` does.
    words = ("/usr/bin/env", *job.command) if set(job.program[0]) & set("\"'\\") else job.command
    # A colon keeps systemd from taking `$` for a variable.
    colon = ":" if any("$" in word for word in words) else ""
    return colon + " ".join(map(for_systemd, words))


# --- what is printed ------------------------------------------------------------------------------


def crontab_line(job: Job) -> str:
    """Return the line for a crontab.

    Raises:
        UsageError: cron would cut it off.
    """
    command = for_crontab(for_shell(job))
    if len(command.encode()) > _LONGEST_COMMAND:
        raise UsageError(
            f"{quoted(job.content)}: with this path the crontab line is longer than the "
            f"{_LONGEST_COMMAND} bytes that cron reads; use a symbolic link with a short name"
        )
    return f"{crontab_schedule(job)} {command}"


_SERVICE = """\
[Unit]
Description=Build {content} into feeds

[Service]
Type=oneshot
{settings}ExecStart={command}
# 75: another build was at work. 1 (something in the content needs mending) stays a failure, so that
# systemctl shows it; all that could be published was.
SuccessExitStatus=75
Nice=10
IOSchedulingPriority=7
# A build opens no network connection and needs no rights that its user has not.
NoNewPrivileges=yes
RestrictAddressFamilies=AF_UNIX
RestrictRealtime=yes
LockPersonality=yes
SystemCallArchitectures=native
"""
_SERVICE_OF_SYSTEM = """\
ProtectSystem=full
ReadWritePaths={output}
PrivateDevices=yes
ProtectControlGroups=yes
ProtectKernelTunables=yes
"""
_TIMER = """\
[Unit]
Description=Build {content} into feeds every {often}

[Timer]
OnCalendar={calendar}
RandomizedDelaySec={delay}
# After a time without power: one run at once.
Persistent=true

[Install]
WantedBy=timers.target
"""


def service(job: Job) -> str:
    """Return the unit that runs a build once."""
    settings = [f"User={job.user}"] if job.user else []
    settings += [
        "Environment=" + for_systemd(f"{name}={value}") for name, value in job.environment.items()
    ]
    text = _SERVICE.format(
        content=job.content.replace("%", "%%"),
        settings="".join(f"{setting}\n" for setting in settings),
        command=_exec_start(job),
    )
    if job.user:
        # The minus: a folder that is not there yet is made by the first build.
        text += _SERVICE_OF_SYSTEM.format(output=for_systemd("-" + job.output))
    return text


def timer(job: Job) -> str:
    """Return the unit that says when."""
    return _TIMER.format(
        content=job.content.replace("%", "%%"),
        often=_often(job.every),
        calendar=calendar(job),
        delay=min(30, 6 * job.every),
    )


def _often(minutes: int) -> str:
    number, word = (minutes // 60, "hour") if minutes % 60 == 0 else (minutes, "minute")
    return word if number == 1 else f"{number} {word}s"


_TEXT = """\
# Two ways to build these feeds every {often}; choose one. While all is well neither says a
# word, and a run that finds nothing new costs next to nothing. Two builds at once do no harm:
# the lock is in `feeds`, so no `flock` is needed.

# 1. cron
# Try it, as cron will run it (it should print 0 and nothing else):
#   env -i HOME="$HOME" {shell}; echo $?
# Then `crontab -e`, and add this line; it is one line, however long:

{crontab}

# Trouble: cron mails what a run prints, one line for each thing that is wrong. To whom: a line
# `MAILTO=you@example.org` above it. Without mail on this machine, see 3.

# 2. systemd
# {folder}/{name}.service

{service}
# {folder}/{name}.timer

{timer}
# Then: {systemctl} daemon-reload
#       {systemctl} enable --now {name}.timer
{note}
# Try it:  {systemctl} start {name}.service; echo $?
# Trouble: {systemctl} --failed lists the service; what the runs printed:
#          {journalctl} {name}.service

# 3. Is all well? Says nothing and exits with 0 if the last run is recent and went well:
#   {check}
"""
_NOTE_OF_SYSTEM = """\
# It runs as {user}. Anybody who may write OUTPUT will do: change `User=`."""
_NOTE_OF_USER = """\
# That it runs while you are logged out, too: loginctl enable-linger
# As a service of the whole system: in /etc/systemd/system, with a line `User=YOU` below
# `Type=`, and without `--user`."""


def text(job: Job) -> str:
    """Return all that `feeds cron` prints."""
    user = "" if job.user else " --user"
    return _TEXT.format(
        often=_often(job.every),
        shell=for_shell(job),
        crontab=crontab_line(job),
        folder="/etc/systemd/system" if job.user else "~/.config/systemd/user",
        name=job.name,
        service=service(job),
        timer=timer(job),
        systemctl=f"systemctl{user}",
        journalctl=f"journalctl{user} -u",
        note=_NOTE_OF_SYSTEM.format(user=job.user) if job.user else _NOTE_OF_USER,
        check=_check_command(job),
    )


def _check_command(job: Job) -> str:
    words = [*job.program, "cron", job.content, "-o", job.output, "--check"]
    if job.every != DEFAULT_EVERY:
        words += ["--every", str(job.every)]
    names = [f"{name}={shlex.quote(value)}" for name, value in job.environment.items()]
    return " ".join([*names, shlex.join(words)])


def unit_name(url: str) -> str:
    """Return what the units of a site are called: by its host, since a machine may have many."""
    cleaned = re.sub(r"[^a-z0-9.]+", "-", urlsplit(url).hostname or "").strip("-.")
    return f"feeds-{cleaned}" if cleaned else "feeds"


# --- what a run came to ---------------------------------------------------------------------------

_REMEDIES = {
    1: "`{build} -v` names every problem; what could be published was",
    2: "mend what it names; nothing was written",
    3: "nothing was published; mend the content, or publish it as it is: `{build} --accept`",
    4: "check the disk's space and permissions; every feed is whole, and the next run mends the rest",
}
_OTHER = "run it by hand to see why: `{build} -v`"


def trouble(job: Job, run: Run | None, now: float) -> str | None:
    """Return what is wrong with the last run of a job, in a line; None if it is recent and went well.

    Args:
        job: what should be running.
        run: the last run; None if there was none.
        now: in seconds since 1970.
    """
    look = "see whether `crontab -l` has its line, or `systemctl list-timers` (--user) its timer"
    if run is None:
        return (
            f"{job.content}: no build into {job.output} has left a trace; {look}, "
            "and whether it is the crontab of the user who asks now"
        )
    if abs(now - run.at) > _PATIENCE * job.every * 60:
        return (
            f"{job.content}: the last build ended {_ago(now, run)} with exit code {run.exit_code}, "
            f"and there should be one every {_often(job.every)}; {look}, "
            f"and whether a build hangs: `fuser -v {shlex.quote(job.output)}`"
        )
    if run.exit_code:
        remedy = _REMEDIES.get(run.exit_code, _OTHER).format(build=for_shell(job))
        said = f" ({run.line})" if run.line else ""
        return (
            f"{job.content}: the last build ended {_ago(now, run)} with exit code "
            f"{run.exit_code}{said}; {remedy}"
        )
    return None


def all_well(job: Job, run: Run, now: float) -> str:
    """Return the line for somebody who watches."""
    return f"{job.content}: the last build ended {_ago(now, run)} and went well"


def _ago(now: float, run: Run) -> str:
    """Say when a run was: `4 minutes ago (2026-11-22 09:30:04 UTC)`."""
    seconds = int(now - run.at)
    size, word = next(
        (size, word)
        for size, word in ((86_400, "day"), (3_600, "hour"), (60, "minute"), (1, "second"))
        if abs(seconds) >= size or size == 1
    )
    number = abs(seconds) // size
    side = "in the future: check the clock" if seconds < 0 else "ago"
    when = f"{datetime.fromtimestamp(int(run.at), UTC):%Y-%m-%d %H:%M:%S} UTC"
    return f"{number} {word}{'' if number == 1 else 's'} {side} ({when})"
