"""Month-ends: bills of many kinds against the budget, split without remainder, in three engines."""

import datetime
import math
import re
from dataclasses import replace
from functools import cache
from pathlib import Path

import numpy as np
import pytest

from tests.books import cached, edit, formulas
from tests.engines import differences, disagreements, recalculate
from tests.workbooks.budgets import corner, write
from tests.workbooks.sheets.test_budget import FUNCTIONS
from tests.workbooks.usage.exports import DATA
from workbooks.plan.monthend.accuracy import extended, fresh, judged, read
from workbooks.plan.monthend.actuals import Close, month_end, serial
from workbooks.plan.monthend.billed_usage import imported, last_whole
from workbooks.plan.monthend.bills import ActualsError, Bill, is_plain, plain
from workbooks.plan.monthend.closing import close
from workbooks.plan.monthend.signed.alone import alone
from workbooks.plan.monthend.variance import PARTS
from workbooks.plan.workloads.rules import Rule
from workbooks.sheets.monthend.actuals import actuals
from workbooks.usage.importing import import_usage

DAY = datetime.date
TODAY = DAY(2027, 3, 2)
GPT = "openai/gpt-4o"
LONGEST_FORMULA = 240


def bill(month, model, tokens, cost, **more):
    """A bill whose tokens are of no known kind."""
    return Bill(month, model, 0.0, 0.0, 0.0, tokens, cost, **more)


def kinds(month, model, fresh, cached_, output, cost, **more):
    """A bill that tells kinds of token apart."""
    return Bill(month, model, fresh, cached_, output, 0.0, cost, **more)


DECEMBER, JANUARY, MARCH = DAY(2026, 12, 1), DAY(2027, 1, 1), DAY(2027, 3, 1)
MIXED = [
    kinds(DECEMBER, GPT, 1.2e9, 0.6e9, 0.9e9, 9_400.0, requests=6e5),
    bill(DECEMBER, "acme/new-model", 2e8, 700.0, currency="USD", rate=0.95),
    bill(DECEMBER, "support plan", 0.0, 450.0),
    kinds(JANUARY, GPT.upper(), 2e9, 0.2e9, 0.4e9, 8_000.0),
    bill(JANUARY, "support plan", 0.0, -50.0),
]
BUDGET = [
    bill(month, model, tokens, cost)
    for month in (DECEMBER, JANUARY, DAY(2027, 2, 1))
    for model, tokens, cost in (("a/dear", 1e9, 10_000.0), ("b/cheap", 3e9, 6_000.0))
]
SWITCHED = [
    bill(DECEMBER, "a/dear", 1.5e9, 16_500.0),
    bill(DECEMBER, "b/cheap", 2e9, 4_000.0),
    bill(JANUARY, "b/cheap", 2e9, 3_000.0),
    bill(JANUARY, "c/<=*new", 1e9, 2_500.0),
]


CLOSES = {
    "mixed": lambda: close(alone(corner("rented")), MIXED),
    "as planned": lambda: close(alone(corner("rented")), MIXED, method="plan"),
    "managed": lambda: close(
        alone(corner("rented"), "managed"),
        [bill(JANUARY, "groq/llama-3.3-70b-versatile", 5e9, 9e3)],
    ),
    "by model": lambda: close(alone(corner("bought")), SWITCHED, budget=BUDGET),
    "committed": lambda: close(
        alone(corner("leased")), [bill(DECEMBER, "openai/o3", 6e9, 20_000.0)]
    ),
    "nothing planned": lambda: close(alone(corner("never")), [bill(DECEMBER, "x", 1.0, 1e-6)]),
    "nothing paid": lambda: close(alone(corner("leased")), [bill(DECEMBER, "openai/o3", 6e9, 0.0)]),
    "hundredfold": lambda: close(alone(corner("leased")), [bill(DECEMBER, "openai/o3", 6e11, 2e6)]),
}
"""Month-ends from many corners."""


@cache
def closed(name: str) -> Close:
    """One of them, closed."""
    return CLOSES[name]()


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("closes")


@pytest.fixture(scope="module")
def workbooks(folder):
    """One workbook for each month-end."""
    return {name: write(folder, name, actuals(closed(name))) for name in CLOSES}


@pytest.mark.slow
def test_three_engines_say_one_number(workbooks, soffice):
    """Numpy's value, LibreOffice's and IronCalc's agree in every cell of every workbook."""
    assert disagreements(workbooks.values(), fewest=1000) == []


