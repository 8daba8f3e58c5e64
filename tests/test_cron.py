"""`feeds cron`: what is printed means what it should to cron, to a shell and to systemd; `--check`
tells a run that went well from one that did not; and a real cron daemon runs the printed line.
"""

from __future__ import annotations

import os
import re
import shlex
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from feeds import cron, trace
from feeds.cli import main
from feeds.cron import Job
from feeds.errors import UsageError
from feeds.trace import Run
from feeds.unchanged import ask, cache_folder, index_path, memo_path, read_memo, write_memo
from tests.builders import TinyBlog
from tests.processes import lock_holder, run
from tests.web import program

Capture = pytest.CaptureFixture[str]
JOB = Job(("/usr/bin/feeds",), "/srv/blog/content", "/var/www/feeds")
NAMES = [
    "plain",
    "two words",
    "it's",
    'a "quote"',
    "100%",
    "%h%%",
    "a\\b",
    "a\\%b",
    "a\\\\b",
    "\\\\\\%\\'%\\",
    "$HOME",
    "`id`;#&|<>*?~!",
    "-o",
    "é 日本 \N{NO-BREAK SPACE}x",
    "end\\",
]


def job_in(folder: str, **changes: object) -> Job:
    values = {"program": (f"{folder}/feeds",), "content": f"{folder}/in", "output": f"{folder}/out"}
    return Job(**values | changes)  # type: ignore[arg-type]


# --- quoting --------------------------------------------------------------------------------------


def _as_cron_reads(command: str, *, halves: bool) -> str:
    r"""What cron gives to the shell; some (Debian's) also make `\` of `\\`."""
    result, rest = "", iter(command)
    for c in rest:
        if c == "%":
            return result  # the rest would be the command's input
        if c == "\\":
            following = next(rest, "")
            c = following if following == "%" or (halves and following == "\\") else c + following
        result += c
    return result


def _words_of_line(job: Job, *, halves: bool) -> list[str]:
    schedule = cron.crontab_schedule(job)
    line = cron.crontab_line(job)
    assert line.startswith(schedule + " ")
    assert len(schedule.split()) == 5
    return shlex.split(_as_cron_reads(line[len(schedule) + 1 :], halves=halves))


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("halves", [True, False])
def test_a_real_shell_gets_from_the_crontab_line_the_words_that_were_meant(
    tmp_path: Path, name: str, halves: bool
) -> None:
    folder = tmp_path / name
    folder.mkdir()
    script = folder / "feeds"
    script.write_text('#!/bin/sh\nprintf \'%s\\0\' "$XDG_CACHE_HOME" "$0" "$@"\n')
    script.chmod(0o755)
    job = job_in(str(folder), environment={"XDG_CACHE_HOME": str(folder / "cache")})
    command = cron.crontab_line(job).split(" ", 5)[5]
    done = subprocess.run(
        ["/bin/sh", "-c", _as_cron_reads(command, halves=halves)],
        env={},
        capture_output=True,
        check=True,
    )
    assert os.fsdecode(done.stdout).split("\0")[:-1] == [f"{folder}/cache", *job.command]
    assert done.stderr == b""


@given(st.text("ab %\\'\"$é", max_size=12), st.booleans())
def test_whatever_the_path_cron_and_shell_give_it_back(name: str, halves: bool) -> None:
    job = job_in(f"/srv/{name}")
    assert _words_of_line(job, halves=halves) == list(job.command)


@given(st.text("ab %\\'\"$;#é", max_size=12))
def test_whatever_the_path_systemd_gives_it_back(name: str) -> None:
    """Within double quotes systemd's escapes, as far as we use them, are a shell's."""
    word = f"/srv/{name}"
    said = cron.for_systemd(word)
    assert not re.search(r"(?<!%)(?:%%)*%(?!%)", said)
    assert shlex.split(said.replace("%%", "%")) == [word]


def test_no_variable_is_put_into_a_systemd_command() -> None:
    assert "\nExecStart=:/srv/$HOME/feeds build " in cron.service(job_in("/srv/$HOME"))
    assert "\nExecStart=/usr/bin/feeds build /srv/blog/content -o " in cron.service(JOB)


def test_systemd_starts_a_program_whose_path_it_would_refuse_through_env() -> None:
    assert '\nExecStart=/usr/bin/env "/srv/it\'s/feeds" build ' in cron.service(job_in("/srv/it's"))


