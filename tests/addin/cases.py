"""What a worksheet function shows for what stands in the cells: one table for every spreadsheet.

A case holds raw cells; each host turns them into what its program would pass: ``None`` is a
blank cell, `OMITTED` an argument left out, rows of values a range, a `CellError` an error value.
"""

import datetime
from dataclasses import dataclass
from typing import Any

import numpy as np

from addin.cells import CellError
from costcore.catalogue import FUNCTIONS, Example
from tests.addin.sheet_rows import H100_ROW, LLAMA_HEADED, LLAMA_ROW, MEASURED

OMITTED: Any = type("Omitted", (), {"__repr__": lambda self: "omitted"})()
NA, NUM, VALUE, REF, DIV0 = (
    CellError.NA,
    CellError.NUM,
    CellError.VALUE,
    CellError.REF,
    CellError.DIV0,
)
JUNE_9_2025 = 45_817  # days since 1899-12-30: what a date cell holds


@dataclass(frozen=True)
class Case:
    """A formula: what stands in its arguments, what it shows, and why that is right."""

    function: str
    cells: tuple[Any, ...]
    shows: Any
    because: str

    def __str__(self) -> str:
        return f"{self.function}: {self.because}"


def as_cells(argument: Any) -> Any:
    """Return an argument of a Python call as it stands in a sheet: numbers in a column."""
    if isinstance(argument, tuple) and all(isinstance(item, float) for item in argument):
        return tuple((item,) for item in argument)
    return argument


def as_shown(answer: Any) -> Any:
    """Return an answer as the sheet shows it: never is ``#N/A``."""
    if isinstance(answer, tuple):
        return [[as_shown(value) for value in row] for row in answer]
    return NA if answer == np.inf else answer


def from_example(name: str, example: Example) -> Case:
    """Return the worked call of a catalogue entry as it would be typed."""
    cells = tuple(as_cells(argument) for argument in example.arguments)
    return Case(name, cells, as_shown(example.answer), example.source)


EXAMPLES = tuple(from_example(entry.name, entry.example) for entry in FUNCTIONS)

NODE = (5_400.0, 388.8e6, 3_000.0)  # cost and capacity of a node, and the fixed cost, per month
MEETS = 8_400 / 20 * 1e6  # with a node without limit: (5,400 + 3,000) / 20 per million
PRICES = (
    ("model", "input", "output", "valid_from", "valid_to"),
    ("o3", 10.0, 40.0, 45_763.0, 45_818.0),
    ("o3", 2.0, 8.0, 45_818.0, None),
    ("mystery", None, 5.0, None, None),
)
OPTIONS = (
    ("API", 0.0, 0.0, None, 2.5),
    ("Own nodes", 6_667.0, 5_400.0, 8e9, 0.0),
)
OPTIONS_HEADED = (("Option", "Fixed", "Node", "Capacity", "Price"), *OPTIONS)

