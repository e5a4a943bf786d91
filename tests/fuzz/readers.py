"""Everything that reads what somebody else wrote, by the commands that read it."""

import io
import random
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from pathlib import Path
from typing import NamedTuple

import openpyxl
import pandas as pd

from tests.fuzz import damage
from tests.fuzz.books import Files, budgets, calling, decks, portfolio_books, shorter
from tests.workbooks.prices.feeds.lists import LISTS, content
from workbooks.folder import receipts
from workbooks.plan.judgement.claimbook import ready as claims
from workbooks.portfolio.reading import ready as portfolios
from workbooks.scenario.reading import ready as scenarios

DATA = Path(__file__).parents[1] / "workbooks"
Arguments = list[str]


class Reader(NamedTuple):
    """What can be read, and the command for a file of it."""

    files: Callable[[], Files]
    command: Callable[[str, random.Random], Arguments]


def _folder(*folders: str, ends: tuple[str, ...] = ("csv", "tsv", "json", "jsonl")) -> Files:
    paths = sorted(path for folder in folders for path in (DATA / folder).iterdir())
    return {path.name: path.read_bytes() for path in paths if path.name.endswith(ends)}


@cache
def _scenarios() -> Files:
    files = {f"{name}.toml": shorter(file) for name, file in scenarios().items()}
    wide = scenarios()["mid-size"].read_bytes().replace(b"[nodes]", RANGES, 1)
    return files | {"wide.toml": wide}


RANGES = b"""[nodes]
min_nodes = { low = 1, base = 2, high = 4, shape = "pert" }
price_per_kwh = { low = 0.1, base = 0.2, high = 0.4, shape = "lognormal", source = "a bill" }
"""


def _portfolios() -> Files:
    return {f"{name}.toml": shorter(file) for name, file in portfolios().items()}


def _plan(file: str, draws: random.Random) -> Arguments:
    commands = (["risk", file, "--draws", "100"], ["decide", file], ["budget", file, *OUT])
    return draws.choices((*commands, ["export", file, *OWN]), (3, 3, 1, 6))[0]


def _mixed(file: str, draws: random.Random) -> Arguments:
    """Read several workloads, and seldom search for their cheapest mix, which takes longest."""
    mixed = ["mix", file, "--no-answers", "--gap", "0.05", "--json"]
    return draws.choices((mixed, ["export", file, *OWN]), (1, 6))[0]


OUT = ["--out", "out.xlsx", "--force"]
OWN = ["--out", "own.toml", "--force"]


def _read_back(file: str, draws: random.Random) -> Arguments:
    """Read a workbook, most times for what takes less than to plan with it or write another."""
    budgeted, exported = ["budget", "--from", file, *OUT], ["export", file, *OWN]
    return draws.choices((budgeted, ["decide", file], exported), (1, 2, 9))[0]


def _portfolio_back(file: str, draws: random.Random) -> Arguments:
    """Read a portfolio's workbook, and seldom write another one."""
    budgeted, exported = ["budget", "--from", file, *OUT], ["export", file, *OWN]
    return draws.choices((budgeted, exported), (1, 9))[0]


BOARD, DECK = "board.xlsx", ["--out", "out.pptx", "--force"]
SHORT_PLAN = "short.toml"


@cache
def _usage() -> Files:
    files = dict(_folder("usage/data", "usage/public"))
    frame = pd.read_csv(io.BytesIO(files["litellm_spend_logs_SYNTHETIC.csv"]))
    sheet, columns = io.BytesIO(), io.BytesIO()
    frame.to_excel(sheet, index=False)
    frame.to_parquet(columns) if _has_arrow() else columns.write(b"PAR1")
    return files | {"log.xlsx": sheet.getvalue(), "log.parquet": columns.getvalue()}


def _has_arrow() -> bool:
    try:
        import pyarrow  # noqa: F401
    except ModuleNotFoundError:
        return False
    return True