@pytest.mark.parametrize("name", ["a\nb", "a\rb", "a\tb", "a\x7f", "a\udcff", "a\x85b"])
def test_a_path_that_no_crontab_can_hold_is_refused(name: str) -> None:
    with pytest.raises(UsageError, match="; rename it, or use a symbolic link"):
        job_in(f"/srv/{name}")


def test_a_line_that_cron_would_cut_off_is_refused() -> None:
    with pytest.raises(UsageError, match="998 bytes that cron reads; use a symbolic link"):
        cron.crontab_line(job_in("/srv/" + "é" * 200))


# --- when -----------------------------------------------------------------------------------------


def _minutes_of_a_day(schedule: str) -> list[int]:
    """The minutes of a day at which a crontab's five fields are due."""

    def due(text: str, limit: int) -> list[int]:
        first, _, step = text.partition("/")
        low, dash, high = first.partition("-")
        if low == "*":
            return list(range(limit))
        return list(range(int(low), (int(high) if dash else int(low)) + 1, int(step or 1)))

    minute, hour, *others = schedule.split()
    assert others == ["*", "*", "*"]
    return [60 * h + m for h in due(hour, 24) for m in due(minute, 60)]


@pytest.mark.parametrize("every", cron.INTERVALS)
@pytest.mark.parametrize("content", ["/srv/a", "/srv/b", "/srv/c"])
def test_runs_are_evenly_spread_and_not_on_the_hour(every: int, content: str) -> None:
    due = _minutes_of_a_day(cron.crontab_schedule(Job(("/f",), content, "/o", every)))
    assert len(due) == 1440 // every
    assert {b - a for a, b in zip(due, [*due[1:], due[0] + 1440], strict=True)} == {every}
    assert every == 1 or 0 not in {minute % 60 for minute in due}


def test_the_minute_is_the_same_for_ever_and_others_for_others() -> None:
    assert cron.crontab_schedule(JOB) == "9-59/10 * * * *"
    assert cron.calendar(JOB) == "*:09/10"
    schedules = {cron.crontab_schedule(job_in(f"/srv/{n}")) for n in range(100)}
    assert len(schedules) == 9


@pytest.mark.parametrize(
    ("every", "advice"), [(7, "6 or 10"), (45, "30 or 60"), (90, "60 or 120"), (5000, "1440")]
)
def test_an_interval_that_would_be_uneven_is_refused(every: int, advice: str) -> None:
    with pytest.raises(UsageError, match=f"take {advice} minutes$"):
        cron.minute(Job(("/f",), "/c", "/o", every))


# --- systemd --------------------------------------------------------------------------------------


@pytest.mark.parametrize("user", [None, "root"])
@pytest.mark.parametrize("name", ["plain", *NAMES[1:6], "$HOME", NAMES[-2], "end\\"])
def test_systemd_accepts_the_units(tmp_path: Path, name: str, user: str | None) -> None:
    verify = program("systemd-analyze")
    folder = tmp_path / name
    folder.mkdir()
    shutil.copy("/bin/true", folder / "feeds")
    job = job_in(
        str(folder), environment={"XDG_CACHE_HOME": str(folder)}, name="feeds-x", user=user
    )
    units = {"feeds-x.service": cron.service(job), "feeds-x.timer": cron.timer(job)}
    for unit, text in units.items():
        (tmp_path / unit).write_text(text, encoding="utf-8")
    done = subprocess.run(
        [verify, "verify", "--man=no", *(tmp_path / unit for unit in units)],
        capture_output=True,
        text=True,
    )
    ours = [line for line in done.stderr.splitlines() if "feeds-x" in line or str(tmp_path) in line]
    assert (done.returncode, ours) == (0, [])


@pytest.mark.parametrize("every", cron.INTERVALS)
def test_systemd_and_cron_run_at_the_same_minutes(every: int) -> None:
    analyze = program("systemd-analyze")
    job = Job(("/f",), "/srv/a", "/o", every)
    done = subprocess.run(
        [
            analyze,
            "calendar",
            "--iterations=3",
            "--base-time=2026-01-01 00:00:00",
            cron.calendar(job),
        ],
        capture_output=True,
        text=True,
        check=True,
        env={"TZ": "UTC", "LC_ALL": "C", "PATH": os.environ["PATH"]},
    )
    times = re.findall(r"\d\d\d\d-\d\d-\d\d (\d\d):(\d\d):00 UTC", done.stdout)
    shown = [60 * int(h) + int(m) for h, m in times]
    assert shown
    assert set(shown) <= set(_minutes_of_a_day(cron.crontab_schedule(job)))


