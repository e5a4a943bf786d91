"""A budget workbook as a scenario file, and a scenario with flags: nothing is lost."""

import dataclasses
import datetime
import tomllib

import numpy as np
import pytest

from tests.workbooks.budgets import corner, write
from workbooks.plan.plan import Plan, plan
from workbooks.plan.rolling import rolled
from workbooks.scenario import own_rows
from workbooks.scenario.changing import changed
from workbooks.scenario.inputs import CASES
from workbooks.scenario.reading import load, parse
from workbooks.scenario.scenario import Scenario, ScenarioError
from workbooks.scenario.writing import written
from workbooks.sheets.budget import budget
from workbooks.sheets.intake.reading import intake


def read_back(scenario: Scenario) -> Scenario:
    """What the file of a scenario says."""
    return parse(tomllib.loads(written(scenario)), scenario.origin)


def differing(one: Plan, other: Plan) -> list[str]:
    """The figures and lines in which two plans differ, in any case."""
    found = []
    for case in CASES:
        ours, theirs = one.run(case), other.run(case)
        assert ours.keys() == theirs.keys()
        for name, value in ours.items():
            if np.asarray(value).dtype.kind in "fiu" and not np.array_equal(
                value, theirs[name], equal_nan=True
            ):
                found.append(f"{case}: {name}")
    return found


@pytest.mark.parametrize("name", ["rented", "bought", "bound"])
def test_a_workbook_and_its_file_are_one_plan(name, tmp_path):
    """Every number of every line in every case, from the workbook and from the file of it."""
    book = intake(write(tmp_path, name, budget(corner(name)))).plan
    again = plan(read_back(book.scenario))
    assert differing(book, again) == []
    assert again.scenario == book.scenario


def own_price(scenario: Scenario, model: str) -> Plan:
    """The plan of a scenario with a price agreed for one model, a card quoted and a rate booked."""
    tables = plan(scenario).tables
    agreed = next(row for row in tables.prices if row.model == "openai/gpt-4o")
    agreed = dataclasses.replace(agreed, model=model, input_price_per_mtok=1.11, valid_to=None)
    card = next(row for row in tables.accelerators if row.hardware == "H100 SXM")
    card = dataclasses.replace(card, rent_base_per_gpu_hour=1.23, rent_source='"quote"\n4711')
    rate = next(row for row in tables.rates if row.from_currency == "USD")
    rate = dataclasses.replace(rate, rate=0.9)
    changed_tables = dataclasses.replace(
        tables,
        prices=[*tables.prices, agreed],
        accelerators=[card if row.hardware == "H100 SXM" else row for row in tables.accelerators],
        rates=[rate if row.from_currency == "USD" else row for row in tables.rates],
    )
    entries = dict(scenario.entries)
    entries["api_model"] = dataclasses.replace(entries["api_model"], low=model, base=model)
    entries["api_model"] = dataclasses.replace(entries["api_model"], high=model)
    return Plan(dataclasses.replace(scenario, entries=entries), changed_tables)


@pytest.fixture
def typed_over(tmp_path):
    """A workbook whose tables somebody has changed, as it is read back."""
    made = own_price(corner("rented").scenario, "acme/agreed")
    return intake(write(tmp_path, "typed", budget(made))).plan


def test_rows_of_ones_own_come_along(typed_over):
    """A model, a rent and an exchange rate that no table ships are in the file, and only they."""
    rows = typed_over.scenario.rows
    assert [row.model for row in rows.prices] == ["acme/agreed"]
    assert [row.hardware for row in rows.accelerators] == ["H100 SXM"]
    assert [row.rate for row in rows.rates] == [0.9]
    assert rows.systems == rows.models == ()
    again = plan(read_back(typed_over.scenario))
    assert differing(typed_over, again) == []


