"""What the sentences of a plan must say, reckoned in plain Python, month by month.

Written from the rules of the comparison, not from the lines of the product: every strategy is one
flow a month, paid as it is paid, with fees, commitments and what is paid once; a purchase is spread
over the months its nodes serve, with the cost of capital.
"""

import math
from dataclasses import dataclass, field, replace
from functools import cached_property

STRATEGIES = ("api", "managed", "own", "hybrid")


@dataclass(frozen=True)
class Question:
    """A plan as somebody asks it, in the units of a scenario file."""

    months: int = 36
    tokens: float = 3e9
    growth: float = 0.0
    api_price: float = 2.0
    api_change: float = 0.0
    api_fee: float = 0.0
    api_commit: float = 0.0
    managed_price: float | None = None
    managed_change: float = 0.0
    managed_fee: float = 0.0
    speed: float = 16_000.0
    peak: float = 2.0
    sla: float = 0.85
    max_load: float = 0.8
    hours: float = 730.0
    kind: str = "rent"
    node: float = 3_000.0
    """Rent or lease a month; a purchase where the node is bought."""
    space: float = 0.0
    spare: int = 1
    least: int = 1
    own_price: float = 0.0
    staff: float = 10_000.0
    wage_growth: float = 0.0
    opportunity: float = 0.0
    counted: bool = False
    migration: float = 0.0
    dual: int = 0
    hybrid: float = 0.0
    rate: float = 0.1
    timing: float = 1.0
    tax: float = 0.0
    failed: tuple[str, ...] = ()
    """Gates answered with no."""
    passed: tuple[str, ...] = ()


GATES = {
    "gate_residency_kind": ("the data may leave your network", ("api", "managed")),
    "gate_accuracy_kind": (
        "an open model reaches 95 % of the accuracy you require",
        ("managed", "own"),
    ),
    "gate_fine_tuning_kind": ("the API allows the fine-tuning you need", ("api",)),
    "gate_latency_api_kind": ("the API answers fast enough", ("api",)),
    "gate_latency_managed_kind": ("the managed platform answers fast enough", ("managed",)),
    "gate_latency_own_kind": ("your own nodes answer fast enough", ("own",)),
}


