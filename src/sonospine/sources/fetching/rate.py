"""How fast is asked: evenly spaced slots that all processes of a run take from one file."""

from __future__ import annotations

import contextlib
import fcntl
import os
import re
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from sonospine.model.errors import InputError

MARGIN = 1.1
"""Slots lie this much further apart than the limit allows: a request may be a tenth of a second longer under way
than the one that follows it by the limit's number, and they still do not arrive within one second."""
LONGEST_HOLD = 900.0
"""Seconds; a service that wants to be left alone for longer than this is not waited for."""
_ROUNDING = 1e-3


class Rate:
    """The rate at which one service is asked, kept by all processes that share a folder.

    The time of the next slot stands in a file that is locked while it is read and written (and during the last
    moments of waiting, so that a slot is counted from when it was really taken). The lock ends with its process.

    Parameters
    ----------
    folder
        Where the file is; made where it is missing.
    host
        The service; each has its own slots.
    per_second
        How many requests it allows in any one second.
    clock, sleep
        Seconds since the epoch, the same for all processes; a wait of so many seconds.
    """

    def __init__(
        self,
        folder: Path,
        host: str,
        per_second: float,
        *,
        clock: Callable[[], float] = time.time,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self.path = folder / f"{re.sub(r'[^0-9A-Za-z.-]+', '_', host) or '_'}.slot"
        self.spacing = MARGIN / per_second
        self._clock = clock
        self._sleep = sleep

    def wait(self) -> None:
        """Wait for the next slot and take it."""
        while True:
            with self._slots() as file:
                pause = self._pause(file)
                if pause <= self.spacing:
                    while pause > 0:
                        self._sleep(pause)
                        pause = self._pause(file)
                    self._write(file, self._clock() + self.spacing, 0.0)
                    return
            # A long hold is waited for without the lock, so that others can make it longer.
            self._sleep(min(pause - self.spacing / 2, 1.0))

    def hold(self, seconds: float) -> None:
        """Let nobody ask within the next seconds (at most ``LONGEST_HOLD``)."""
        with self._slots() as file:
            slot, held = self._read(file)
            self._write(file, slot, max(held, self._clock() + min(seconds, LONGEST_HOLD)))

    def _pause(self, file: int) -> float:
        """Return for how many seconds nobody may ask.

        A slot is never further ahead than one spacing, a hold no further than the longest: one that is was written
        before the clock was set back, and is written anew.
        """
        slot, held = self._read(file)
        now = self._clock()
        if slot - now > self.spacing + _ROUNDING or held - now > LONGEST_HOLD + _ROUNDING:
            slot, held = min(slot, now + self.spacing), held if held - now <= LONGEST_HOLD else 0.0
            self._write(file, slot, held)
        return max(slot - now, held - now, 0.0)

    def _read(self, file: int) -> tuple[float, float]:
        try:
            slot, held = (float(part) for part in os.pread(file, 100, 0).split())
        except ValueError:  # new, or not written to its end
            return 0.0, 0.0
        return slot, held

    def _write(self, file: int, slot: float, held: float) -> None:
        content = f"{slot:017.6f} {held:017.6f}\n".encode()
        os.pwrite(file, content, 0)
        os.ftruncate(file, len(content))

    @contextlib.contextmanager
    def _slots(self) -> Iterator[int]:
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            file = os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
        except OSError as error:
            raise InputError(
                f"the rate of requests cannot be kept: {error.strerror}", file=self.path
            ) from None
        try:
            self._lock(file)
            yield file
        finally:
            os.close(file)

    def _lock(self, file: int) -> None:
        try:
            fcntl.flock(file, fcntl.LOCK_EX)
        except OSError as error:
            raise InputError(
                f"the rate of requests cannot be shared, the file cannot be locked: {error.strerror}",
                file=self.path,
                allowed="a folder on a file system with locks",
            ) from None