BEHAVIOURS = (
    # left out and blank
    Case("BREAKEVEN_TOKENS", (20.0, 5_400.0, OMITTED, 3_000.0), MEETS, "left out: no limit"),
    Case("BREAKEVEN_TOKENS", (20.0, 5_400.0, None, 3_000.0), MEETS, "blank optional: the same"),
    Case("BREAKEVEN_TOKENS", (20.0, 5_400.0, "", 3_000.0), MEETS, "empty text: a blank"),
    Case("BREAKEVEN_TOKENS", (20.0, *NODE, 0.0, 1.0, None), 690e6, "blank kind: first"),
    Case("BREAKEVEN_TOKENS", (None, *NODE), NUM, "blank required: unknown, not 0"),
    Case("BREAKEVEN_TOKENS", (OMITTED, *NODE), NUM, "left out required: unknown, not 0"),
    Case("RENT_PER_MONTH", (2.0, None, None, None), 1_460.0, "2 x 1 x 1 x 730"),
    Case("RENT_PER_MONTH", (2.0, 0.0), 0.0, "a zero is a zero, not a blank"),
    Case("BLENDED_PRICE", (4.0, 8.0, 0.5, 0.5, None), 6.0, "blank cached price: the input price"),
    Case(
        "BLENDED_PRICE",
        (4.0, 8.0, 0.5, 0.5, ((None,), (2.0,))),
        [[6.0], [5.5]],
        "blank in a column of cached prices: the input price there; 3 / 2 + 8 / 2",
    ),
    Case(
        "RENT_PER_MONTH",
        (((2.0,), (None,), (3.0,)), ((None,), (1.0,), (2.0,))),
        [[1_460.0], [NUM], [4_380.0]],
        "blanks in columns: unknown where required, the default where not",
    ),
    # what is not a number
    Case("RENT_PER_MONTH", ("2.00",), VALUE, "a number stored as text is not guessed at"),
    Case("RENT_PER_MONTH", (2.0, True), VALUE, "TRUE is not a 1"),
    Case("RENT_PER_MONTH", (2.0, " "), VALUE, "a space is a text"),
    Case(
        "RENT_PER_MONTH",
        (((2.0,), ("n/a",), (False,), (3.0,)), 1.0, 1.0, 730.0),
        [[1_460.0], [VALUE], [VALUE], [2_190.0]],
        "text and booleans in a column spoil their own rows only",
    ),
    # errors that come in
    Case("RENT_PER_MONTH", (REF,), REF, "an error goes through"),
    Case("RENT_PER_MONTH", (2.0, DIV0, REF), DIV0, "the first of two errors goes through"),
    Case(
        "RENT_PER_MONTH",
        (((2.0, REF, NA),), ((1.0, 1.0, "x"),)),
        [[1_460.0, REF, NA]],
        "an error in a row stays in its place; the first argument's counts",
    ),
    Case("BREAKEVEN_TOKENS", (20.0, *NODE, 0.0, 1.0, NA), NA, "an error in a text goes through"),
    Case("PEAK_FACTOR", (((1.0,), (REF,), (2.0,)),), REF, "one error spoils a whole load"),
    Case("BREAKEVEN_RANGES", (20.0, REF), REF, "an error instead of a table is one error"),
    Case("TOKEN_PRICE", (REF, "input", PRICES), REF, "an error instead of a model goes through"),
    Case("TOKEN_PRICE", ("o3", "input", (*PRICES, (DIV0,) * 5)), DIV0, "an error in a table"),
    # out of bounds, never, and the wrong word
    Case("NODES_NEEDED", (500e6, 388.8e6, 0.5), NUM, "a peak below the mean is out of bounds"),
    Case("BREAKEVEN_TOKENS", (-1.0, *NODE), NUM, "a negative price is out of bounds"),
    Case("BREAKEVEN_TOKENS", (10.0, *NODE), NA, "a full node costs 13.89 per million: never"),
    Case("BREAKEVEN_RANGES", (10.0, *NODE), NA, "no winning range: never"),
    Case("BREAKEVEN_TOKENS", (20.0, *NODE, 0.0, 1.0, "frist"), VALUE, "no such kind"),
    Case(
        "BREAKEVEN_TOKENS",
        (20.0, *NODE, 0.0, 1.0, "sustained"),
        1_230e6,
        "for good from 4 nodes on",
    ),
    # shapes
    Case("BREAKEVEN_TOKENS", (((20.0, 10.0),), *NODE), [[690e6, NA]], "a row stays a row"),
    Case("BREAKEVEN_TOKENS", (((20.0,), (10.0,)), *NODE), [[690e6], [NA]], "a column stays one"),
    Case("BREAKEVEN_TOKENS", (((20.0,),), *NODE), 690e6, "a range of one cell is that cell"),
    Case(
        "RENT_PER_MONTH",
        (((1.0,), (2.0,)), ((1.0, 10.0, 100.0),)),
        [[730.0, 7_300.0, 73_000.0], [1_460.0, 14_600.0, 146_000.0]],
        "a column against a row is a grid",
    ),
    Case(
        "RENT_PER_MONTH",
        (((1.0, 2.0), (3.0, 4.0)),),
        [[730.0, 1_460.0], [2_190.0, 2_920.0]],
        "a block stays a block",
    ),
    Case("RENT_PER_MONTH", (((1.0,), (2.0,), (3.0,)), ((1.0,), (2.0,))), VALUE, "3 against 2"),
    Case("BREAKEVEN_RANGES", (((20.0,), (10.0,)), *NODE), VALUE, "a table is for one row"),
    Case(
        "BREAKEVEN_TOKENS",
        (20.0, *NODE, 0.0, 1.0, (("first",), ("sustained",))),
        VALUE,
        "a word is one cell",
    ),
    Case("PEAK_FACTOR", (((10.0, 20.0, 60.0, 30.0),),), 2.0, "a load in a row: 60 over 30"),
    Case("PEAK_FACTOR", (((10.0, 20.0), (60.0, 30.0)),), 2.0, "a load in a block"),
    Case("PEAK_FACTOR", (((10.0,), (None,), (60.0,)),), NUM, "an hour unknown"),
    Case("PEAK_FACTOR", (((10.0,), ("x",), (60.0,)),), VALUE, "an hour that is text"),
    Case("ROUTED_PRICE", (((0.8, 0.2),), ((0.10,), (0.75,))), 0.23, "a row of shares, a column"),
    Case("ROUTED_PRICE", (((0.8, 0.2),), 0.10), VALUE, "two shares, one price"),
    Case(
        "SPILLOVER_COST",
        (((1e6,), (3e6,)), ((0.0, 1.0, REF),), 800.0, 1e6, 2.0),
        [[2_920.0, 2_260.0, REF]],
        "one load, three numbers of nodes: 4 M x 365 x 2; 800 + 2 M x 365 x 2",
    ),
    Case(
        "BREAKEVEN_WHY",
        (((20.0, REF),), *NODE),
        [["Self-hosting wins from 690 M tokens a month, with gaps until 1,230 M.", REF]],
        "an error beside a sentence",
    ),
    # portfolios
    Case("POOLED_PEAK", (((1.5, 0.5), (0.5, 1.5)), ((1.0,), (1.0,))), 2.0, "hours down"),
    Case("POOLED_PEAK", (((1.5, 0.5), (0.5, 1.5)), ((1.0, 1.0),)), 2.0, "needs in a row"),
    Case("POOLED_PEAK", (((1.5, 0.5), (0.5, None)), (1.0, 1.0)), NUM, "an hour unknown"),
    Case(
        "POOLED_PEAK", (((1.5, 0.5), (0.5, 1.5)), (1.0, 1.0, 1.0)), VALUE, "three needs, two loads"
    ),
    Case("POOLED_PEAK", (((1.5, 0.5), (0.5, REF)), (1.0, 1.0)), REF, "an error in the hours"),
    Case(
        "OVERFLOW_COST",
        (((1.5, 0.5), (0.5, 1.5)), (7.3e9, 7.3e9), (10e6, 10e6), 0.0, (0.2, 0.1)),
        2_190.0,
        "no nodes: 1,460 + 730",
    ),
    Case(
        "OVERFLOW_COST",
        (((1.0,), (1.0,)), (7.3e9,), (10e6,), -1.0, (0.2,)),
        NUM,
        "fewer than no nodes",
    ),
    Case(
        "BEST_MIX",
        ((("Chat", 1e9, None, 10e6),), (("API", None), ("Nodes", 1_000.0))),
        [["Chat", "Nodes", 1.0, 1.0]],
        "a blank price: it may not go there",
    ),
    Case(
        "BEST_MIX",
        ((("Chat", 1e9, None, None),), (("API", None), ("Nodes", 1_000.0))),
        NA,
        "nothing may serve it",
    ),
    Case("BEST_MIX", ((("Chat", 1e9, 2.0),), (("API", None), ("Own", 1.0))), VALUE, "a cell short"),
    Case(
        "BEST_MIX",
        ((("Chat", "many", 2.0),), (("API", None),)),
        VALUE,
        "text where tokens belong",
    ),
    Case(
        "ALLOCATED_COST",
        (4_500.0, (1.0, 0.5), 2.0, "spread"),
        [[3_000.0], [1_500.0], [0.0]],
        "the idle half is spread two to one",
    ),
    Case("ALLOCATED_COST", (4_500.0, (1.0, 0.5), 2.0, "somewhere"), VALUE, "no such way"),
    # tables and dates
    Case("TOKEN_PRICE", ("o3", "input", PRICES), 2.0, "without a day: the newest"),
    Case("TOKEN_PRICE", ("o3", "input", PRICES, None), 2.0, "a blank day: the newest"),
    Case("TOKEN_PRICE", ("o3", "input", PRICES, JUNE_9_2025 + 0.5), 10.0, "noon before the cut"),
    Case("TOKEN_PRICE", ("o3", "input", PRICES, JUNE_9_2025 + 1.0), 2.0, "the day of the cut"),
    Case("TOKEN_PRICE", ("o3", "input", PRICES, "2025-06-09"), 10.0, "a day as text"),
    Case(
        "TOKEN_PRICE",
        ("o3", "input", PRICES, datetime.datetime(2025, 6, 9)),
        10.0,
        "a day as a date",
    ),
    Case("TOKEN_PRICE", ("o3", "input", PRICES, "soon"), VALUE, "a text that is no day"),
    Case("TOKEN_PRICE", ("o3", "input", PRICES, True), VALUE, "a boolean is no day"),
    Case("TOKEN_PRICE", ("o3", "input", PRICES, 1e12), VALUE, "a number that is no day"),
    Case("TOKEN_PRICE", ("o3", "input", PRICES, 45_000.0), NA, "a day before all prices"),
    Case("TOKEN_PRICE", ("o4", "input", PRICES), NA, "no such model"),
    Case("TOKEN_PRICE", (None, "input", PRICES), NA, "a blank is no model"),
    Case("TOKEN_PRICE", (4.0, "input", PRICES), VALUE, "a number is no model"),
    Case("TOKEN_PRICE", ("o3", "speech", PRICES), NA, "no such price"),
    Case("TOKEN_PRICE", ("mystery", "input", PRICES), NUM, "a blank price is not free"),
    Case("TOKEN_PRICE", (("o3", "o4"), "input", PRICES), VALUE, "two models in one call"),
    Case("CHEAPEST_OPTION", (((1e9,), (6e9,)), OPTIONS), [["API"], ["Own nodes"]], "12,067 for 2"),
    Case("CHEAPEST_OPTION", (1e9, OPTIONS_HEADED), "API", "a table with its headings"),
    Case("CHEAPEST_OPTION", (((1e9, -1.0),), OPTIONS), [["API", NUM]], "a negative volume"),
    Case("CHEAPEST_OPTION", (1e9, OPTIONS[0][:4]), VALUE, "four cells instead of five"),
    Case("CHEAPEST_OPTION", (1e9, (("A", 0.0, "x", None, 1.0),)), VALUE, "text as a cost"),
)