@pytest.mark.parametrize("name", CLOSES)
def test_every_step_adds_up(name):
    """Budget and parts are the actual: in total, in each month, and for each model."""
    found = closed(name).run()
    assert found["master_check"] == 0
    assert found["bar_cost"][:-1].sum() == pytest.approx(found["bar_cost"][-1], abs=1e-6)
    for by in ("month", "model"):
        steps = sum(found[f"{by}_{part}"] for part in ("planned_cost", *PARTS))
        assert np.allclose(steps, found[f"{by}_paid_cost"], rtol=1e-12, atol=1e-6)
    outlook = found["closed_actual_cost"] + sum(
        found["budget_per_month"][found["closed_count"] == 0] * found["open_factor"]
    )
    assert found["outlook_total_cost"] == pytest.approx(outlook)


def test_price_volume_and_mix_by_hand():
    """December: 16,000 were budgeted for 4,000 Mtok, pooled at 4, the models at 10 and at 2."""
    found = closed("by model").run()
    december = {part: found[f"month_{part}"][0] for part in PARTS}
    assert december["volume_cost"] == pytest.approx((3_500 - 4_000) * 4)
    assert december["models_cost"] == pytest.approx((1_500 * 10 + 2_000 * 2) - 3_500 * 4)
    assert december["price_cost"] == pytest.approx(1_500 * (11 - 10))
    # January: the dear model was not used, one that nobody budgeted was
    assert found["month_retired_cost"][1] == -10_000
    assert found["month_new_cost"][1] == 2_500
    assert found["month_models_cost"][1] == 0


def test_exchange_rate_stands_apart():
    """700 dollars at 0.95 booked, less the same at the ECB rate of the plan's day: 1.1172."""
    found = closed("mixed").run()
    assert found["bar_cost"][-2] == pytest.approx(700 * (0.95 - 1 / 1.1172))


def test_commitment_is_a_fee():
    """What the budget pays beside its tokens has no price of a token."""
    plan = corner("leased")
    run = plan.run()
    beside = run["api_cash_per_month"][0] - run["api_usage_per_month"][0]
    found = closed("committed").run()
    assert beside >= 0
    assert found["month_untokened_cost"][0] == pytest.approx(-beside)


def test_requests_split_the_volume_where_both_know_them():
    """Budgeted requests are as long as the scenario sizes them: 5,500 tokens."""
    found = closed("mixed").run()
    at = closed("mixed").rows.index((month_end(DECEMBER), GPT))
    pooled = found["pooled_per_mtok"][at]
    planned = found["planned_tokens"][at]
    assert found["requests_cost"][at] == pytest.approx((6e5 * 5_500 - planned) / 1e6 * pooled)
    assert found["length_cost"][at] == pytest.approx((2.7e9 - 6e5 * 5_500) / 1e6 * pooled)
    assert found["volume_cost"][at] == 0
    january = closed("mixed").rows.index((month_end(JANUARY), GPT))
    assert found["requests_cost"][january] == 0 != found["volume_cost"][january]


def test_a_method_scales_the_open_months():
    """By the plan they stay as they are; by the run-rate they are as much dearer as the past."""
    rate, plan = (closed(name).run() for name in ("mixed", "as planned"))
    spent = 9_400 + 700 * 0.95 + 450 + 8_000 - 50
    assert rate["open_factor"] == pytest.approx(spent / rate["budget_per_month"][:2].sum())
    assert plan["open_factor"] == 1
    assert plan["over_total_cost"] == pytest.approx(plan["closed_over_cost"])


def test_a_forecast_knows_only_the_months_before():
    """December was forecast as budgeted, January by December's run-rate."""
    found = closed("mixed").run()
    budget, actual = found["budget_per_month"], found["actual_per_month"]
    assert found["expected_per_month"][0] == budget[0]
    assert found["expected_per_month"][1] == pytest.approx(budget[1] * actual[0] / budget[0])
    errors = found["expected_per_month"][:2] / actual[:2] - 1
    assert found["mape_share"] == pytest.approx(abs(errors).mean())
    assert found["bias_share"] == pytest.approx(errors.mean())


def test_another_close_is_a_matter_of_typing(workbooks, folder, soffice):
    """A closed month reopened, another method and another amount: what a new import would give."""
    held = cached(workbooks["mixed"])["Actuals"].items()
    first = min(int(place[1:]) for place, value in held if value == "support plan")
    typed = {
        ("Actuals", "C5"): serial(month_end(DECEMBER)),
        ("Actuals", "C6"): "plan",
        ("Actuals", f"I{first}"): 999.0,
    }
    path = edit(workbooks["mixed"], typed, folder / "edited.xlsx")
    bills = [replace(each, billed=999.0) if each.billed == 450 else each for each in MIXED]
    ours = close(alone(corner("rented")), bills, method="plan", closed=DECEMBER)
    wanted, seen = cached(write(folder, "wanted", actuals(ours))), recalculate([path])[path]
    for sheet in ("Bridge", "Outlook"):
        steps = [(sheet, f"C{row}") for row in range(6, 18)]
        assert differences(wanted, seen, steps) == []
    assert seen["Checks"]["C12"] == wanted["Checks"]["C12"] == 0


