"""A small engine of mutations: deterministic by its seed, and no coverage but what results look like.

What a target returns is the shape of its result; an input that gives a new shape is kept, and
mutated in its turn. Beside that, inputs are stretched: a piece of one, repeated to 16 and to 64 KB,
shows what takes quadratic time.
"""

from __future__ import annotations

import os
import random
import signal
import time
import traceback
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

#: An input, and anything that says how its result differs from others.
Run = Callable[[bytes], Hashable]


@dataclass(frozen=True, slots=True)
class Target:
    """One function that takes what strangers wrote, and what must hold of what it returns."""

    name: str
    run: Run
    seeds: tuple[bytes, ...]
    #: Words that mean something to it.
    words: tuple[bytes, ...] = ()
    #: What no input for it exceeds, in bytes, when pieces are repeated.
    longest: int = 65_536


@dataclass(frozen=True, slots=True)
class Finding:
    """An input that broke what must hold."""

    target: str
    data: bytes
    #: The same for all inputs that fail at the same place in the same way.
    where: str
    what: str


@dataclass(slots=True)
class Session:
    """What became of fuzzing one target."""

    target: Target
    executions: int = 0
    stretched: int = 0
    corpus: list[bytes] = field(default_factory=list)
    findings: dict[str, Finding] = field(default_factory=dict)


#: 64 KB in less are not worth a second look; in more, they take a minute for each 10 MB.
_WORTH_A_LOOK = 0.12
_TOO_SLOW = 2.0
#: Of four times the input: 4 is linear, 16 quadratic.
_STEEP = 9.0
#: Whatever takes longer is stopped.
_HANG = 10.0
_CORPUS = 400
_LONGEST = 4096

#: Characters that mean much to some parser, and nothing to the eye.
_SPECIAL = [
    "\x00",
    "\x08",
    "\x0b",
    "\x0c",
    "\x1b",
    "\x7f",
    "\x85",
    "\xa0",
    "\xad",
    "İ",
    "ı",
    "ſ",
    "́",
    "ᅠ",
    "\u200b",
    "\u200d",
    "\u2028",
    "\u202e",
    "\u2066",
    "ﬁ",
    "\ufeff",
    "�",
    "\uffff",
    "😀",
    "\U000e0041",
    "ⅷ",
    "²",
    "٣",
    "é",
    "ß",
    "\r",
    "\r\n",
    "\n\n",
    "\t",
]
_COMMON = (
    *(text.encode() for text in _SPECIAL),
    *(b"\xff", b"\xc3", b"\xed\xa0\x80", b"\xf4\x90\x80\x80", b"\xe2\x80"),
    *(b"-1", b"0", b"999999999999999999999", b"1e999", b"NaN", b"null", b"true", b"~", b"."),
    *(b"'", b'"', b"\\", b"%", b"%00", b"%ff", b"&#0;", b"&#8;", b"&amp;", b"{", b"}", b"[", b"]"),
    *(b"(", b")", b"<", b">", b"/", b"//", b"../", b":", b"#", b"?", b"@", b"*", b"$", b"|", b"`"),
)


def fuzz(target: Target, *, seconds: float, seed: int = 0, rounds: int | None = None) -> Session:
    """Run a target on mutated seeds until time, or the number of rounds, is over."""
    dice = random.Random(f"{seed} {target.name}")
    session = Session(target, corpus=list(target.seeds))
    seen: set[Hashable] = set()
    end = time.monotonic() + seconds
    for data in target.seeds:
        attempt(session, data, seen)
    turn = 0
    while time.monotonic() < end and (rounds is None or turn < rounds):
        turn += 1
        if turn % 20 == 0:
            _stretch(session, dice)
        else:
            attempt(session, mutated(dice.choice(session.corpus), session, dice), seen)
    return session


def attempt(session: Session, data: bytes, seen: set[Hashable]) -> None:
    """Run one input; keep it if its result looks like none before, and tell what it broke."""
    session.executions += 1
    started = time.thread_time()
    try:
        with stopped_when_it_hangs():
            shape = session.target.run(data)
    except Exception as error:
        _found(session, data, error)
        return
    took = time.thread_time() - started
    if took > _TOO_SLOW and _fastest(session.target, data) > _TOO_SLOW:
        _report(session, data, "slow", f"{took:.1f} s for {len(data)} bytes")
    if shape not in seen:
        seen.add(shape)
        if len(session.corpus) < _CORPUS:
            session.corpus.append(data)


# --- mutations ------------------------------------------------------------------------------------


def mutated(data: bytes, session: Session, dice: random.Random) -> bytes:
    """Return `data` with some changes."""
    words = session.target.words
    for _ in range(1 << dice.randrange(4)):
        data = _changed(data, words, session.corpus, dice)
    return data[:_LONGEST]


