"""Two processes where there is enough to do: reading and rendering are pure, and one core is half.

Processes, not threads: libyaml holds the interpreter's lock, and feedgen switches the locale.
"""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator, Sequence
from typing import Any, TypeVar

_PROCESSES = 2
T = TypeVar("T")
R = TypeVar("R")


def each(work: Callable[[T], R], items: Sequence[T], *, few: int, chunk: int) -> Iterator[R]:
    """Yield what `work` makes of each item, in any order.

    Args:
        work: is inherited by the other processes as it is; an error that it raises is raised here.
        items: can be pickled, as must be what is made of them.
        few: fewer items are done here and now: starting processes costs 50 ms.
        chunk: so many items go to a process at a time.
    """
    if len(items) < few or _cores() < _PROCESSES:
        yield from map(work, items)
        return
    from multiprocessing import get_context

    with get_context("fork").Pool(_PROCESSES, _begin, (work,)) as pool:
        yield from pool.imap_unordered(_do, items, chunk)


def _cores() -> int:
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


_work: Callable[[Any], Any] | None = None


def _begin(work: Callable[[Any], Any]) -> None:
    """Take the work along into a new process, and leave Ctrl-C to the one that started us."""
    global _work  # noqa: PLW0603  # a process of its own
    _work = work
    signal.signal(signal.SIGINT, signal.SIG_IGN)


def _do(item: Any) -> Any:
    assert _work is not None
    return _work(item)