def test_the_units_of_a_user_need_no_privileges() -> None:
    of_user, of_system = cron.service(JOB), cron.service(job_in("/srv", user="ann"))
    assert "User=" not in of_user
    assert "ProtectSystem" not in of_user
    assert "User=ann\n" in of_system
    assert "ReadWritePaths=-/srv/out\n" in of_system
    for text in (of_user, of_system):
        assert "Type=oneshot\n" in text
        assert "SuccessExitStatus=75\n" in text
    assert "Persistent=true\n" in cron.timer(JOB)


# --- what is printed ------------------------------------------------------------------------------


def test_everything_but_the_line_and_the_units_is_a_comment() -> None:
    parts = {cron.crontab_line(JOB), *cron.service(JOB).splitlines(), *cron.timer(JOB).splitlines()}
    lines = cron.text(JOB).splitlines()
    assert parts <= set(lines)
    assert all(line in parts or line.startswith("#") or not line for line in lines)
    assert "flock " not in cron.text(JOB)


@pytest.mark.parametrize(
    ("url", "name"),
    [
        ("https://Blog.example:8080/x", "feeds-blog.example"),
        ("https://bücher.example/", "feeds-b-cher.example"),
        ("mailto:", "feeds"),
    ],
)
def test_units_are_called_by_the_host(url: str, name: str) -> None:
    assert cron.unit_name(url) == name


def _line(printed: str) -> str:
    return next(line for line in printed.splitlines() if re.match(r"\d+-59/10 ", line))


def test_paths_are_absolute_wherever_it_is_called(blog: TinyBlog) -> None:
    done = run("cron", cwd=blog.folder)
    assert (done.returncode, done.stderr) == (0, "")
    assert _words(done.stdout)[-6:] == [
        *("-m", "feeds", "build", str(blog.content)),
        *("-o", str(blog.output)),
    ]
    assert f"# {'/etc/systemd/system' if os.geteuid() == 0 else '~/.config'}" in done.stdout


def _words(printed: str) -> list[str]:
    return shlex.split(_line(printed).replace("\\%", "%"))[5:]


def test_the_printed_command_works_where_nothing_is_set(blog: TinyBlog) -> None:
    """Under cron there is no PATH to speak of, and the current folder is another."""
    blog.post("good")
    words = _words(run("cron", cwd=blog.folder).stdout)
    assert any(word.startswith("XDG_CACHE_HOME=") for word in words)
    done = subprocess.run(["/usr/bin/env", "-i", *words], cwd="/", capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    assert "Good" in [entry.title for entry in blog.feed("entries.rss").entries]
    assert run("cron", "--check", cwd=blog.folder).returncode == 0


def test_a_program_of_ours_is_called_by_its_own_name(
    blog: TinyBlog, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    script = blog.folder / "bin" / "feeds"
    script.parent.mkdir()
    script.write_text("#!/bin/sh\n")
    script.chmod(0o755)
    monkeypatch.chdir(blog.folder)
    monkeypatch.setattr(sys, "argv", ["bin/feeds"])
    assert main(["cron"]) == 0
    assert str(script) in _words(capsys.readouterr().out)


def test_output_is_where_the_site_says_also_if_a_link_leads_to_it(
    blog: TinyBlog, monkeypatch: pytest.MonkeyPatch, capsys: Capture
) -> None:
    blog.write("site.toml", (blog.content / "site.toml").read_text() + 'output = "../public"\n')
    elsewhere = blog.folder / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "link").symlink_to(blog.content)
    monkeypatch.chdir(elsewhere)
    assert main(["cron", "link"]) == 0
    assert _words(capsys.readouterr().out)[-3:] == [
        *(str(elsewhere / "link"), "-o"),
        str((blog.folder / "public").resolve()),
    ]


@pytest.mark.parametrize("minutes", ["0", "-1", "x", "²", "9999999"])
def test_minutes_that_are_none(blog: TinyBlog, capsys: Capture, minutes: str) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["cron", str(blog.content), f"--every={minutes}"])
    assert exit.value.code == 2
    assert "is not a number of minutes" in capsys.readouterr().err


def test_the_help_has_an_example(capsys: Capture) -> None:
    with pytest.raises(SystemExit) as exit:
        main(["cron", "--help"])
    assert exit.value.code == 0
    assert "  feeds cron --check " in capsys.readouterr().out.partition("example:\n")[2]


