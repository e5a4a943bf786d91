"""What contracts cost, reckoned month by month from their text; nothing is taken from a plan."""

import math
from dataclasses import dataclass, field

USERS = {
    "api": {"api", "hybrid"},
    "dedicated": {"api", "hybrid"},
    "managed": {"managed", "mixed"},
    "reserved": {"own", "hybrid", "mixed"},
    "lease": {"own", "hybrid", "mixed"},
}
"""Who goes on using what; mixed is a hybrid whose rest goes to the managed platform."""
SIGNER = {"api": "api", "managed": "managed", "dedicated": "api", "reserved": "own", "lease": "own"}
SPENT = ("api", "managed")


@dataclass
class Terms:
    """A contract as a company files it."""

    kind: str
    minimum: float
    first: int = 1
    term: int = 12
    signed: bool = True
    period: int = 1
    ramp: int = 0
    overage: float = 1.0
    rollover: float = 0.0
    notice: int | None = None
    exit_share: float = 0.0
    nodes: int = 0
    tokens: float = 0.0

    def owed_by(self, strategy):
        return self.signed or strategy == SIGNER[self.kind]

    @property
    def last(self):
        return self.first + self.term - 1

    def end(self, strategy, dual):
        """The last month owed: whoever does not use it gives notice when it needs it no more."""
        if strategy in USERS[self.kind] or self.notice is None:
            return self.last
        needed_until = (
            dual if strategy in ("own", "mixed") and self.kind in ("api", "dedicated") else 0
        )
        noticed_in = max(needed_until + 1, self.first)
        return min(self.last, noticed_in + self.notice - 1)

    def exit_fee(self, strategy, dual):
        """What leaving early costs, and the month in which it is paid."""
        end = self.end(strategy, dual)
        return end + 1, self.exit_share * self.minimum * (self.last - end)

    def periods(self, end, months):
        """The months of the plan that are settled together, each list in order."""
        found = {}
        for month in range(max(self.first, 1), min(end, months) + 1):
            found.setdefault((month - self.first) // self.period, []).append(month)
        return found

    def monthly(self, number):
        """The minimum of a month in a settlement period, counted from 0."""
        reached = (number + 1) * self.period
        return self.minimum * (min(1.0, reached / self.ramp) if self.ramp else 1.0)


@dataclass
class Owed:
    """What a strategy owes, uses, wastes and pays beside its bills, by month from 1."""

    months: int
    owed: float = 0.0
    used: float = 0.0
    wasted: float = 0.0
    paid: list[float] = field(default_factory=list)

    def __post_init__(self):
        self.paid = [0.0] * (self.months + 1)


def spend(contracts, strategy, bills, dual, months, into):
    """Burn minimums with the bills of a kind; each contract takes what those above leave."""
    left = dict(enumerate(bills, start=1))
    running = {month: [] for month in left}
    for each in contracts:
        end, rolled, before = each.end(strategy, dual), 0.0, None
        for number, span in each.periods(end, months).items():
            minimum = each.monthly(number) * len(span)
            credit = rolled if before is not None else 0.0
            open_minimum = minimum
            for month in span:
                running[month].append(each)
                burnt = min(left[month], open_minimum)
                open_minimum -= burnt
                left[month] -= burnt
                redeemed = min(left[month], credit)
                credit -= redeemed
                left[month] -= redeemed
                into.paid[month] -= redeemed
            into.owed += minimum
            into.used += minimum - open_minimum
            into.wasted += open_minimum
            into.paid[span[-1]] += open_minimum
            rolled, before = open_minimum * each.rollover, number
    for month, rest in left.items():
        if running[month]:
            into.paid[month] += rest * (running[month][0].overage - 1)


def serve(contracts, strategy, wanted, dual, months, into):
    """Let fees serve nodes or tokens, the first contract first; return what they serve."""
    served = [0.0] * (months + 1)
    for each in contracts:
        size = each.nodes or each.tokens
        for month in range(max(each.first, 1), min(each.end(strategy, dual), months) + 1):
            part = min(size, wanted[month - 1] - served[month])
            served[month] += part
            into.owed += each.minimum
            into.used += each.minimum * part / size
            into.wasted += each.minimum * (1 - part / size)
            into.paid[month] += each.minimum
    return served[1:]


def exits(contracts, strategy, dual, months, into):
    """Pay for leaving early."""
    for each in contracts:
        month, fee = each.exit_fee(strategy, dual)
        if 1 <= month <= months:
            into.paid[month] += fee


def whole(nodes):
    """Whole nodes, up; dust buys none."""
    return math.ceil(round(nodes, 9))