def test_the_same_bytes_for_the_same_inputs():
    """A workbook can be made again and compared."""
    assert actuals(closed("mixed")) == actuals(CLOSES["mixed"]())


def test_formulas_are_short_and_old(workbooks):
    """Nothing that Excel 2016 lacks, and no line that nobody reads."""
    texts = {text for found in formulas(workbooks["mixed"]).values() for text in found.values()}
    used = {name for text in texts for name in re.findall(r"([A-Z]+)\(", text)}
    assert used <= FUNCTIONS | {"SUMIFS", "COUNTIFS"}
    assert max(map(len, texts)) <= LONGEST_FORMULA


@pytest.mark.parametrize(
    ("bills", "words"),
    [
        ([], "neither tokens nor costs"),
        ([bill(DAY(2024, 1, 1), GPT, 1.0, 1.0)], "the plan runs from 2026-12"),
        ([bill(DECEMBER, GPT, 0.0, 5.0)], "no tokens; give its usage too"),
        ([bill(DECEMBER, GPT, 1.0, 5.0, currency="XYZ")], "is billed in XYZ"),
        ([bill(DECEMBER, "x" * 256, 1.0, 1.0)], "^2026-12: the name 'xxx.* has 256 characters"),
    ],
)
def test_what_cannot_be_compared_is_refused(bills, words):
    """With what to change."""
    with pytest.raises(ActualsError, match=words):
        close(alone(corner("rented")), bills)


def test_an_option_without_a_plan_is_refused():
    """There is nothing to compare with."""
    with pytest.raises(ActualsError, match="does not plan 'managed'"):
        alone(corner("never"), "managed")


def test_notes_say_what_was_assumed():
    """Months without a bill, months outside the plan, and rates that are old."""
    bills = [
        bill(DECEMBER, GPT, 1.0, 1.0),
        bill(MARCH, GPT, 1.0, 1.0, currency="USD"),
        bill(DAY(2020, 1, 1), GPT, 1.0, 1.0),
    ]
    notes = " ".join(close(alone(corner("rented")), bills).notes)
    assert "left out: 2020-01" in notes
    assert "still a forecast: 2027-01, 2027-02" in notes
    assert "rates of USD are of" in notes


WHOSE = "month,model,tokens,cost,engine,workload\n"
LONG = "line 2: the name 'eee.* has 256 characters; a worksheet compares at most 255"
"""Of 100 + 2 + 80 + 2 + 72 characters; 255 is Excel's limit."""
PLAIN = "Month;Model;Tokens;Cost;Requests\n2026-12;a/b;1e9;1234,5;\n\n2026-12-31;fee;;7;\n"