@dataclass(frozen=True)
class Oracle:
    """The answers to a question."""

    asked: Question
    cache: dict = field(default_factory=dict, compare=False)

    @cached_property
    def options(self):
        asked = self.asked
        return tuple(
            option
            for option in STRATEGIES
            if option in ("api", "own")
            or (option == "managed" and asked.managed_price is not None)
            or (option == "hybrid" and asked.hybrid > 0)
        )

    @property
    def left(self):
        out = {option for gate in self.asked.failed for option in GATES[gate][1]}
        out |= {"hybrid"} if out & {"own", "api"} else set()  # the API serves its rest
        return tuple(option for option in self.options if option not in out)

    def volume(self, month):
        return self.asked.tokens * (1 + self.asked.growth) ** ((month - 1) / 12)

    def price(self, option, month):
        asked = self.asked
        now = asked.api_price if option == "api" else asked.managed_price
        change = asked.api_change if option == "api" else asked.managed_change
        return now * (1 + change) ** ((month - 1) / 12)

    def bill(self, option, month, tokens=None):
        """The bill of a token-billed option for a volume; what is committed is owed in any case."""
        asked = self.asked
        used = (self.volume(month) if tokens is None else tokens) / 1e6 * self.price(option, month)
        if option == "api":
            return max(used, asked.api_commit) + asked.api_fee
        return used + asked.managed_fee + asked.api_commit

    @property
    def full(self):
        """Tokens that a node is planned for in a month."""
        asked = self.asked
        return asked.speed * 3600 * asked.hours * asked.sla * asked.max_load / asked.peak

    def serving(self, tokens):
        return max(self.asked.least, math.ceil(tokens / self.full - 5e-10))

    def nodes(self, option, month):
        """Nodes in service with the spare ones; what is leased does not shrink."""
        return self._most(option, month, 1 if self.asked.kind == "lease" else month)

    def owned(self, option, month):
        """Nodes bought, none of them sold before the end of the plan."""
        return self._most(option, month, 1)

    def _most(self, option, month, first):
        share = 1.0 if option == "own" else self.asked.hybrid
        past = range(first, month + 1)
        return max(self.serving(self.volume(t) * share) for t in past) + self.asked.spare

    def node(self, month):
        """What a node in service costs in a month, its purchase apart."""
        return self.asked.space + (self.asked.node if self.asked.kind != "buy" else 0.0)

    def people(self, month):
        return self.asked.staff * (1 + self.asked.wage_growth) ** ((month - 1) // 12)

    @property
    def lost(self):
        """Opportunity cost, where it counts; what an hour is worth does not rise."""
        return self.asked.opportunity if self.asked.counted else 0.0

    def once(self, month):
        asked = self.asked
        moved = asked.migration if month == 1 else 0.0
        return moved + (self.bill("api", month) if month <= asked.dual else asked.api_commit)

    def running(self, option, month):
        """What is paid in a month with nodes of one's own, purchases apart."""
        asked, share = self.asked, 1.0 if option == "own" else self.asked.hybrid
        served = self.volume(month) * share / 1e6 * asked.own_price
        bought = 0.0
        if option == "hybrid" and month > asked.dual:
            rest = self.volume(month) * (1 - share) / 1e6 * self.price("api", month)
            bought = max(rest - asked.api_commit, 0) + asked.api_fee
        nodes = self.nodes(option, month) * self.node(month)
        return nodes + served + self.people(month) + self.once(month) + bought

    def factor(self, month):
        return (1 + self.asked.rate) ** (-(month - 1 + self.asked.timing) / 12)

    def assets(self, option):
        """Present value of purchases less what they sell for at the end; months a node serves."""
        if self.asked.kind != "buy":
            return 0.0, 1.0
        before, value, served = 0, 0.0, 0.0
        for month in range(1, self.asked.months + 1):
            bought = self.owned(option, month) - before
            before += bought
            sold = self.worth(self.asked.months - month + 1)
            start = (1 + self.asked.rate) ** (-(month - 1) / 12)
            end = (1 + self.asked.rate) ** (-self.asked.months / 12)
            value += bought * self.asked.node * (start - sold * end)
            served += before * self.factor(month)
        return value, served

    def worth(self, age):
        """What a node still sells for, of its price: 40 % after 36 months, nothing after 60."""
        return max(0.0, 1 - age / 60)

    def flow(self, option):
        """What each month costs, with its capital."""
        if option in ("api", "managed"):
            return [self.bill(option, t) for t in self.all]
        value, served = self.assets(option)
        each = value / served / (1 - self.asked.tax)
        own = (
            self.running(option, t) + self.lost + (each * self.owned(option, t) if value else 0.0)
            for t in self.all
        )
        return list(own)

    @property
    def all(self):
        return range(1, self.asked.months + 1)

    def present(self, option):
        if option not in self.cache:
            flow = zip(self.flow(option), self.all, strict=True)
            self.cache[option] = sum(x * self.factor(t) for x, t in flow) * (1 - self.asked.tax)
        return self.cache[option]

    @property
    def ranking(self):
        """The options that fail no gate, cheapest first; of equals the one of least change."""
        return sorted(self.left, key=self.present)

    @property
    def rival(self):
        billed = [option for option in self.left if option in ("api", "managed")]
        return min(billed, key=self.present, default=None)

    @property
    def ahead(self):
        """Months in which self-hosting costs less than the rival."""
        pairs = zip(self.flow("own"), self.flow(self.rival), self.all, strict=True)
        return [t for own, rival, t in pairs if own < rival * (1 - 1e-12)]

    def with_speed(self, speed):
        return Oracle(replace(self.asked, speed=speed))

    @property
    def pays(self):
        return self.present("own") < self.present(self.rival)

    @cached_property
    def capital(self):
        """What a bought node bears a month, as much in every month it serves."""
        value, served = self.assets("own")
        return value / served / (1 - self.asked.tax)

    @cached_property
    def level(self):
        """What is paid once, as much in every month."""
        once = sum(self.once(t) * self.factor(t) for t in self.all)
        return once / sum(self.factor(t) for t in self.all)

    def saved(self, month, nodes, tokens):
        """What so many serving nodes save in a month against the rival, at a volume."""
        asked = self.asked
        each, level = self.node(month) + self.capital, self.level
        own = self.people(month) + self.lost + level + (nodes + asked.spare) * each
        own += tokens / 1e6 * asked.own_price
        return self.bill(self.rival, month, tokens) - own

    def first_volume(self, month, most=3_000):
        """The lowest volume at which self-hosting wins, band by band; None where it does not."""
        for nodes in range(self.asked.least, self.asked.least + most):
            low = 0.0 if nodes == self.asked.least else (nodes - 1) * self.full
            high = nodes * self.full
            if self.saved(month, nodes, low * (1 + 1e-12)) > 1e-7:
                return low
            if self.saved(month, nodes, high) > 1e-7:
                for _ in range(200):
                    middle = (low + high) / 2
                    if self.saved(month, nodes, middle) > 0:
                        high = middle
                    else:
                        low = middle
                return high
        return None