def test_another_day_keeps_what_was_agreed(typed_over):
    """On a later day the list has moved; the row, the rent and the rate of one's own have not."""
    day = datetime.date(2026, 11, 20)
    moved = plan(changed(typed_over.scenario, {"as_of": day}))
    assert moved.scenario.as_of == day
    ours = {row.model: row for row in moved.tables.prices}
    assert ours["acme/agreed"].input_price_per_mtok == 1.11
    assert moved.run()["api_input_per_mtok"] == pytest.approx(1.11 * 0.9)
    assert next(r.rate for r in moved.tables.rates if r.from_currency == "USD") == 0.9


def test_a_flag_replaces_the_figures_of_the_thing_it_replaces():
    """Agreed API prices are not those of another model; everything else stays."""
    ours = corner("bought").scenario
    other = changed(ours, {"api_model": "openai/o3"})
    assert other.entries["api_input_price_per_mtok"].base is None
    assert other.entries["capex_per_gpu"] == ours.entries["capex_per_gpu"]
    with pytest.raises(ScenarioError, match=r"currency of bought\.toml is USD"):
        changed(ours, {"currency": "EUR"})


@pytest.mark.parametrize(("name", "months"), [("rented", 3), ("bought", 11), ("bound", 1)])
def test_a_later_start_goes_on_with_the_same_months(name, months):
    """The volume of each calendar month is what it was, in every case; so are price steps."""
    ours = corner(name)
    year, month = divmod(ours.scenario.start_month.month - 1 + months, 12)
    start = ours.scenario.start_month.replace(
        year=ours.scenario.start_month.year + year, month=month + 1
    )
    later = plan(rolled(ours.scenario, start))
    for case in CASES:
        before, after = ours.run(case), later.run(case)
        left = len(before["volume_tokens_per_month"]) - months
        kept = "volume_tokens_per_month"
        assert np.allclose(after[kept][:left], before[kept][months:], rtol=1e-12)
    for option in ("api", "managed"):
        kept = ours.scenario.price_factors(option)[months:]
        assert later.scenario.price_factors(option)[: len(kept)] == kept
    for each, old in zip(later.scenario.contracts, ours.scenario.contracts, strict=True):
        assert each.first_month == old.first_month - months


def test_a_start_before_the_plan_is_refused():
    """Nobody has said what was before it."""
    with pytest.raises(ScenarioError, match="it must lie within the plan, which begins in"):
        rolled(corner("rented").scenario, datetime.date(2026, 1, 1))


def test_a_plain_model_of_ones_own_needs_few_columns():
    """Dense: a key and a value of each KV head in every layer, 2 x 8 x 128 numbers."""
    row = {"model": "Ours", "params_total_b": 12, "layers": 40, "attn_heads": 32, "kv_heads": 8}
    row |= {"head_dim": 128, "as_of": datetime.date(2026, 11, 1)}
    (found,) = own_rows.read({"model": [row]}).models
    assert (found.kv_layers_full, found.kv_elems_per_layer, found.hidden) == (40, 2048, 4096)
    assert (found.params_active_b, found.model_speed_share) == (12, 1)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("[[price]]\nmodel = 'a/b'", "input_price_per_mtok of [[price]] 'a/b' is missing"),
        ("[[rate]]\nrate = 1.0", "a [[rate]] has no from_currency"),
        ("[[model]]\nmodel = 'x'\nlayer = 3", "did you mean 'layers'"),
        ("price = 3", "write each under [[price]]"),
        ("[series]\nload_factor = [1.0, 2.0]", "load_factor has 2 hours; it must have whole days"),
        ("tolerance_cost = -1", "tolerance_cost is -1; it must be a number"),
    ],
)
def test_a_row_that_cannot_be_read_is_named(text, words, tmp_path):
    """Section, row, column, value and rule."""
    file = tmp_path / "own.toml"
    file.write_text("[workload]\ntokens_per_month = 1e9\n" + text if "[" in text[:1] else text)
    with pytest.raises(ScenarioError) as error:
        load(file)
    assert words in str(error.value)