def test_a_plain_file_may_be_european(tmp_path):
    """Semicolons, decimal commas, blank lines, and days of a month."""
    path = tmp_path / "bill.csv"
    path.write_text(PLAIN, encoding="utf-8-sig")
    assert is_plain(path)
    first, second = plain(path)
    assert (first.month, first.other_tokens, first.billed) == (DECEMBER, 1e9, 1234.5)
    assert math.isnan(first.requests)
    assert (second.tokens, second.billed) == (0.0, 7.0)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("month,model,tokens,cost\n12/2026,a,1,1", "line 2: month is '12/2026'"),
        ("month,model,tokens,cost\n2026-12,a,x,1", "line 2: tokens is 'x'"),
        ("month,model,tokens,cost\n2026-12,a,-1,1", "at least 0"),
        ("month,model,tokens,cost\n2026-12,a,inf,1", "tokens is 'inf'"),
        ("month,model,tokens,cost\n2026-12,a,1,", "cost is blank"),
        ("month,model,tokens,cost\n2026-12,,1,1", "model is blank"),
        ("month,model,tokens,cost\n2026-12,a", "cost is blank"),
        (f"{WHOSE}2026-12,{'m' * 80},1,1,{'e' * 100},{'w' * 72}", LONG),
        ("month,model,tokens,cost\n2026-12,a,1,1\n2026-12,Total,1,1", "line 3: 'Total' repeats"),
        ("month,model,tokens,cost\n", "has no rows"),
        ("month,,model,tokens,cost\n2026-09,x,a,1,1\n", "line 2: 'x' stands below no heading"),
        ("month,model,tokens,cost,price\n2026-12,a,1,1,1", "a column 'price'"),
        ("month,model,tokens,cost,rate\n2026-12,a,1,1,0", "rate is 0"),
        ("month,model,tokens,cost,cached_tokens,output_tokens\n2026-12,a,3,1,2,2", "more than tok"),
    ],
)
def test_a_bad_cell_is_named(text, words, tmp_path):
    """File, line, column, value and rule."""
    path = tmp_path / "bill.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ActualsError, match=words.replace("(", r"\(")):
        plain(path)


def usage(pattern: str):
    """An imported export, or several."""
    return import_usage([next(Path(DATA).glob(each)) for each in pattern.split()])


def test_usage_without_a_bill_costs_what_it_lists():
    """And says that it was not billed."""
    bills = imported(usage("openai_usage_completions*"))
    assert {each.basis for each in bills} == {"list price"}
    assert sum(each.tokens for each in bills) == 9_384_600  # as the import adds them up
    assert {each.model for each in bills} == {"openai/gpt-5.4", "openai/gpt-4o-mini"}


def test_a_bill_without_models_is_spread_by_list_price():
    """Its sum is kept to the cent; nothing is counted twice."""
    found = usage("openai_usage_completions* openai_costs_2025*")
    bills = imported(found)
    assert {each.basis for each in bills} == {"billed, spread"}
    assert sum(each.billed for each in bills) == pytest.approx(found.billed["USD"])
    listed = found.rows.groupby("list_name").list_cost.sum()
    shares = {each.model: each.billed / found.billed["USD"] for each in bills}
    assert shares["openai/gpt-5.4"] == pytest.approx(listed["openai/gpt-5.4"] / listed.sum())


def test_rules_tell_the_workloads_of_an_export():
    """Its sums stay as they are; of a bill without models each workload has its list share."""
    found = usage("openai_usage_completions* openai_costs_2025*")
    whole, split = imported(found), imported(found, [Rule("Chat", {"model": "gpt-5.4*"})])
    assert {(each.model, each.workload) for each in split} == {
        ("openai/gpt-5.4", "Chat"),
        ("openai/gpt-4o-mini", ""),
    }
    for name in ("tokens", "billed"):
        sums = [sum(getattr(each, name) for each in bills) for bills in (whole, split)]
        assert sums[0] == pytest.approx(sums[1])


UNPRICED = {"langdock_SYNTHETIC", "databricks_endpoint_usage_SYNTHETIC"}


@pytest.mark.parametrize("path", sorted(Path(DATA).iterdir()), ids=lambda path: path.stem)
def test_every_export_keeps_its_bill(path):
    """Whatever was billed is in the bills, and tokens once; or the refusal names a model."""
    found = import_usage([path])
    if path.stem in UNPRICED:
        with pytest.raises(ActualsError, match="neither a bill nor a list price"):
            imported(found)
        return
    bills = imported(found)
    billed = sum(each.billed for each in bills if each.basis != "list price")
    assert billed == pytest.approx(sum(found.billed.values()))
    tokens = found.tokens.sum() + found.rows.undirected.sum()
    assert sum(each.tokens for each in bills) == pytest.approx(tokens)


def test_a_month_that_is_not_over_is_not_closed():
    """Three days of August are no month."""
    with pytest.raises(ActualsError, match="--closed 2026-08"):
        last_whole(usage("openai_usage_completions*"))


def test_a_record_only_grows(tmp_path):
    """The same row is not added twice; a month restated is, and then counts."""
    path = tmp_path / "record.csv"
    first = closed("mixed")
    rows = first.past(first.run(), TODAY)
    path.write_bytes(extended(b"", fresh(read(path), rows)))
    before = path.read_text(encoding="utf-8")
    assert [row.month for row in read(path)] == ["2026-12", "2027-01"]
    assert fresh(read(path), first.past(first.run(), TODAY + datetime.timedelta(40))) == []
    dearer = close(
        alone(corner("rented")), [replace(each, billed=2 * each.billed) for each in MIXED]
    )
    again = fresh(read(path), dearer.past(dearer.run(), TODAY))
    path.write_bytes(extended(path.read_bytes(), again))
    assert path.read_text(encoding="utf-8").startswith(before)
    months, mape, bias = judged(read(path), again[-1])
    errors = [row.error_share for row in again]
    assert months == 2
    assert mape == pytest.approx(np.mean(np.abs(errors)), abs=1e-6)
    assert bias == pytest.approx(np.mean(errors), abs=1e-6)


@pytest.mark.parametrize("odd", ["inf", "nan", "1e999", "9" * 400, "", "ten", "1,2"])
def test_a_record_holds_finite_numbers(odd, tmp_path):
    """An infinite forecast made every mean infinite; the line is told."""
    path = tmp_path / "record.csv"
    path.write_bytes(extended(b"", []) + f"2027-01-01,a,api,plan,2026-12,{odd},1,0\n".encode())
    with pytest.raises(ActualsError, match=r"record\.csv, line 2 is '2027-01-01,a,api,plan"):
        read(path)


@pytest.mark.parametrize("text", ["", "a,b\n1,2\n", "month\n"])
def test_another_file_is_no_record(text, tmp_path):
    """It is refused before anything is added to it."""
    path = tmp_path / "record.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ActualsError, match="no record of forecasts"):
        read(path)