SHEETS = {
    "list.csv": "Model;Eingabe (€/1 Mio.);Ausgabe;Cache schreiben\ngpt-4o;2,50;10,0;-\n".encode(),
    "offer.csv": b"Model,Input (USD/1M),Output (USD/1M),From\nopenai/o3,2.5,10,2026-01-01\n",
    "meters.csv": b"MeterName,UnitOfMeasure,UnitPrice,CurrencyCode\n"
    b"gpt 5 cd Inp Gl 1M Tokens,1M,0.1,USD\ngpt 5 Outp Gl 1M Tokens,1M,0.9,USD\n",
}


@cache
def _sheets() -> Files:
    book, content = openpyxl.Workbook(), io.BytesIO()
    for row in (["Offer, USD per 1M"], [], ["Model", "Input", "Output"], ["openai/o3", 2.5, 10.0]):
        book.active.append(row)
    book.save(content)
    return SHEETS | {"list.xlsx": content.getvalue()}


@cache
def _feeds() -> Files:
    return {f"{name}.json": content(name) for name in LISTS} | {"sheet.csv": SHEETS["offer.csv"]}


def _refresh(file: str, _: random.Random) -> Arguments:
    return ["prices", "refresh", "--from", f"{file.partition('.')[0]}={file}", "--new"]


TOLD = ["--unit", "1M", "--currency", "USD", "--provider", "openai"]


def _import(file: str, draws: random.Random) -> Arguments:
    return ["prices", "import", file, *TOLD, *draws.choice(([], ["--apply"]))]


def _add(file: str, _: random.Random) -> Arguments:
    return ["add", file, *TOLD, "--yes"]


RECEIPT = b"""table,model,origin,input_price_per_mtok,output_price_per_mtok,currency,valid_from,\
as_of
price,openai/o3,contract,1.5,6,USD,2026-10-01,2026-10-01
price,a/b,list,1,2,EUR,,2026-10-01
""".replace(b"\\\n", b"")


def _receipt(file: str, _: random.Random) -> Arguments:
    """Put a damaged receipt into the folder under the name that its content has."""
    content, when = Path(file).read_bytes(), "20261001T090000.000000Z"
    for old in Path(receipts.RECEIPTS).glob(f"{when}*"):
        old.unlink()
    (Path(receipts.RECEIPTS) / receipts.named(when, "x", content)).write_bytes(content)
    return ["prices", "show", "openai/o3"]


@cache
def _claims() -> Files:
    return {f"{name}.toml": file.read_bytes() for name, file in claims().items()}


@cache
def _rules() -> Files:
    rules = Path(__file__).parents[2] / "workbooks" / "data" / "rules.toml"
    return {"rules.toml": rules.read_bytes()}


def _hours() -> Files:
    day = "".join(f"2026-09-01 {hour:02},{100 + hour % 7}\n" for hour in range(24))
    return {"load.csv": f"hour,tokens\n{day}".encode()}


def _speeds() -> Files:
    return {"ours.csv": SPEEDS}


SPEEDS = b"""model,hardware,gpus,weight_precision,input_tokens,output_tokens,concurrency,\
output_tokens_per_second
Llama-3.3-70B,H100 SXM,2,fp8,1000,1000,max,4205
Llama-3.3-70B,L40S,4,fp8,500,200,16,300
""".replace(b"\\\n", b"")


def _measured(file: str, draws: random.Random) -> Arguments:
    return ["size", "Llama-3.3-70B", "--tokens", "2B", "--hardware", "L40S", "--measured", file]


def _size(file: str, draws: random.Random) -> Arguments:
    return ["size", "Llama-3.3-70B", "--tokens", "2B", "--hardware", "H100 SXM", "--load", file]


BILL = b"""month,model,tokens,cost,requests,cached_tokens,output_tokens,currency,rate
2026-12,openai/gpt-6.1-terra,1000000000,2500.5,1000,2000,300000,USD,1.1
2027-01,openai/gpt-6.1-terra,2000000000,4500,,,,,
2027-01,fee,,120,,,,EUR,0.9
"""


def _actuals(file: str, draws: random.Random) -> Arguments:
    more = (["--json"], ["--budget", "own.csv"], ["--record", "forecasts.csv"])
    return ["actuals", "mid-size", file, *draws.choices(more, (8, 1, 1))[0]]


def _market() -> Files:
    return {
        name: content
        for name, content in _folder("prices/feeds/data", ends=("csv",)).items()
        if not name.startswith("ecb_eurofxref_hist")
    }


