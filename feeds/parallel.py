"""Two processes where there is enough to do: reading and rendering are pure, and one core is half.

Processes, not threads: libyaml holds the interpreter's lock, and feedgen switches the locale. Not
`multiprocessing`: its pools wait for ever for what a killed process had in hand, its processes wait
for ever when the one that started them is killed, with the lock of the output folder in hand, and
what starts them takes as long as to read a hundred posts.
"""

from __future__ import annotations

import fcntl
import marshal
import os
import signal
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from typing import Any, Generic, NamedTuple, NoReturn, TypeVar

#: The pipe that hands out chunks holds the numbers of so many, of so many bytes each.
_MOST_CHUNKS = 8192
_NUMBER = 4
#: Before each result: how long it is.
_LENGTH = 8
#: Before that, after its length: in which of two ways it is written.
_PLAIN, _PICKLED = b"m", b"p"
#: What a helper has done waits here while we are at work, so that it need not wait itself.
_PIPE_SIZE = 1 << 20
T = TypeVar("T")
R = TypeVar("R")


class Begun(NamedTuple, Generic[T, R]):
    """What a helper has found out that there is to do."""

    work: Callable[[T], R]
    #: Chunk by chunk.
    items: Sequence[Sequence[T]]
    #: What else it found out, in plain values.
    said: Any = None


def each(
    work: Callable[[T], R],
    items: Sequence[T],
    *,
    few: int,
    chunk: int,
    meanwhile: Callable[[], None] | None = None,
    mend: Callable[[], None] | None = None,
    helper: Helper[T, R] | None = None,
) -> Iterator[R]:
    """Yield what `work` makes of each item, in any order.

    Args:
        work: is inherited by the other process as it is; an error that it raises is raised here.
        items: are inherited, too; what is made of them can be pickled, or is made here.
        few: fewer items are done here and now: starting a process costs a few milliseconds.
        chunk: so many items are done before the two look at what the other has done.
        meanwhile: is to be done at some time, and is done here when the other process is at work.
        mend: is done if the other was killed, before what it had in hand is done once more.
        helper: another process that has begun with the same.
    """
    if helper is None and (len(items) < few or cores() < 2):
        yield from map(work, items)
        return
    chunks = in_chunks(items, chunk)
    left = set(range(len(chunks)))
    if helper is None:
        helper = Helper(lambda: Begun(work, chunks), ready=len(chunks))
    try:
        if meanwhile:
            meanwhile()
        while (number := helper.taken()) is not None:
            yield from map(work, chunks[number])
            left.remove(number)
            for other, results in helper.results():
                left.remove(other)
                yield from results
        for other, results in helper.results(wait=True):
            left.remove(other)
            yield from results
    finally:
        helper.dismiss()
    if left and mend:
        mend()
    for number in sorted(left):  # what the helper had in hand when it was killed, say
        yield from map(work, chunks[number])