def _changed(
    data: bytes, words: Sequence[bytes], corpus: Sequence[bytes], dice: random.Random
) -> bytes:
    start = dice.randrange(len(data) + 1)
    end = min(len(data), start + int(2 ** (dice.random() * 6)))
    piece = data[start:end]
    match dice.randrange(9):
        case 0:
            return data[:start] + data[end:]
        case 1:
            return data[:start] + piece * dice.choice((2, 3, 9, 30)) + data[end:]
        case 2 | 3 | 4 if words:
            return data[:start] + dice.choice(words) + data[dice.choice((start, end)) :]
        case 5:
            other = dice.choice(corpus)
            at = dice.randrange(len(other) + 1)
            return data[:start] + other[at : at + int(2 ** (dice.random() * 9))] + data[end:]
        case 6:
            to = dice.randrange(len(data) + 1)
            return data[:to] + piece + data[to:]
        case 7 if data:
            at = min(start, len(data) - 1)
            return data[:at] + bytes([dice.randrange(256)]) + data[at + 1 :]
        case _:
            return data[:start] + dice.choice(_COMMON) + data[dice.choice((start, end)) :]


# --- time -----------------------------------------------------------------------------------------


def _stretch(session: Session, dice: random.Random) -> None:
    """Repeat a piece of an input, in its place; four times as much must not take 16 times as long."""
    data = dice.choice(session.corpus)
    start = dice.randrange(len(data) + 1)
    end = min(len(data), start + int(2 ** (dice.random() * 6)))
    words = (*session.target.words, *_COMMON)
    piece = data[start:end] if dice.random() < 0.5 else b""
    piece += b"".join(dice.choice(words) for _ in range(dice.randrange(3)))
    if not piece:
        return
    session.stretched += 1
    longest = session.target.longest
    head, tail = data[:start], data[start if dice.random() < 0.5 else end :]

    def of(length: int) -> bytes:
        return head + piece * (length // len(piece)) + tail

    quarter = whole = 0.0
    for size in (longest // 16, longest // 4, longest):
        quarter, data = whole, of(size)
        try:
            whole = _time(session.target, data)
            if whole < _WORTH_A_LOOK:
                continue
            whole = min(whole, _fastest(session.target, data))
            quarter = _fastest(session.target, of(size // 4))
        except Exception as error:
            _found(session, data, error)
            return
        if whole > _WORTH_A_LOOK and whole / max(quarter, 1e-6) > _STEEP:
            if size < longest and _goes_on(session.target, of(size * 4), whole):
                continue  # a bound is near, and nothing is steep beyond it
            what = f"{quarter:.3f} s for {size // 4} bytes, {whole:.3f} s for {size}"
            _report(session, of(size // 4), "steep", f"{what}, of {piece!r}")
            return
        if whole > _TOO_SLOW:
            what = f"{whole:.2f} s for {size} bytes of {piece!r}"
            _report(session, of(size // 4), "slow", what)
            return


def _goes_on(target: Target, data: bytes, quarter: float) -> bool:
    """Tell whether four times as much takes no more than about four times as long."""
    try:
        return _time(target, data) / quarter <= _STEEP
    except HangError:
        return False


def _time(target: Target, data: bytes) -> float:
    started = time.thread_time()
    with stopped_when_it_hangs():
        target.run(data)
    return time.thread_time() - started


class HangError(Exception):
    """What was run does not end."""


@contextmanager
def stopped_when_it_hangs(seconds: float = _HANG) -> Iterator[None]:
    """Raise in the middle of whatever takes too long, in CPU time; `re` lets itself be stopped."""

    def stop(*_: object) -> None:
        raise HangError

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def _fastest(target: Target, data: bytes) -> float:
    return min(_time(target, data) for _ in range(2))


# --- findings -------------------------------------------------------------------------------------


def _report(session: Session, data: bytes, where: str, what: str) -> None:
    if where not in session.findings:
        session.findings[where] = Finding(session.target.name, data, where, what)


def _found(session: Session, data: bytes, error: Exception) -> None:
    where = place_of(error)
    if where in session.findings:
        return
    is_quick = len(data) <= _LONGEST and not isinstance(error, HangError)
    small = shrunk(session.target.run, data, where) if is_quick else data
    what = "".join(traceback.format_exception(error)[-6:])
    session.findings[where] = Finding(session.target.name, small, where, what)


_OURS = f"{os.sep}feeds{os.sep}"


def place_of(error: BaseException) -> str:
    """Return what is the same for all errors of one cause: the kind, and the innermost line."""
    frames = traceback.extract_tb(error.__traceback__)
    ours = [f for f in frames if _OURS in f.filename]
    last = (ours or [f for f in frames if f.name != "stop"] or list(frames))[-1]
    return f"{type(error).__name__} {last.name}:{last.line}"


def shrunk(run: Run, data: bytes, where: str) -> bytes:
    """Return a smaller input that fails at the same place."""

    def fails(candidate: bytes) -> bool:
        try:
            run(candidate)
        except Exception as error:
            return place_of(error) == where
        return False

    size = max(len(data) // 2, 1)
    tries = 0
    while tries < 600:
        at = 0
        while at < len(data) and tries < 600:
            tries += 1
            if fails(candidate := data[:at] + data[at + size :]):
                data = candidate
            else:
                at += size
        if size == 1:
            break
        size //= 2
    return data
