"""Two processes where there is enough to do: reading and rendering are pure, and one core is half.

Processes, not threads: libyaml holds the interpreter's lock, and feedgen switches the locale. Not
`multiprocessing.Pool`: it waits for ever for what a killed process had in hand, and its processes
wait for ever when the one that started them is killed, with the lock of the output folder in hand.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar, cast

if TYPE_CHECKING:
    from multiprocessing.connection import Connection
    from multiprocessing.process import BaseProcess

_PROCESSES = 2
#: So many chunks wait in each process, so that it never waits for us. They are named by a number,
#: which never fills a pipe.
_AHEAD = 2
T = TypeVar("T")
R = TypeVar("R")
Chunk: TypeAlias = Sequence[T]


def each(work: Callable[[T], R], items: Sequence[T], *, few: int, chunk: int) -> Iterator[R]:
    """Yield what `work` makes of each item, in any order.

    Args:
        work: is inherited by the other processes as it is; an error that it raises is raised here.
        items: are inherited, too; what is made of them can be pickled.
        few: fewer items are done here and now: starting processes costs 50 ms.
        chunk: so many items go to a process at a time.
    """
    if len(items) < few or _cores() < _PROCESSES:
        yield from map(work, items)
        return
    chunks = [items[start : start + chunk] for start in range(0, len(items), chunk)]
    crew = _Crew(work, chunks)
    try:
        for results in crew.results():
            yield from results
    finally:
        crew.dismiss()
    for left in crew.left():
        yield from map(work, chunks[left])


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class _Crew:
    """Processes that work chunk by chunk, each at the other end of a pipe."""

    def __init__(self, work: Callable[[Any], Any], chunks: Sequence[Chunk[Any]]) -> None:
        self._waiting = list(reversed(range(len(chunks))))
        #: What each process has in hand, by its pipe.
        self._in_hand: dict[Connection, list[int]] = {}
        self._processes: list[BaseProcess] = []
        self._lost: list[int] = []
        for _ in range(_PROCESSES):
            self._hire(work, chunks)

    def _hire(self, work: Callable[[Any], Any], chunks: Sequence[Chunk[Any]]) -> None:
        from multiprocessing import get_context

        context = get_context("fork")
        ours, theirs = context.Pipe()
        # An end of ours that lived on in a process of theirs would hide that we are gone.
        inherited = [*self._in_hand, ours]
        process = context.Process(
            target=_serve, args=(work, chunks, theirs, inherited, os.getpid()), daemon=True
        )
        process.start()
        theirs.close()
        self._processes.append(process)
        self._in_hand[ours] = []

    def results(self) -> Iterator[list[Any]]:
        """Yield the results of each chunk as it is done; return when no process is left to ask."""
        from multiprocessing.connection import wait

        for pipe in list(self._in_hand):
            self._give(pipe)
        while busy := [pipe for pipe, chunks in self._in_hand.items() if chunks]:
            for pipe in cast("list[Connection]", wait(busy)):
                try:
                    number, results, error = pipe.recv()
                except (
                    Exception
                ):  # it is gone, or sent what cannot be read: that is done here, then
                    self._lose(pipe)
                    continue
                if error is not None:
                    raise error
                self._in_hand[pipe].remove(number)
                self._give(pipe)
                yield results

    def _give(self, pipe: Connection) -> None:
        """Let a process always have something to do."""
        chunks = self._in_hand[pipe]
        while self._waiting and len(chunks) < _AHEAD:
            chunks.append(self._waiting.pop())
            try:
                pipe.send(chunks[-1])
            except OSError:
                self._lose(pipe)
                return

    def _lose(self, pipe: Connection) -> None:
        """Note what a process had in hand that was killed, as by a system short of memory."""
        self._lost += self._in_hand.pop(pipe)
        pipe.close()

    def left(self) -> list[int]:
        """Return the chunks that nobody has done."""
        return [*self._lost, *reversed(self._waiting)]

    def dismiss(self) -> None:
        """End the processes, whatever they are at."""
        for pipe in self._in_hand:
            pipe.close()
        for process in self._processes:
            process.kill()
            process.join()


def _serve(
    work: Callable[[Any], Any],
    chunks: Sequence[Chunk[Any]],
    pipe: Connection,
    inherited: Sequence[Connection],
    parent: int,
) -> None:
    """Do chunk after chunk, in a process of its own, as long as somebody wants them."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that started us
    for other in inherited:
        other.close()
    while True:
        try:
            number = pipe.recv()
            pipe.send(_done(work, number, chunks[number], parent))
        except Exception:  # whoever started us is gone, or finds out and does it without us
            return


def _done(
    work: Callable[[Any], Any], number: int, items: Chunk[Any], parent: int
) -> tuple[int, list[Any], Exception | None]:
    results = []
    for item in items:
        if os.getppid() != parent:
            raise EOFError  # nobody waits for the rest, and we hold the lock that we inherited
        try:
            results.append(work(item))
        except Exception as error:
            return number, [], error
    return number, results, None
