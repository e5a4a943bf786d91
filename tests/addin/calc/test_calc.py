"""Every function in a real LibreOffice Calc, by the same table of cases as in Excel."""

import os
import subprocess
import time
from pathlib import Path
from typing import Any

import pytest

from addin.calc import package as calc_package
from addin.calc.product import Bridge
from addin.cells import CellError
from addin.help import help_for
from costcore.catalogue import FUNCTIONS
from install.calc import profile as calc_profile
from tests.addin.calc.calc_sheet import run_cases, shown
from tests.addin.cases import CASES, NA, NUM, VALUE, Case
from tests.addin.office import Office, missing, running
from tests.addin.test_cells import same

pytestmark = [
    pytest.mark.libreoffice,
    pytest.mark.skipif(bool(missing()), reason=missing() or "it is there"),
]
HOSTS = Path(calc_package.__file__).parents[1] / "reference" / "hosts.md"
REFUSED = 504  # Err:504, which Calc shows where it calls nothing

BLANK, TRUE_IS_1 = "A blank cell is 0", "TRUE is 1, FALSE is 0"
ONE_TEXT = "A function that answers with text answers one cell"
LAST, WHOLE_RANGE = "The last of two errors goes through", "An error in a range refuses the call"
DIFFERENCES: dict[str, dict[str, Any]] = {
    BLANK: {
        "blank optional: the same": NA,  # a node without capacity
        "blank required: unknown, not 0": NA,  # an API that is free
        "2 x 1 x 1 x 730": 0.0,  # no machines
        "blank cached price: the input price": 5.0,  # (4 x 0.5 + 0 x 0.5) x 0.5 + 8 x 0.5
    },
    TRUE_IS_1: {
        "TRUE is not a 1": 1_460.0,  # 2 x 1 x 730
        "text and booleans in a column spoil their own rows only": [
            [1_460.0],
            [VALUE],
            [0.0],
            [2_190.0],
        ],
        "a boolean is no day": NA,  # day 1, before all prices
    },
    ONE_TEXT: {"12,067 for 2": [[VALUE]] * 2, "a negative volume": [[VALUE] * 2]},
    LAST: {"the first of two errors goes through": CellError.REF},
    WHOLE_RANGE: {
        "an error in a row stays in its place; the first argument's counts": [[REFUSED] * 3],
        "one error spoils a whole load": REFUSED,
        "an error in the hours": REFUSED,
        "an error in a table": REFUSED,
        "one load, three numbers of nodes: 4 M x 365 x 2; 800 + 2 M x 365 x 2": [[REFUSED] * 3],
        "an error beside a sentence": [[REFUSED] * 2],
    },
}
"""What Calc does not let an add-in do as in Excel, with the answer it gives."""
DIFFERENT = {because: shows for cases in DIFFERENCES.values() for because, shows in cases.items()}


@pytest.fixture(scope="session")
def answers(calc: Office) -> dict[str, Any]:
    """What Calc shows for each case, computed in LibreOffice's own process."""
    return dict(zip(map(str, CASES), run_cases(calc, CASES), strict=True))


@pytest.mark.parametrize("case", CASES, ids=str)
def test_a_formula_shows_what_it_shows_in_excel(answers: dict[str, Any], case: Case) -> None:
    """The shared table, but for the differences that `hosts.md` lists."""
    assert same(answers[str(case)], DIFFERENT.get(case.because, case.shows)), answers[str(case)]


def test_the_page_on_hosts_lists_the_differences() -> None:
    """Each has a line there and a case here, and each case is one of the shared table."""
    page = HOSTS.read_text(encoding="utf-8")
    assert [title for title in DIFFERENCES if f"| {title} |" not in page] == []
    assert set(DIFFERENT) <= {case.because for case in CASES}


FORMULAS = {
    "=RENT_PER_MONTH(2;Z1:Z1)": 1_460.0,  # a range of one blank cell stays blank
    "=RENT_PER_MONTH(2;)": 1_460.0,
    "=RENT_PER_MONTH(Z1:Z1)": NUM,
    "=SUM(RENT_PER_MONTH({1;2}))": 2_190.0,
    "=SUM(RENT_PER_MONTH({1|2}))": 2_190.0,
    "=RENT_PER_MONTH(DATE(2026;1;1))": 46_023 * 730.0,  # Calc passes a date as its day
    "=INDEX(BREAKEVEN_RANGES(20;5400;388800000;3000);2;3)": 3.0,
    "=BREAKEVEN_RANGES(20;5400;388800000;3000)": 690e6,  # a table in one cell: its first value
    "=RENT_PER_MONTH(2)*2+1": 2_921.0,
    '=IF(RENT_PER_MONTH(2)>1000;"dear";"cheap")': "dear",
    "=ISNA(BREAKEVEN_TOKENS(10;5400;388800000))": 1.0,
    '=IFERROR(BREAKEVEN_TOKENS(10;5400;388800000);"never")': "never",
    "=SUM(BREAKEVEN_TOKENS(10;5400;388800000);1)": NA,
    "=breakeven_tokens(20;5400;388800000;3000)": 690e6,
    "=RENT_PER_MONTH()": NUM,
    "=EVENPOINT_STATUS(1)": REFUSED,
    "=SUMPRODUCT(RENT_PER_MONTH(2)*{1|2|3})": 8_760.0,
    '=CHEAPEST_OPTION(1E9;{"API";0;0;1E9;1})="API"': 1.0,  # a text equals what is typed
}


