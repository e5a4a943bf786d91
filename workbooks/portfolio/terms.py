"""What a portfolio is made of: workloads, engines, and strategies that route between them."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any

from costcore.tokens.tiers import MARGINAL
from workbooks.scenario.contracts import NUMBERS
from workbooks.scenario.scenario import Contract, Scenario

API, MANAGED, NODES = "api", "managed", "nodes"
BUY = "buy"
KINDS = (API, MANAGED, NODES)
GATES = (
    "allowed_regions",
    "stays_inside",
    "least_accuracy_share",
    "ttft_limit_ms",
    "least_user_tokens_per_second",
    "needs_fine_tuning",
)
"""What a workload asks of the engines that may serve it."""
MOST_WORKLOADS, MOST_ENGINES, MOST_POOLS, MOST_STRATEGIES = 20, 12, 6, 8


@dataclass(frozen=True)
class Privacy:
    """What a breach would cost, and how likely one is; counted where a plan gives it."""

    breach_loss_cost: float
    """If all records were lost."""
    breach_share_per_year: float
    """Probability in a year where data leaves the network."""
    own_breach_share_per_year: float
    """And where it does not."""


@dataclass(frozen=True)
class Workload:
    """Requests with one purpose."""

    name: str
    scenario: Scenario
    """Its volume, composition and load, as a scenario of this workload alone."""
    cost_centre: str = ""
    request_tokens: float | None = None
    """Of a mean request; None where nobody has said."""
    movable: bool = False
    """Whether it may run in any hour, as a batch at night."""
    first_month: int = 1
    last_month: int = 60
    ramp_months: int = 0
    allowed_regions: tuple[str, ...] = ()
    """Where its data may go; empty: anywhere."""
    stays_inside: bool = False
    """Whether its data may not leave the network."""
    least_accuracy_share: float | None = None
    ttft_limit_ms: float | None = None
    least_user_tokens_per_second: float | None = None
    needs_fine_tuning: bool = False
    """Deeper than an engine may allow."""
    records_share: float = 0.0
    """Of all records that a breach could reach, those that it holds."""


@dataclass(frozen=True)
class Engine:
    """What serves tokens: billed by the token, or a pool of equal nodes."""

    name: str
    kind: str
    scenario: Scenario
    """Its prices or nodes, as a scenario of this engine alone."""
    inputs: str = API
    """Which section of that scenario holds its prices."""
    region: str = ""
    leaves_network: bool | None = None
    accuracy_share: float | None = None
    ttft_ms: float | None = None
    user_tokens_per_second: float | None = None
    allows_fine_tuning: bool | None = None
    signed: bool = False
    """Whether its commitment is owed even if nothing is sent to it."""
    successes: float | Mapping[str, float] = 1.0
    """Share of the attempts that succeed, of all workloads or by workload."""
    moving_cost: float = 0.0
    """Of each workload that is moved to it: evaluation, prompts, tests."""
    speeds: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Measured tokens a second of a node, by workload."""
    modelled: bool = False
    """Whether the sizing model says how fast a node is, workload by workload."""
    for_workloads: tuple[str, ...] = ()
    """The only workloads it can serve, by judgement; empty: all."""
    tier_tokens: tuple[float, ...] = ()
    """Tokens a month of all workloads above which its price is lower; none: one price."""
    tier_discount_shares: tuple[float, ...] = ()
    tier_kind: str = MARGINAL
    """Whether a discount is off the tokens above its tier, or off all of the month."""
    has_all_steps: bool = False
    """Whether its scenario has every step of its price; else what is agreed for later steps it."""

    @property
    def is_outside(self) -> bool:
        """Whether data leaves the network; where nobody has said, with all but own nodes."""
        return not self.is_pool if self.leaves_network is None else self.leaves_network

    def success_share(self, workload: str) -> float:
        """Return the share of a workload's attempts that succeed."""
        if isinstance(self.successes, Mapping):
            return self.successes.get(workload, 1.0)
        return self.successes

    @property
    def is_pool(self) -> bool:
        """Whether it is nodes of one's own, rented, leased or bought."""
        return self.kind == NODES