# --- the last run ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("last", "said"),
    [
        (Run(1_000_000 - 240, 0), None),
        (Run(1_000_000 - 1800, 0), None),
        (Run(1_000_000 + 5, 0), None),
        (None, "no build into /var/www/feeds has left a trace; see whether `crontab -l` "),
        (Run(1_000_000 - 1801, 0), "ended 30 minutes ago (1970-01-12 13:16:39 UTC) with exit code 0, and there should be one every 10 minutes; see whether "),
        (Run(1_000_000 - 90_000, 4), "ended 1 day ago (1970-01-11 12:46:40 UTC) with exit code 4, and there should be "),
        (Run(1_000_000 + 9000, 0), "ended 2 hours in the future: check the clock (1970-01-12 16:16:40 UTC) "),
        (Run(1_000_000 - 1, 1, "a.md:3: bad; mend"), "ended 1 second ago (1970-01-12 13:46:39 UTC) with exit code 1 (a.md:3: bad; mend); `/usr/bin/feeds build /srv/blog/content -o /var/www/feeds -v` names every problem"),
        (Run(1_000_000, 2), "with exit code 2; mend what it names"),
        (Run(1_000_000, 3), "with exit code 3; nothing was published; mend the content, or publish it as it is: `/usr/bin/feeds build /srv/blog/content -o /var/www/feeds --accept`"),
        (Run(1_000_000, 4), "with exit code 4; check the disk's space and permissions; "),
        (Run(1_000_000, 130), "with exit code 130; run it by hand to see why: `/usr/bin/feeds build "),
    ],
)  # fmt: skip
def test_what_is_wrong_with_the_last_run(last: Run | None, said: str | None) -> None:
    wrong = cron.trouble(JOB, last, 1_000_000)
    if said is None:
        assert wrong is None
    else:
        assert wrong
        assert wrong.startswith("/srv/blog/content: ")
        assert said in wrong
        assert "\n" not in wrong


def test_a_trace_comes_back_as_it_was_left(tmp_path: Path) -> None:
    index = str(tmp_path / "new" / "index.sqlite")
    left = Run(1_700_000_000.25, 4, "out: cannot be written; check")
    trace.leave(index, left)
    assert trace.last(index) == left
    assert os.listdir(tmp_path / "new") == ["index.sqlite-trace"]


@pytest.mark.parametrize(
    "text",
    ["", "x", "feeds trace 1\n", "feeds trace 1\nx\n0\n\n", "feeds trace 9\n1.0\n0\n\n", "\0"],
)
def test_a_damaged_trace_is_none(tmp_path: Path, text: str) -> None:
    index = str(tmp_path / "index.sqlite")
    Path(trace.trace_path(index)).write_text(text)
    Path(memo_path(index)).write_text(text)
    assert trace.last(index) is None


