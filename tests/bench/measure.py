"""What a benchmark consists of: two timings from one run, and the ratio that was promised."""

import time
from collections.abc import Callable
from typing import NamedTuple


class Target(NamedTuple):
    """A promise in words, and the test of it."""

    words: str
    holds: Callable[[float, float], bool]


def faster(times: float) -> Target:
    """Our time is at most the peer's divided by `times`."""
    return Target(f">= {times:,g}x faster", lambda ours, peer: ours * times <= peer)


def no_slower(times: float) -> Target:
    """Our time is at most the peer's times `times`."""
    return Target(f"<= {times:g}x slower", lambda ours, peer: ours <= peer * times)


def within(seconds: float) -> Target:
    """Our time is below `seconds`, whatever the peer takes."""
    return Target(f"< {seconds:g} s", lambda ours, peer: ours < seconds)


class Row(NamedTuple):
    """One line of the table; times in seconds."""

    what: str
    ours: float
    peer: str
    theirs: float
    target: Target

    def __str__(self) -> str:
        quick, slow = sorted((self.ours, self.theirs))
        ratio = f"{slow / quick:,.{1 if slow < 10 * quick else 0}f}x"
        direction = "faster" if self.ours < self.theirs else "slower"
        verdict = "met" if self.target.holds(self.ours, self.theirs) else "MISSED"
        return (
            f"{self.what:<34} {_seconds(self.ours):>9}  {self.peer:<34} {_seconds(self.theirs):>9}"
            f"  {ratio:>6} {direction}  {self.target.words:<17} {verdict}"
        )


HEADING = f"{'ours':<34} {'time':>9}  {'peer':<34} {'time':>9}  {'ratio':<13}  target"


def best(*calls: Callable[[], object], rounds: int = 5) -> list[float]:
    """Shortest time of each call; they take turns, so that a busy moment hits them all."""
    times = [[_timed(call) for call in calls] for _ in range(rounds)]
    return [min(column) for column in zip(*times, strict=True)]


def _timed(call: Callable[[], object]) -> float:
    start = time.perf_counter()
    call()
    return time.perf_counter() - start


def _seconds(time_taken: float) -> str:
    return f"{time_taken:,.2f} s" if time_taken >= 1 else f"{time_taken * 1e3:,.1f} ms"
