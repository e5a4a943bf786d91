"""Which number reaches which command: each is brought in once, and looked for everywhere."""

from __future__ import annotations

import contextlib
import io
import json
import os
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any
from unittest import mock

from install.command import main
from install.terminal.scenarios import plan
from tests.books import edit, names
from tests.walk.walking import served_lists
from workbooks import clock
from workbooks.folder import place
from workbooks.plan.plan import Plan
from workbooks.usage.listprice import rate

PAGE = Path(__file__).parents[2] / "install" / "reach.md"
CONTRACT, MANAGED, NEW = "openai/gpt-6.1-sol", "together/openai/gpt-oss-120b", "acme/new-1"
CARD, OURS = "H200 SXM", "1x H200 SXM | gpt-oss-120b fp4 | 1400/160 | yours"
TERMS = "model,input,output,currency,unit,valid from,valid to\n"
FILES = {
    "order.csv": f"{TERMS}{CONTRACT},1.7,8.5,USD,1M,2026-11-01,2026-12-31\n",
    "next-year.csv": f"{TERMS}{CONTRACT},1.6,8,USD,1M,2027-01-01,2027-12-31\n",
    "new.csv": "model,provider,input,output,currency,unit\nnew-1,acme,1,2,USD,1M\n",
    "rates.csv": "Date, USD, \n27 November 2026, 1.1601, \n",
    "rent.csv": f"GPU,price per hour,currency,term\n{CARD},2.35,USD,12 months\n",
    "speeds.csv": "model,hardware,gpus,weight_precision,input_tokens,output_tokens,concurrency,"
    f"output_tokens_per_second\ngpt-oss-120b,{CARD},1,fp4,1400,160,64,2000\n",
}
LISTED, AGREED, LATER, ADDED = (
    "a published list",
    "a contract",
    "a contract of next year",
    ("a model that nothing ships"),
)
EURO, RENTED, SPEED, TYPED = (
    "reference rates",
    "a quote for hardware",
    "speeds of your own",
    ("what you type into budget.xlsx"),
)
HEAD = """# Which number reaches which command

A test brings each number into a budget folder once, with `add` or `update`, or by hand, and looks
for it in what each command says or writes; `python -m tests.walk` writes the page. A blank is a
command that has no use for it, or that another column speaks for.
"""
WANTED = {
    **{LISTED: 0.12, AGREED: 1.7, LATER: 1.6, ADDED: 1.0},
    **{EURO: 1.1601, RENTED: 2.35, SPEED: 2000 * 1560 / 160, TYPED: 4.2e9},
}
"""What each has to be: the speed is written tokens a second, with 1,400 read for each 160."""
Found = dict[str, float]
DAY, NEXT_YEAR = date(2026, 12, 1), date(2027, 6, 1)


def said(*words: str, on: date = DAY) -> str:
    """Give a command on a day, and return what it prints."""
    printed, errors = io.StringIO(), io.StringIO()
    moment = datetime(on.year, on.month, on.day, 9, tzinfo=UTC)
    with (
        mock.patch.object(clock, "now", return_value=moment),
        contextlib.redirect_stdout(printed),
        contextlib.redirect_stderr(errors),
    ):
        code = main(words)
    assert code == 0, f"{words}: {errors.getvalue()}"
    return printed.getvalue()


def prepared(folder: Path) -> None:
    """Make a folder, and bring everything into it."""
    said("init", str(folder))
    os.chdir(folder)
    for name, text in FILES.items():
        Path(name).write_text(text)
    with served_lists():
        Path("before.xlsx").write_bytes(Path("budget.xlsx").read_bytes())
        row = names(Path("budget.xlsx"))["tokens_per_month"][1][1:]
        edit(Path("budget.xlsx"), {("Inputs", f"E{row}"): 4.2e9}, Path("typed.xlsx"))
        Path("typed.xlsx").replace("budget.xlsx")
        said("add", *FILES, "--yes")
        said("update")


def found() -> dict[str, Found]:
    """Return what every command has of every number, in the folder one is in."""
    return {title: look() for title, look in LOOKS.items()}


def _shown() -> Found:
    def price(model: str, *more: str) -> float:
        (row,) = json.loads(said("prices", "show", model, "--json", *more))["prices"]
        return float(row["input_price_per_mtok"])

    euro = json.loads(said("prices", "rate", "EUR", "USD", "--json"))["rate"]
    later = price(CONTRACT, "--as-of", str(NEXT_YEAR))
    prices = {LISTED: price(MANAGED), AGREED: price(CONTRACT), ADDED: price(NEW), LATER: later}
    return {**prices, EURO: float(euro)}


def _history() -> Found:
    def inputs(model: str, row: int) -> float:
        rows = json.loads(said("prices", "history", model, "--json"))["prices"]
        return float(rows[row]["input_price_per_mtok"])

    prices = [inputs(CONTRACT, row) for row in (1, 2)]
    return {LISTED: inputs(MANAGED, -1), AGREED: prices[0], LATER: prices[1], ADDED: inputs(NEW, 0)}