def test_a_trace_that_cannot_be_left_harms_nobody(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    trace.leave(str(tmp_path / "file" / "index.sqlite"), Run(1.0, 0))
    (tmp_path / "index.sqlite-trace").mkdir()
    trace.leave(str(tmp_path / "index.sqlite"), Run(1.0, 0))
    assert sorted(os.listdir(tmp_path)) == ["file", "index.sqlite-trace"]


@pytest.fixture
def here(blog: TinyBlog, monkeypatch: pytest.MonkeyPatch) -> TinyBlog:
    """A blog whose folder is the current one, with a good post."""
    monkeypatch.chdir(blog.folder)
    monkeypatch.setattr("feeds.cli._is_terminal", lambda stream: False)
    return blog.post("good")


def _check(capsys: Capture, *arguments: str) -> tuple[int, str]:
    capsys.readouterr()
    code = main(["cron", "--check", *arguments])
    shown = capsys.readouterr()
    assert shown.out == ""
    return code, shown.err


def _age(seconds: float) -> None:
    """Make every trace of the blog's runs older."""
    for name in Path(cache_folder()).iterdir():
        status = name.stat()
        if name.name.endswith("-memo"):
            os.utime(name, (status.st_atime, status.st_mtime - seconds))
        elif name.name.endswith("-trace"):
            form, at, *rest = name.read_text().splitlines()
            name.write_text("\n".join([form, repr(float(at) - seconds), *rest, ""]))


class TestCheck:
    def test_never_run(self, here: TinyBlog, capsys: Capture) -> None:
        code, said = _check(capsys)
        assert code == 1
        assert said.startswith(f"feeds: {here.content}: no build into {here.output} has left")

    @pytest.mark.parametrize("arguments", [[], ["-o", "output"], ["content"]])
    def test_a_good_run_is_silent_however_it_was_called(
        self, here: TinyBlog, capsys: Capture, arguments: list[str]
    ) -> None:
        assert main(["build", *arguments]) == 0
        assert _check(capsys) == (0, "")

    def test_somebody_who_watches_is_told(
        self, here: TinyBlog, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        main(["build", "-q"])
        monkeypatch.setattr("feeds.cli._is_terminal", lambda stream: True)
        assert main(["cron", "--check"]) == 0
        assert re.search(
            r"ended \d+ seconds? ago \(.* UTC\) and went well\n", capsys.readouterr().out
        )

    def test_a_run_that_is_long_ago(self, here: TinyBlog, capsys: Capture) -> None:
        main(["build"])
        _age(1900)
        code, said = _check(capsys)
        assert code == 1
        assert "ended 31 minutes ago" in said
        assert _check(capsys, "--every", "15") == (0, "")

    def test_a_run_that_found_nothing_new_counts(self, here: TinyBlog, capsys: Capture) -> None:
        main(["build", "-o", "output"])
        _age(1900)
        _settled(here)
        assert ask(["build", "-o", "output"]).code == 0
        assert _check(capsys) == (0, "")

    def test_problems(self, here: TinyBlog, capsys: Capture) -> None:
        here.write("posts/bad.md", "Text.\n")
        assert main(["build"]) == 1
        code, said = _check(capsys)
        assert code == 1
        assert "with exit code 1 (content/posts/bad.md:1: no front matter; " in said

    def test_problems_that_stand_are_still_named(self, here: TinyBlog, capsys: Capture) -> None:
        here.write("posts/bad.md", "Text.\n")
        main(["build", "-o", "output"])
        _age(1900)
        _settled(here)
        assert ask(["build", "-o", "output"]).code == 1
        code, said = _check(capsys)
        assert code == 1
        assert re.search(r"ended \d+ seconds? ago .* exit code 1 \(content/posts/bad.md:1: ", said)

    def test_a_run_that_failed_and_one_that_mended_it(
        self, here: TinyBlog, capsys: Capture
    ) -> None:
        main(["build"])
        shutil.move(here.content / "posts", here.folder / "away")
        assert main(["build"]) == 2
        code, said = _check(capsys)
        assert code == 1
        assert "with exit code 2 (content/posts: no such folder; " in said
        shutil.move(here.folder / "away", here.content / "posts")
        assert main(["build"]) == 0
        assert _check(capsys) == (0, "")

    def test_a_broken_site_toml_is_said_at_once(self, here: TinyBlog, capsys: Capture) -> None:
        main(["build"])
        here.write("site.toml", "title = \n")
        code, said = _check(capsys)
        assert code == 2
        assert said.startswith("feeds: content/site.toml:1: ")

    def test_a_bug_of_ours_leaves_a_trace_and_is_not_hidden(
        self, here: TinyBlog, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def fall(*arguments: object, **options: object) -> None:
            raise ZeroDivisionError("one\ntwo")

        monkeypatch.setattr("feeds.pipeline.build", fall)
        with pytest.raises(ZeroDivisionError):
            main(["build"])
        assert "with exit code 1 (one); " in _check(capsys)[1]

    def test_a_run_that_found_another_at_work_says_nothing_of_the_last(
        self, here: TinyBlog, capsys: Capture
    ) -> None:
        """Else a build that hangs would look well for ever."""
        main(["build"])
        _age(1900)
        with lock_holder(here.output):
            assert main(["build"]) == 75
        assert "ended 31 minutes ago" in _check(capsys)[1]

    def test_a_dry_run_leaves_nothing(self, here: TinyBlog, capsys: Capture) -> None:
        main(["build", "--dry-run"])
        assert _check(capsys)[0] == 1

    def test_nobody_says_where_home_is(
        self, here: TinyBlog, capsys: Capture, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.delenv("XDG_CACHE_HOME")
        monkeypatch.delenv("HOME")
        assert main(["build"]) == 0
        code, said = _check(capsys)
        assert (code, said.startswith("feeds: HOME is not set, ")) == (2, True)


def _settled(blog: TinyBlog) -> None:
    """Have the last build remember files that are old enough to be told apart by their stats."""
    path = memo_path(index_path("content", "output"))
    before = os.stat(path)
    memo = read_memo(path)
    assert memo
    write_memo(path, memo | {"racy": [], "now": 0})
    os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))


def test_the_lean_path_goes_its_way_where_the_memo_cannot_be_touched(
    here: TinyBlog, monkeypatch: pytest.MonkeyPatch
) -> None:
    main(["build", "-o", "output"])
    _settled(here)

    def refuse(path: str) -> None:
        raise PermissionError

    monkeypatch.setattr("feeds.unchanged.os.utime", refuse)
    assert ask(["build", "-o", "output"]).code == 0


# --- the real thing -------------------------------------------------------------------------------

#: In a mount namespace of its own: no other crontab, no other daemon's pid file.
_DAEMON = """
mount -t tmpfs none /var/spool/cron/crontabs &&
mount -t tmpfs none /run &&
mount --bind "$1" /etc/cron.d &&
mount --bind /dev/null /etc/crontab &&
install -m 600 "$2" /var/spool/cron/crontabs/root && exec "$3" -f
"""
#: What cron takes for a shell: keeps what it would mail.
_SHELL = """\
#!/bin/sh
/bin/sh "$@" >>"{folder}/mail" 2>&1
echo $? >>"{folder}/codes"
"""


@contextmanager
def _cron_daemon(folder: Path, lines: list[str]) -> Iterator[None]:
    """Debian's cron, with these lines as root's crontab and nothing else to do."""
    daemon = program("cron")
    if (
        os.geteuid() != 0
        or subprocess.run(["unshare", "-m", "true"], capture_output=True).returncode
    ):
        pytest.skip("cron's own crontabs can be hidden by root only, in a mount namespace")
    (folder / "empty").mkdir()
    (folder / "mail").touch()
    (folder / "codes").touch()
    shell = folder / "shell"
    shell.write_text(_SHELL.format(folder=folder))
    shell.chmod(0o755)
    (folder / "crontab").write_text("\n".join([f"SHELL={shell}", *lines, ""]), encoding="utf-8")
    arguments = [str(folder / "empty"), str(folder / "crontab"), daemon]
    with subprocess.Popen(["unshare", "-m", "sh", "-c", _DAEMON, "sh", *arguments]) as process:
        try:
            yield
            assert process.poll() is None
        finally:
            process.terminate()


def _runs(folder: Path, count: int, seconds: float) -> list[str]:
    """The exit codes of the first runs, as soon as there are so many."""
    until = time.monotonic() + seconds
    while len(codes := (folder / "codes").read_text().split()) < count:
        assert time.monotonic() < until, f"{codes} after {seconds} s"
        time.sleep(0.1)
    return codes


def test_a_real_cron_runs_the_printed_line(tmp_path: Path) -> None:
    """The first run at cron's start, the second at the next minute: a minute in all."""
    home = tmp_path / "it's 100% «a\\%b» $HOME"
    home.mkdir()
    work = tmp_path / "work"
    work.mkdir()
    blog = TinyBlog(home).post("hello").comment("hello", "1")
    script = Path(sys.executable).parent / "feeds"
    if script.exists():
        (home / "feeds").symlink_to(script)
        command = [str(home / "feeds")]
    else:
        command = [sys.executable, "-m", "feeds"]
    printed = subprocess.run(
        [*command, "cron", "content"], cwd=home, capture_output=True, encoding="utf-8", check=True
    )
    line = _line(printed.stdout).split(" ", 5)[5]
    if (second := time.time() % 60) > 50:  # the first run shall end before the minute does
        time.sleep(60.5 - second)
    with _cron_daemon(work, [f"@reboot {line}", f"* * * * * {line}"]):
        assert _runs(work, 1, 20) == ["0"]
        assert [entry.title for entry in blog.feed("comments.rss").entries] == [
            "Comment on Hello by Ann"
        ]
        blog.comment("hello", "2", author="Ben", date="2024-05-03 10:00")
        assert _runs(work, 2, 70)[:2] == ["0", "0"]
        assert [entry.title for entry in blog.feed("comments.rss").entries] == [
            "Comment on Hello by Ben",
            "Comment on Hello by Ann",
        ]
    assert (work / "mail").read_text() == ""
    done = subprocess.run([*command, "cron", "--check"], cwd=home, capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