def in_chunks(items: Sequence[T], chunk: int) -> list[Sequence[T]]:
    """Return the items in chunks of so many, or of more if these would be too many."""
    size = max(chunk, -(-len(items) // _MOST_CHUNKS))
    return [items[start : start + size] for start in range(0, len(items), size)]


def cores() -> int:
    """Return how many processes can be at work at once."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Helper(Generic[T, R]):
    """A process that shares chunks with this one: whoever is free takes the next.

    The number of each chunk waits in a pipe that both read from. What the helper makes of a chunk
    comes through another.

    Args:
        begin: tells the helper what there is to do.
        ready: how many chunks there are; None: nobody knows before the helper has found out, which
            says so first (`first`).
    """

    def __init__(self, begin: Callable[[], Begun[T, R]], *, ready: int | None) -> None:
        self._taking, giving = _pipe()
        if ready is not None:
            _offer(giving, ready)
        self._hearing, telling = _pipe()
        self._heard = bytearray()
        parent = os.getpid()
        self._process = os.fork()
        if not self._process:
            self._serve(begin, giving if ready is None else -1, telling, parent)
        os.close(telling)
        if ready is None:
            os.close(giving)

    def first(self) -> Any:
        """Wait for what the helper says first, and return it; None if it has failed."""
        os.set_blocking(self._hearing, True)
        while not (said := self._message()):
            if not (data := os.read(self._hearing, _PIPE_SIZE)):
                return None
            self._heard += data
        return _unpacked(said)

    def taken(self) -> int | None:
        """Return the number of the next chunk, for whoever asks to do; None if none is left."""
        said = os.read(self._taking, _NUMBER)
        return int.from_bytes(said, "big") if said else None

    def results(self, *, wait: bool = False) -> Iterator[tuple[int, list[R]]]:
        """Yield the chunks that the helper has done by now, or in the end, and what came of each."""
        os.set_blocking(self._hearing, wait)
        yield from self._told()
        with suppress(BlockingIOError):
            while data := os.read(self._hearing, _PIPE_SIZE):
                self._heard += data
                yield from self._told()

    def _told(self) -> Iterator[tuple[int, list[R]]]:
        while said := self._message():
            try:
                number, results, error = _unpacked(said)
            except Exception:  # what cannot be read is done here, then
                continue
            if error is not None:
                raise error
            yield number, results

    def _message(self) -> bytes:
        """Return the next of what was heard; empty if not all of it was."""
        end = _LENGTH + int.from_bytes(self._heard[:_LENGTH], "big")
        if len(self._heard) < max(end, _LENGTH + 1):
            return b""
        said = bytes(self._heard[_LENGTH:end])
        del self._heard[:end]
        return said

    def dismiss(self) -> None:
        """End the process, whatever it is at."""
        if self._process:
            os.close(self._taking)
            os.close(self._hearing)
            os.kill(self._process, signal.SIGKILL)
            os.waitpid(self._process, 0)
            self._process = 0

    # --- in the other process ---------------------------------------------------------------------

    def _serve(
        self, begin: Callable[[], Begun[T, R]], giving: int, telling: int, parent: int
    ) -> NoReturn:
        """Do chunk after chunk as long as there are any, and somebody wants them."""
        try:
            signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for the one that started us
            os.close(self._hearing)
            begun = begin()
            if giving >= 0:
                _say(telling, _packed(begun.said))
                _offer(giving, len(begun.items))
            while (number := self.taken()) is not None:
                if said := _packed(self._done(begun, number, parent)):
                    _say(telling, said)
        finally:  # also if whoever started us is gone
            os._exit(0)

    def _done(
        self, begun: Begun[T, R], number: int, parent: int
    ) -> tuple[int, list[Any], Exception | None]:
        results = []
        for item in begun.items[number]:
            if os.getppid() != parent:
                os._exit(1)  # nobody waits for the rest, and we hold the lock that we inherited
            try:
                results.append(begun.work(item))
            except Exception as error:
                return number, [], error
        return number, results, None


def _offer(giving: int, count: int) -> None:
    """Let whoever is free take the numbers of so many chunks."""
    os.write(giving, b"".join(number.to_bytes(_NUMBER, "big") for number in range(count)))
    os.close(giving)


def _packed(done: Any) -> bytes:
    """Return what came of a chunk as bytes; nothing if that cannot be."""
    try:
        return _PLAIN + marshal.dumps(done)  # in half the time, and without an import
    except ValueError:
        import pickle
    with suppress(pickle.PicklingError, AttributeError, TypeError):
        return _PICKLED + pickle.dumps(done, pickle.HIGHEST_PROTOCOL)
    return b""


def _unpacked(said: bytes) -> Any:
    if said.startswith(_PLAIN):
        return marshal.loads(said[1:])
    import pickle

    return pickle.loads(said[1:])


def _pipe() -> tuple[int, int]:
    taking, giving = os.pipe()
    with suppress(AttributeError, OSError):  # Linux; elsewhere it is as it is
        fcntl.fcntl(giving, fcntl.F_SETPIPE_SZ, _PIPE_SIZE)
    return taking, giving


def _say(telling: int, said: bytes) -> None:
    data = len(said).to_bytes(_LENGTH, "big") + said
    while data:
        data = data[os.write(telling, data) :]