def _rates(file: str, _: random.Random) -> Arguments:
    if file.startswith("ecb"):
        return ["prices", "rate", "EUR", "USD", "--on", "2026-10-30", "--file", file]
    return ["prices", "gpus", "--file", file]


READERS: Mapping[str, Reader] = {
    "scenario": Reader(_scenarios, _plan),
    "portfolio": Reader(_portfolios, _mixed),
    "budget --from": Reader(budgets, _read_back),
    "report": Reader(budgets, lambda file, _: ["report", file, *DECK]),
    "report --template": Reader(
        decks, lambda file, _: ["report", BOARD, "--template", file, *DECK]
    ),
    "budget --from a portfolio": Reader(portfolio_books, _portfolio_back),
    "lint": Reader(budgets, lambda file, _: ["lint", file]),
    "freeze": Reader(calling, lambda file, _: ["freeze", file, *OUT]),
    "usage": Reader(
        _usage, lambda file, _: ["usage", "import", file, "--out", "w.toml", "--force"]
    ),
    "price sheet": Reader(_sheets, _import),
    "feed": Reader(_feeds, _refresh),
    "add": Reader(_sheets, _add),
    "receipt": Reader(lambda: {"receipt.csv": RECEIPT}, _receipt),
    "claims": Reader(_claims, lambda file, _: ["reconcile", file]),
    "rules": Reader(_rules, lambda file, _: ["decide", SHORT_PLAN, "--rules", file]),
    "hourly load": Reader(_hours, _size),
    "own speeds": Reader(_speeds, _measured),
    "bill": Reader(lambda: {"bill.csv": BILL}, _actuals),
    "rates and rents": Reader(_market, _rates),
}
FLAGS: tuple[Arguments, ...] = (
    [
        "breakeven",
        "--price",
        "20",
        "--node-cost",
        "5400",
        "--capacity",
        "388.8M",
        "--fixed",
        "3000",
    ],
    ["tco", "--capex", "155000", "--opex", "2450", "--years", "3", "--discount-rate", "0.1"],
    ["size", "Llama-3.3-70B", "--tokens", "2B", "--hardware", "L40S", "--user-speed", "10"],
    ["risk", "mid-size", "--draws", "100", "--seed", "7"],
    ["decide", "mid-size", "--fact", "data_months=6", "--fact", "has_mlops_team=no"],
    ["reconcile", "article-1", "--json"],
    ["prices", "show", "openai/o3", "--as-of", "2026-01-01"],
    ["prices", "rate", "EUR", "USD", "--on", "2025-03-30"],
    ["prices", "history", "openai/o3"],
    ["functions", "BREAKEVEN_VOLUME"],
    ["actuals", "mid-size", "bill.csv", "--closed", "2026-12"],
    ["budget", "--tokens", "2.5B", "--growth", "0.5", "--months", "24", "--as-of", "2026-11-01"],
    [
        "budget",
        "--output-share",
        "0.5",
        "--currency",
        "EUR",
        "--gpus",
        "2",
        "--hybrid-share",
        "0.1",
    ],
    ["usage", "import", "bill.csv", "--columns", "date=month,model=model,cost=cost"],
    ["prices", "import", "list.csv", *TOLD, "--valid-from", "2026-01-01", "--accept", "x"],
    ["init", "own.toml", "--from", "mid-size"],
)


def flags(draws: random.Random) -> Arguments:
    """Return a command with one or two of its words replaced."""
    words = list(draws.choice(FLAGS))
    for _ in range(draws.choice((1, 1, 2))):
        at = draws.randrange(1, len(words))
        odd = draws.choice((*damage.NUMBERS, *damage.TEXTS)).decode("utf-8", "surrogateescape")
        words[at] = odd.replace("../", "") if draws.random() < 0.9 else words[at] + odd[:9]
    return words


def beside() -> Iterator[tuple[str, bytes]]:
    """Yield the whole files that a command reads beside the damaged one."""
    yield "own.csv", BILL
    yield "bill.csv", BILL
    yield "list.csv", SHEETS["list.csv"]
    yield BOARD, budgets()["never.xlsx"]
    yield SHORT_PLAN, _scenarios()["mid-size.toml"]