TWO_H100 = ((LLAMA_ROW,), (H100_ROW,), 2.0, "fp8", 1_000.0, 1_000.0)
TOLD = (
    "Measured: 4,205 output tokens a second at 1,000 in and 1,000 out (TensorRT-LLM performance "
    "overview, v1.0, 2025-09-01), carried over to 4,205; band 0.8 to 1.1."
)
SHEET_ROWS = (
    Case("KV_BYTES_PER_TOKEN", ((LLAMA_ROW,),), 327_680.0, "a row of Models: 80 x 2 x 8 x 128 x 2"),
    Case("KV_BYTES_PER_TOKEN", (LLAMA_HEADED,), 327_680.0, "the same below its headings"),
    Case("FITS", ((LLAMA_ROW,), (H100_ROW,), 1.0, "bf16"), 0.0, "141.1 GB on 85.9"),
    Case(
        "TOKENS_PER_SECOND",
        (*TWO_H100, OMITTED, "total", OMITTED, MEASURED),
        8_410.0,
        "published in Throughput: 4,205 out and as many in",
    ),
    Case(
        "TOKENS_PER_SECOND_BASIS",
        (*TWO_H100, OMITTED, "total", OMITTED, MEASURED),
        TOLD,
        "its source, and its date as a day",
    ),
    Case(
        "GPUS_NEEDED",
        (10e9, *TWO_H100[:2], *TWO_H100[3:], 1.0, 1.0, 1.0, 0.0, 2.0, MEASURED),
        2.0,
        "measured: 8,410 tokens a second are 22 B a month on two; one serves less than 10 B",
    ),
)

CASES = EXAMPLES + BEHAVIOURS + SHEET_ROWS
