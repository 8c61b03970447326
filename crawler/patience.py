"""Readers with a limit: no page may hold a run up, whatever its bytes do to a parser or a pattern."""

import ctypes
from collections.abc import Callable
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any, TypeVar

LONGEST_READ_S = 10.0
MOST_STUCK = 3

_Result = TypeVar("_Result")


class TooSlow(Exception):
    """The page was not read within the limit."""


class _Ended(BaseException):
    """Thrown into a thread whose call overstayed; no `except Exception` on the way holds it up."""


class Patience:
    """Calls functions one at a time in a thread of its own and waits for each only so long.

    A call that overstays is told to end. Code in Python does at its next step; a parser's goes on in the background
    (it holds no lock of ours) and ends with the process at the latest. After three of those nothing is called any more.
    """

    def __init__(self, longest_s: float = LONGEST_READ_S) -> None:
        """`longest_s` in real seconds, whatever clock a plan has."""
        self._longest_s = longest_s
        self._worker: _Worker | None = None
        self._stuck: list[_Worker] = []

    def call(self, function: Callable[..., _Result], *values: Any) -> _Result:
        """What the function gives or raises. Raises TooSlow after the limit."""
        self._stuck = [worker for worker in self._stuck if worker.is_alive()]
        if len(self._stuck) >= MOST_STUCK:
            raise TooSlow(f"{MOST_STUCK} earlier pages are still being read")
        if self._worker is None:
            self._worker = _Worker()
            self._worker.start()
        self._worker.jobs.put((function, values))
        try:
            result, error = self._worker.done.get(timeout=self._longest_s)
        except Empty:
            self._give_up(self._worker)
            raise TooSlow(f"not read within {self._longest_s:g} s") from None
        if error is not None:
            raise error
        return result  # type: ignore[no-any-return]

    def end(self) -> None:
        """Let the thread go."""
        if self._worker is not None:
            self._worker.jobs.put(None)
        self._worker = None

    def _give_up(self, worker: "_Worker") -> None:
        worker.jobs.put(None)
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(worker.ident or 0), ctypes.py_object(_Ended))
        self._stuck.append(worker)
        self._worker = None


class _Worker(Thread):
    """Takes jobs until it is handed None; its results are (value, None) or (None, error)."""

    def __init__(self) -> None:
        super().__init__(name="reader", daemon=True)
        self.jobs: SimpleQueue[tuple[Callable[..., Any], tuple[Any, ...]] | None] = SimpleQueue()
        self.done: SimpleQueue[tuple[Any, BaseException | None]] = SimpleQueue()

    def run(self) -> None:
        try:
            while (job := self.jobs.get()) is not None:
                self.done.put(_outcome(*job))
        except _Ended:
            return


def _outcome(function: Callable[..., Any], values: tuple[Any, ...]) -> tuple[Any, BaseException | None]:
    try:
        return function(*values), None
    except _Ended:
        raise
    except BaseException as error:
        return None, error