def of_plan(ours: Plan) -> Found:
    """Return what the tables of a plan have, and what was typed into it."""
    prices = {row.model: row.input_price_per_mtok for row in ours.tables.prices}
    rents = {row.hardware: row.rent_base_per_gpu_hour or 0 for row in ours.tables.accelerators}
    speeds = {row.system: row.tokens_per_second for row in ours.tables.systems}
    euro = next(each.rate for each in ours.tables.rates if each.from_currency == "EUR")
    known = {LISTED: prices[MANAGED], AGREED: prices[CONTRACT], ADDED: prices.get(NEW, 0)}
    return {**known, EURO: euro, RENTED: rents[CARD], SPEED: speeds.get(OURS, 0)}


def _new_budget() -> Found:
    said("budget", "--out", "new.xlsx", "--as-of", str(DAY), "--force")
    said("budget", "--out", "later.xlsx", "--as-of", str(NEXT_YEAR), "--force", on=NEXT_YEAR)
    return {**of_plan(plan("new.xlsx")), LATER: of_plan(plan("later.xlsx"))[AGREED]}


def _in_use() -> Found:
    ours = plan("budget.xlsx")
    return {**of_plan(ours), TYPED: float(ours.scenario.entries["tokens_per_month"].base or 0)}


def _updated() -> Found:
    return {LATER: of_plan(_next_year())[AGREED], **_in_use()}


def _next_year() -> Plan:
    """Return what the folder's workbook has after an update in the next year."""
    whole = Path("budget.xlsx").read_bytes()
    said("update", "--offline", on=NEXT_YEAR)
    try:
        return plan("budget.xlsx")
    finally:
        Path("budget.xlsx").write_bytes(whole)


def _made_anew() -> Found:
    said("budget", "--from", "budget.xlsx", "--out", "anew.xlsx", "--force")
    ours = plan("anew.xlsx")
    return {**of_plan(ours), TYPED: float(ours.scenario.entries["tokens_per_month"].base or 0)}


def _sized() -> Found:
    base = ("size", "gpt-oss-120b", "--tokens", "3B", "--hardware", CARD, "--json")

    def answer(model: str) -> Any:
        return json.loads(said(*base, "--api-model", model))

    new, agreed = answer(NEW), answer(CONTRACT)
    (choice,) = agreed["choices"]
    blends = [each["demand"]["api_price_per_mtok"] for each in (new, agreed)]
    return {
        ADDED: 1.0 if 1 < blends[0] < 2 else 0,  # a mean of its input and its output
        AGREED: _unmixed(blends[1]),
        RENTED: choice["cost_per_month"] / choice["gpus"] / 730,
    }


def _unmixed(blend: float) -> float:
    """Return the input price of a blend of the contract: 1,400 read and 160 written."""
    return blend * 1560 / (1400 + 160 * 5)  # its output costs five times its input


def _listed() -> Found:
    with place.using(Path.cwd()):
        prices = {name: rate(model, "uncached", DAY, "USD") or 0 for name, model in LISTS.items()}
        return {**prices, LATER: rate(CONTRACT, "uncached", NEXT_YEAR, "USD") or 0}


LISTS = {LISTED: MANAGED, AGREED: CONTRACT, ADDED: NEW}


def _ribbon() -> Found:
    changes = json.loads(said("addin", "price-changes", "before.xlsx"))["changed"]
    told = {each["told"].partition(":")[0]: each["told"] for each in changes}

    def price(model: str) -> float:
        line = next(v for k, v in told.items() if model in k and "Input price per mtok" in v)
        return float(line.partition("-> ")[2].split()[0])

    return {LISTED: price(MANAGED), AGREED: price(CONTRACT)}


LOOKS: dict[str, Callable[[], Found]] = {
    "`prices show`, `prices rate`": _shown,
    "`prices history`": _history,
    "a new `budget`": _new_budget,
    "`size`": _sized,
    "usage at list": _listed,
    "`update` of budget.xlsx": _updated,
    "`risk`, `decide`, `close`, `diff`, `export` of it": _in_use,
    "`budget --from` it": _made_anew,
    "the ribbon": _ribbon,
}


def page(cells: dict[str, Found]) -> str:
    """Return the table as a page: yes, or what is there in its stead, or nothing."""
    heads = ["Brought in", *cells]
    lines = [HEAD, f"| {' | '.join(heads)} |"]
    lines.append(f"|{'---|' * len(heads)}")
    for source, wanted in WANTED.items():
        row = [_cell(looked.get(source), wanted) for looked in cells.values()]
        lines.append(f"| {source} | {' | '.join(row)} |")
    return "\n".join(lines) + "\n"


def _cell(held: float | None, wanted: float) -> str:
    if held is None:
        return ""
    return "yes" if abs(held / wanted - 1) < 1e-6 else f"no: {held:g}"