def test_functions_work_inside_other_formulas(calc: Office) -> None:
    """Expected as in Excel; the sums by hand: 730 hours, 1 + 2 machines."""
    calc.ask("new")
    places = [[0, row, 1, 1, formula] for row, formula in enumerate(FORMULAS)]
    calc.ask("fill", [], places)
    cells = calc.ask("read")["Sheet1"]
    found = {formula: shown(cells, 0, row) for row, formula in enumerate(FORMULAS)}
    assert {f: v for f, v in found.items() if not same(v, FORMULAS[f])} == {}


def test_the_function_wizard_knows_every_function(calc: Office) -> None:
    """Category, description and a line for each argument, as in Excel's."""
    told = calc.ask("wizard")
    assert {entry.name for entry in FUNCTIONS} | {calc_package.STATUS} <= set(told)
    for entry in FUNCTIONS:
        assert told[entry.name]["description"] == entry.summary
        assert [a[:2] for a in told[entry.name]["arguments"]] == [
            [name, help_for(entry, name)] for name in entry.quantities
        ]
    financial = told["NPV"]["category"]
    assert {told[entry.name]["category"] for entry in FUNCTIONS} == {financial}


def status_in(office: Office) -> str:
    """What the status function shows."""
    office.ask("new")
    office.ask("fill", [], [[0, 0, 1, 1, f"={calc_package.STATUS}()"]])
    return str(office.ask("read")["Sheet1"]["0,0"])


def test_libreoffices_own_python_computes_where_it_can(calc: Office) -> None:
    """Debian's LibreOffice has Python 3.11; another version goes through the bridge."""
    assert "numpy" in status_in(calc)


def children(office: Office) -> list[str]:
    """The command lines of all programs that LibreOffice has started."""
    done = subprocess.run(
        ["ps", "-o", "args=", "-g", str(office.office.pid)],
        capture_output=True,
        text=True,
        check=False,
    )
    return [line for line in done.stdout.splitlines() if "<defunct>" not in line]


@pytest.mark.slow
def test_the_bridge_gives_the_same_answers_and_ends_with_libreoffice() -> None:
    """It starts at the first call, and is there no more when LibreOffice is closed."""
    place = calc_profile.place(bridge=True)
    with running(calc_profile.package(place)) as office:
        office.ask("new")
        assert not any("addin.calc.bridge" in line for line in children(office))
        found = run_cases(office, CASES)
        assert any("addin.calc.bridge" in line for line in children(office))
        assert "through a bridge" in status_in(office)
        office.close()
        time.sleep(0.2)
        assert children(office) == []
    wrong = {
        str(case): shows
        for case, shows in zip(CASES, found, strict=True)
        if not same(shows, DIFFERENT.get(case.because, case.shows))
    }
    assert wrong == {}


def test_a_broken_bridge_starts_again(calc: Office) -> None:
    """Killing Evenpoint's Python costs a moment and no answer."""
    bridge = Bridge(calc_profile.place())
    try:
        assert bridge.ask("RENT_PER_MONTH", [2.0]) == 1_460.0
        assert bridge.process is not None
        bridge.process.kill()
        bridge.process.wait()
        assert bridge.ask("RENT_PER_MONTH", [2.0]) == 1_460.0
    finally:
        bridge.end()


@pytest.mark.parametrize(
    ("place", "says"),
    [
        (None, "cannot import Evenpoint"),
        ({"python": "/nowhere/python", "version": [3, 0], "path": ["/"]}, "/nowhere/python"),
    ],
)
def test_the_status_says_what_is_missing(place: Any, says: str) -> None:
    """The functions stay known and show #VALUE!, an error that no sum can skip."""
    with running(calc_profile.package(place)) as office:
        assert says in (status := status_in(office))
        assert "evenpoint addin install --calc" in status
        office.ask("fill", [], [[0, 1, 1, 1, "=RENT_PER_MONTH(2)"]])
        assert shown(office.ask("read")["Sheet1"], 0, 1) is VALUE


def test_a_killed_test_run_leaves_no_libreoffice_behind() -> None:
    """The client sees its input end, which is all that a killed program can still tell it."""
    with running(None) as office:
        office.ask("new")
        office.client.stdin.close()
        office.client.wait(20)
        office.office.wait(20)
        assert children(office) == []


def test_no_process_is_left_behind(calc: Office) -> None:
    """Closing a LibreOffice ends all it consists of."""
    with running(None) as office:
        assert len(children(office)) > 0
    assert children(office) == []
    assert os.path.exists(f"/proc/{calc.office.pid}")  # the other one is another's
