"""Where a bill belongs in a portfolio: its engine and workload, or the pool of a cost line."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any

from workbooks.plan.lines.hosted import COMPUTE
from workbooks.plan.monthend.bills import ActualsError, Bill
from workbooks.plan.monthend.lines import LINES, MOVING
from workbooks.plan.workloads.rules import Rule
from workbooks.portfolio.terms import Engine, Portfolio, Strategy
from workbooks.scenario.entries import shown

OF_POOL = {LINES[part] for part in (*COMPUTE, "purchases", "marginal", "contracts")}
"""Cost lines that each pool has of its own; people and tools are shared."""


@dataclass(frozen=True)
class Places:
    """The engines and workloads of one strategy, and the rules that say whose usage is whose."""

    portfolio: Portfolio
    strategy: Strategy
    rules: tuple[Rule, ...] = ()

    def placed(self, bill: Bill) -> Bill:
        """Return a bill with its engine and workload as the plan calls them; blank: not told.

        Raises
        ------
        ActualsError
            If it names an engine that there is none of, or a model that several engines serve.
        """
        if bill.model == LINES["migration"]:
            return replace(bill, model=MOVING, engine="", workload="")
        if bill.model in LINES.values():
            pool = self._pool(bill) if bill.model in OF_POOL else ""
            return replace(bill, engine=pool, workload="")
        workload = self._workload(bill)
        engine = self._engine(bill, workload)
        is_fee = bill.engine and not bill.tokens and not self._serving(bill.model)
        model = bill.model if is_fee else engine or bill.model
        return replace(bill, model=model, engine=engine, workload=workload)

    def _workload(self, bill: Bill) -> str:
        """Return whose it is: as stated, by a rule for its model, or by the workload's own name."""
        names = {each.name.casefold(): each.name for each in self.portfolio.workloads}
        if bill.workload:
            return names.get(bill.workload.casefold(), bill.workload)
        by_rule = (rule.name for rule in self.rules if rule.takes({"model": bill.model}))
        named = next(by_rule, _tail(bill.model))
        return names.get(named.casefold(), "")

    def _engine(self, bill: Bill, workload: str) -> str:
        """Return the engine that billed it; blank where no engine of the plan serves its model."""
        if bill.engine:
            return self._named(bill, self.portfolio.billed)
        serving = self._serving(bill.model)
        routed = [each for each in serving if set(self._sent(each)) & {workload or each.name}]
        routed = routed or [each for each in serving if self._sent(each)] or serving
        if len(routed) > 1:
            raise _open(bill, "engine", (each.name for each in routed))
        return routed[0].name if routed else ""

    def _serving(self, model: str) -> list[Engine]:
        """Return the engine of that name, or those of that model, by its bare name too."""
        billed = self.portfolio.billed
        own = [each for each in billed if each.name.casefold() == model.casefold()]
        own = own or [each for each in billed if _model(each) == model]
        return own or [each for each in billed if _tail(_model(each)) == model.lower()]

    def _named(self, bill: Bill, among: Sequence[Engine]) -> str:
        names = {each.name.casefold(): each.name for each in among}
        if bill.engine.casefold() not in names:
            raise ActualsError(
                f"{bill.model} in {bill.month:%Y-%m}: engine is {shown(bill.engine)}; it must be "
                f"one of {', '.join(names.values())}"
            )
        return names[bill.engine.casefold()]

    def _sent(self, engine: Engine) -> list[str]:
        """Return the workloads that the strategy sends there, those that a full pool sheds too."""
        ours = {engine.name, *(p for p, e in self.strategy.overflow.items() if e == engine.name)}
        sent = self.strategy.routes.items()
        return [name for name, shares in sent if any(shares.get(each, 0) > 0 for each in ours)]

    def _pool(self, bill: Bill) -> str:
        """Return the pool that a cost line is of: stated, told by its text, or the only one."""
        used = [each for each in self.portfolio.pools if self._sent(each)]
        if bill.engine:
            return self._named(bill, self.portfolio.pools)
        for words in ([each.name for each in used], [_card(each) for each in used]):
            told = [pool for pool, w in zip(used, words, strict=True) if _says(bill.item, w)]
            if len(told) == 1:
                return told[0].name
        return used[0].name if len(used) == 1 else ""


def _open(bill: Bill, column: str, names: Iterator[str]) -> ActualsError:
    return ActualsError(
        f"{bill.model} in {bill.month:%Y-%m} is served by {', '.join(names)}; add a column "
        f"{column} to the file that says which one billed it"
    )


def _model(engine: Engine) -> str:
    entry = engine.scenario.entries.get(f"{engine.inputs}_model")
    return str(entry.base) if entry else ""


def _card(engine: Engine) -> str:
    """Return the first word of a pool's accelerator: H200 of H200 SXM."""
    entry: Any = engine.scenario.entries.get("hardware")
    return str(entry.base).partition(" ")[0] if entry else ""


def _says(text: str, words: str) -> bool:
    return bool(words) and bool(re.search(rf"\b{re.escape(words)}\b", text, re.IGNORECASE))


def _tail(name: str) -> str:
    return name.lower().rpartition("/")[2]