@dataclass(frozen=True, slots=True)
class Agreement(Contract):
    """A contract on an engine, owed under every strategy, or by those that sign an offer."""

    engine: str = ""
    """Name of what it is for."""

    @property
    def words(self) -> Agreement:
        """The same without its numbers, which are values that lines read."""
        usual: dict[str, Any] = {name: default for name, (default, *_) in NUMBERS.items()}
        return replace(self, **usual, partner="", source="", currency="")


@dataclass(frozen=True)
class Move:
    """How a workload comes to its route: where it is until then, from when, and how fast."""

    before: Mapping[str, float]
    """Share of its tokens by engine, until it moves."""
    first_month: int = 1
    ramp_months: int = 0
    """Months in which it moves in equal steps; 0: all at once."""
    dual_run_months: int = 0
    """Months in which what it left is billed as before."""
    as_people: bool = False
    """Whether these are the months that the people's section says, with its range."""

    @property
    def takes_time(self) -> bool:
        """Whether it is where it was for a month or a part of one."""
        return self.first_month > 1 or self.ramp_months > 1


@dataclass(frozen=True)
class Strategy:
    """One way to route every workload, with what a full pool sends on."""

    name: str
    routes: Mapping[str, Mapping[str, float]]
    """Share of a workload's tokens that an engine takes, by names."""
    overflow: Mapping[str, str] = field(default_factory=lambda: MappingProxyType({}))
    """Token-billed engine that takes what a pool cannot; without one it is built for its peak."""
    nodes: Mapping[str, float] = field(default_factory=lambda: MappingProxyType({}))
    """Nodes of a pool that is not built for its peak, spares included."""
    moves: Mapping[str, Move] = field(default_factory=lambda: MappingProxyType({}))
    """Of every workload, where any comes to its route later; else of none."""
    signs: frozenset[str] = frozenset()
    """Names of the contracts that are only offered, and that it signs."""


@dataclass(frozen=True)
class Mixed:
    """The best mix that a search found, as values by month that follow nothing."""

    shares: Mapping[tuple[str, str], tuple[float, ...]]
    """Of a workload's tokens in each month, by workload and engine."""
    nodes: Mapping[str, tuple[float, ...]]
    """Of each pool in each month, spares included."""
    holds: bool = True
    """Whether it was found on the inputs that now stand."""


@dataclass(frozen=True)
class Portfolio:
    """Workloads, engines and strategies, with the people and finance that they share."""

    frame: Scenario
    """Title, horizon, currency, people and finance."""
    workloads: tuple[Workload, ...]
    engines: tuple[Engine, ...]
    strategies: tuple[Strategy, ...] = ()
    privacy: Privacy | None = None
    """None: no expected loss is counted."""
    contracts: tuple[Agreement, ...] = ()
    """On its engines; the frame has them too, for their currencies."""
    content: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    """The file as it was written; empty for a scenario with one workload."""
    without: frozenset[str] = field(default=frozenset(), repr=False, compare=False)
    """Receipts of the budget folder that its workbook was made without."""
    mix: Mixed | None = field(default=None, repr=False, compare=False)
    """The best mix that stands in its workbook; None where none does."""

    @property
    def billed(self) -> tuple[Engine, ...]:
        """Engines that are billed by the token."""
        return tuple(engine for engine in self.engines if not engine.is_pool)

    @property
    def pools(self) -> tuple[Engine, ...]:
        """Engines that are nodes."""
        return tuple(engine for engine in self.engines if engine.is_pool)

    @property
    def scenarios(self) -> tuple[Scenario, ...]:
        """What all share as a scenario, then each workload and engine as one of its own."""
        own = [workload.scenario for workload in self.workloads]
        return (self.frame, *own, *(engine.scenario for engine in self.engines))

    def changed(self, change: Callable[[Scenario], Scenario]) -> Portfolio:
        """Return the portfolio with every scenario of it changed alike."""
        return replace(
            self,
            frame=change(self.frame),
            workloads=tuple(replace(w, scenario=change(w.scenario)) for w in self.workloads),
            engines=tuple(replace(e, scenario=change(e.scenario)) for e in self.engines),
        )

    @property
    def is_taxed(self) -> bool:
        """Whether tax is paid."""
        return float(self.frame.entries["tax_rate_share"].base) > 0


def fingerprint(portfolio: Portfolio) -> str:
    """Return the sum of all that a portfolio says."""
    return hashlib.sha256(repr(portfolio).encode()).hexdigest()
