"""Contracts of a plan against a reckoning of their own, written from the text of a contract."""

import re
from datetime import date

import numpy as np
import pytest

from costcore.language.timeline import figures, values
from tests.books import cached, edit, formulas, names
from tests.engines import differences, ironcalc_values
from tests.workbooks import owed
from tests.workbooks.budgets import CORNERS, corner, write
from tests.workbooks.owed import Owed, Terms
from workbooks.plan.plan import plan
from workbooks.scenario.reading import parse
from workbooks.scenario.scenario import ScenarioError
from workbooks.sheets.budget import budget
from workbooks.sheets.intake.cells import IntakeError
from workbooks.sheets.intake.reading import intake

PLANS = 220
SHARE, PRICE, MANAGED = 0.6, 5.0, 0.9


def random_terms(rng, kind):
    """A contract of a kind, likely to start or end inside the plan."""
    found = Terms(
        kind,
        minimum=float(rng.choice([500.0, 4_000.0, 20_000.0])),
        first=int(rng.integers(-14, 30)),
        term=int(rng.integers(1, 48)),
        signed=bool(rng.random() < 0.7),
        notice=int(rng.integers(0, 9)) if rng.random() < 0.5 else None,
        exit_share=float(rng.choice([0.0, 0.3, 1.0])),
    )
    if kind in owed.SPENT:
        found.period = int(rng.choice([1, 3, 12]))
        found.ramp = int(rng.choice([0, 0, 6, 24]))
        found.overage = float(rng.choice([1.0, 1.2]))
        found.rollover = float(rng.choice([0.0, 0.5, 1.0]))
    elif kind == "dedicated":
        found.tokens = float(rng.choice([2e8, 1e9, 9e9]))
    else:
        found.nodes = int(rng.integers(1, 5))
    return found


def random_plan(seed):
    """A plan with up to four contracts, and the figures it was made from."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(list(owed.USERS), size=rng.integers(1, 5))
    contracts = [random_terms(rng, kind) for kind in kinds]
    facts = {
        "tokens": float(rng.choice([3e8, 2e9, 8e9])),
        "growth": float(rng.choice([-0.6, 0.0, 0.8])),
        "dual": int(rng.integers(0, 5)),
        "months": int(rng.integers(12, 49)),
        "fee": float(rng.choice([0.0, 300.0])),
        "change": float(rng.choice([0.0, -0.3])),
        "rest": str(rng.choice(["api", "managed"])),
    }
    return contracts, facts


def content(contracts, facts):
    """The scenario file of such a plan."""
    return {
        "horizon_months": facts["months"],
        "as_of": CORNERS["rented"]["as_of"],
        "workload": {
            "tokens_per_month": facts["tokens"],
            "growth_per_year": facts["growth"],
            "peak_factor": 2.0,
        },
        "api": {
            "api_input_price_per_mtok": PRICE,
            "api_output_price_per_mtok": PRICE,
            "api_fee_per_month": facts["fee"],
            "api_price_change_per_year": facts["change"],
        },
        "managed": {
            "managed_input_price_per_mtok": MANAGED,
            "managed_output_price_per_mtok": MANAGED,
        },
        "nodes": {"node_tokens_per_second": 1_000.0, "rent_per_gpu_hour": 2.0},
        "people": {"dual_run_months": facts["dual"]},
        "hybrid": {"hybrid_share": SHARE, "hybrid_rest_kind": facts["rest"]},
        "contract": [written(place, each) for place, each in enumerate(contracts)],
    }


def written(place, each):
    """A contract as a scenario file has it."""
    found = {
        "name": f"{each.kind} {place}",
        "kind": each.kind,
        "signed": each.signed,
        "first_month": each.first,
        "term_months": each.term,
        "minimum_per_month": each.minimum,
        "exit_share": each.exit_share,
        "settled_months": each.period,
        "ramp_months": each.ramp,
        "overage_factor": each.overage,
        "rollover_share": each.rollover,
        "committed_nodes": each.nodes,
        "committed_tokens_per_month": each.tokens,
    }
    return found | ({} if each.notice is None else {"notice_months": each.notice})


def reckoned(contracts, facts, strategy):
    """What the oracle says of a strategy: contracts, what it pays by month, and rented nodes."""
    months, dual = facts["months"], facts["dual"]
    ours = [each for each in contracts if each.owed_by(strategy)]

    def of(*kinds):
        return [each for each in ours if each.kind in kinds]

    found = Owed(months)
    volume = [facts["tokens"] * (1 + facts["growth"]) ** (t / 12) for t in range(months)]
    price = [PRICE * (1 + facts["change"]) ** (t / 12) for t in range(months)]
    own = {"own": 1.0, "hybrid": SHARE, "mixed": SHARE}.get(strategy, 0.0)
    # a route is the share that an engine takes: only that of the nodes is billed twice
    left = 0.0 if strategy in ("managed", "mixed") else 1 - own
    bought = [v * (left + (own if t < dual else 0.0)) for t, v in enumerate(volume)]
    served = owed.serve(of("dedicated"), strategy, bought, dual, months, found)
    bills = [(b - s) / 1e6 * p for b, s, p in zip(bought, served, price, strict=True)]
    moved = {"managed": 1.0, "mixed": 1 - SHARE}.get(strategy, 0.0)
    hosted = [v * moved / 1e6 * MANAGED for v in volume]
    owed.spend(of("api"), strategy, bills, dual, months, found)
    owed.spend(of("managed"), strategy, hosted, dual, months, found)
    planned = 1_000.0 * 3600 * 730 * 0.85 * 0.8 / 2.0
    needed = [owed.whole(v * own / planned) or 1 for v in volume] if own else [-1.0] * months
    nodes = [n + 1 for n in needed]  # a spare beside them
    given = owed.serve(of("reserved", "lease"), strategy, nodes, dual, months, found)
    owed.exits(ours, strategy, dual, months, found)
    rented = [n - g for n, g in zip(nodes, given, strict=True)]
    fee = [facts["fee"] if (t < dual and own) or strategy in ("api", "hybrid") else 0.0
           for t in range(months)]  # fmt: skip
    paid = [b + h + f for b, h, f in zip(bills, hosted, fee, strict=True)]
    return found, paid, rented


@pytest.mark.parametrize("block", range(5))
def test_contracts_of_random_plans_cost_what_their_text_says(block):
    """Owed, used, wasted, paid by month and rented nodes, for every strategy."""
    for seed in range(block, PLANS, 5):
        contracts, facts = random_plan(seed)
        ours = plan(parse(content(contracts, facts), "random.toml"))
        known = ours.given()
        known |= figures(ours.drivers, known)
        known |= values(ours.monthly, known, facts["months"], series=ours.series)
        for strategy in ours.scenario.owing:
            mixed = strategy == "hybrid" and facts["rest"] == "managed"
            found, paid, rented = reckoned(contracts, facts, "mixed" if mixed else strategy)
            hosts = strategy in ("own", "hybrid")
            bill = known[f"{strategy}_{'api' if hosts else 'bill'}_per_month"]
            bill = bill + (known["hybrid_managed_per_month"] if mixed else 0.0)
            close = {"rtol": 1e-9, "atol": 1e-6}
            np.testing.assert_allclose(bill, paid, err_msg=f"{seed} {strategy}", **close)
            extra = known[f"{strategy}_contracts_per_month"]
            np.testing.assert_allclose(extra, found.paid[1:], err_msg=f"{seed} {strategy}", **close)
            for part in ("owed", "used", "wasted"):
                total = known[f"{strategy}_{part}_per_month"].sum()
                assert total == pytest.approx(getattr(found, part), abs=1e-5), (seed, strategy)
            if hosts:
                np.testing.assert_allclose(known[f"{strategy}_nodes"], rented, **close)


def test_obligations_add_up():
    """Owed is used and wasted, for each strategy of a plan bound by contracts of every kind."""
    ours = corner("bound")
    found = ours.run()
    assert ours.scenario.owing == ours.options
    for option in ours.options:
        assert found[f"{option}_contracts_check"] == 0
        total = {p: found[f"{option}_{p}_per_month"].sum() for p in ("owed", "used", "wasted")}
        assert total["owed"] == pytest.approx(total["used"] + total["wasted"])
        assert total["wasted"] > 0


def test_a_signed_commitment_is_owed_after_one_leaves():
    """60,000 a month for 36 months are 2,160,000 under every strategy; all of it is lost on own."""
    committed = {
        "horizon_months": 36,
        "workload": {"tokens_per_month": 20e9, "output_share": 0.11, "peak_factor": 2.4},
        "api": {"api_model": "openai/gpt-6.1-sol", "api_commit_per_month": 60_000.0},
        "nodes": {
            "hardware": "H200 SXM",
            "system": "1x H200 SXM | gpt-oss-120b fp4 | 8192/1024",
        },
        "hybrid": {"hybrid_share": 0.7},
    }
    found = plan(parse(committed, "committed.toml")).run()
    for option in ("own", "hybrid"):
        assert (found[f"{option}_api_per_month"] == 60_000).all()
    assert found["own_unused_per_month"].sum() == pytest.approx(2_160_000)
    free = {**committed, "api": {"api_model": "openai/gpt-6.1-sol"}}
    less = plan(parse(free, "free.toml")).run()
    assert found["own_cash_cost"] - less["own_cash_cost"] == pytest.approx(2_160_000)


def test_a_typed_commitment_is_owed_beside_any_contract():
    """60,000 a month to API and platform are owed under every strategy, reserved nodes or not."""
    reserved = {
        "name": "Reserved",
        "kind": "reserved",
        "term_months": 18,
        "minimum_per_month": 5_000,
        "committed_nodes": 2,
    }
    typed = {
        "api": {**CORNERS["rented"]["api"], "api_commit_per_month": 60_000.0},
        "managed": {**CORNERS["rented"]["managed"], "managed_commit_per_month": 60_000.0},
    }
    free, bound = (
        plan(parse({**CORNERS["rented"], **more, "contract": [reserved]}, "both.toml")).run()
        for more in ({}, typed)
    )
    for option in ("own", "hybrid"):
        used = free[f"{option}_api_per_month"] if option == "hybrid" else 0 * free["year_count"]
        # both minimums in every month; while both run the API's bill is burnt by them
        assert (bound[f"{option}_api_per_month"][2:] >= 120_000 - 1e-6).all()
        extra = bound[f"{option}_api_per_month"][2:] - used[2:]
        assert (extra <= 120_000 + 1e-6).all()
        assert (bound[f"{option}_api_per_month"][:2] >= 120_000 - 1e-6).all()


def test_a_hybrid_may_send_its_rest_to_the_managed_platform():
    """20 % of 3,000 M at the platform's price, its fee, and what moving there costs, at once."""
    found = corner(
        "rented",
        hybrid={"hybrid_rest_kind": "managed"},
        managed={"managed_migration_cost": 4_000.0},
    ).run()
    rest = found["volume_tokens_per_month"] * 0.2 / 1e6 * found["managed_price_now_per_mtok"] + 250
    rest[0] += 4_000
    assert found["hybrid_managed_per_month"] == pytest.approx(rest)
    api = found["hybrid_api_per_month"]  # for two months it bills what own nodes take
    assert api[:2] == pytest.approx(0.8 * found["api_cash_per_month"][:2])
    assert (api[2:] == 0).all()
    assert found["rest_check"] == 0
    dearer = corner("rented", managed={"managed_migration_cost": 4_000.0}).run()
    assert found["hybrid_present_cost"] < dearer["hybrid_present_cost"]
    assert "alone costs" in str(found["hybrid_text"])


@pytest.mark.parametrize(
    ("content", "said"),
    [
        ({"hybrid_rest_kind": {"low": "api", "base": "managed", "high": "api"}}, "same in all"),
        ({"hybrid_rest_kind": "managed"}, "no platform is compared"),
    ],
)
def test_a_rest_that_goes_nowhere_is_refused(content, said):
    """It names the input and what to do."""
    with pytest.raises(ScenarioError, match=said):
        corner("leased", hybrid={"hybrid_share": 0.5, **content})


DOLLARS = {"from_currency": "USD", "to_currency": "EUR", "date": date(2026, 10, 30)}


@pytest.mark.parametrize("settled", [1, 12])
def test_a_minimum_has_one_rate_until_it_is_settled(settled, tmp_path):
    """20,000 dollars a month at 0.90 are 18,000 euros; at a tenth less, 16,200.

    Settled month by month the first has the rate of today; settled by the year it is part of
    what is settled in month 12. What is owed is what is used and wasted, in the sheets too.
    """
    api = {f"api_{part}_price_per_mtok": 2.0 for part in ("input", "output")}
    signed = {"name": "US", "kind": "api", "minimum_per_month": 20_000, "currency": "USD"}
    content = {
        "currency": "EUR",
        "horizon_months": 24,
        "rate": [{**DOLLARS, "rate": 0.9, "source": "treasury"}],
        "workload": {"tokens_per_month": 1e9},
        "api": api,
        "nodes": {"node_tokens_per_second": 5_000, "rent_per_gpu_hour": 2.0},
        "contract": [{**signed, "settled_months": settled, "term_months": 24}],
    }
    ours = plan(parse(content, "euro.toml"))
    told = ours.run("downside")
    first = 16_200 if settled > 1 else 18_000
    np.testing.assert_allclose(told["api_owed_per_month"], [first, *[16_200] * 23])
    assert told["master_check"] == 0
    path = tmp_path / "downside.xlsx"
    path.write_bytes(budget(ours, "downside"))
    cells = [(s, c) for s in ("Commitments", "Checks", "Cover") for c in formulas(path)[s]]
    assert differences(ironcalc_values(path), cached(path), cells) == []


def test_the_simple_commitment_is_a_contract_of_the_whole_plan():
    """`api_commit_per_month` costs what a signed contract of the same minimum costs."""
    people = {"dual_run_months": 2}
    simple = corner("rented", api={"api_commit_per_month": 9_000.0}, people=people).run()
    signed = {"name": "API", "kind": "api", "term_months": 36, "minimum_per_month": 9_000.0}
    bound = plan(parse({**CORNERS["rented"], "contract": [signed]}, "bound.toml")).run()
    for option in ("api", "managed", "own", "hybrid"):
        for view in ("cash", "present"):
            name = f"{option}_{view}_cost"
            assert simple[name] == pytest.approx(bound[name], rel=1e-12), name


def test_an_offer_binds_only_the_strategy_that_signs_it():
    """Not signed, the minimum of the API is no reason to stay with it."""
    offer = {
        "name": "Offer",
        "kind": "api",
        "signed": False,
        "term_months": 36,
        "minimum_per_month": 90_000.0,
    }
    free, found = (
        plan(parse({**CORNERS["rented"], **more}, "offer.toml")).run()
        for more in ({}, {"contract": [offer]})
    )
    assert found["api_cash_cost"] == pytest.approx(36 * 90_000)
    for option in ("managed", "own", "hybrid"):
        assert found[f"{option}_cash_cost"] == pytest.approx(free[f"{option}_cash_cost"], rel=1e-12)


def test_reserved_nodes_do_not_shrink_with_demand():
    """All reserved at 40 % off: what is paid in month 1 is paid in every month after it."""
    found = corner(
        "rented",
        workload={"tokens_per_month": 100e9, "growth_per_year": -0.9},
        nodes={
            "reserved_share": 1.0,
            "reserved_discount_share": 0.4,
            "rent_change_per_year": 0.0,
        },
    ).run()
    assert found["own_nodes"][-1] < found["own_nodes"][0] / 3
    assert (found["reserved_per_month"] == found["reserved_per_month"][0]).all()
    assert (found["own_rent_per_month"] == found["own_rent_per_month"][0]).all()
    listed = found["node_on_demand_per_month"] * 0.6 * found["own_nodes"][0]
    assert found["own_rent_per_month"][0] == pytest.approx(listed)


def test_a_contract_holds_the_price_until_its_end():
    """For 24 months the price of the first; in month 25 that of the path, as without it."""
    held = corner("bound").run()["api_price_now_per_mtok"]
    path = corner("rented").run()["api_price_now_per_mtok"] * held[0]
    path = path / path[0] * held[0]
    assert (held[:24] == held[0]).all()
    np.testing.assert_allclose(held[24:], path[24:], rtol=1e-12)


BAD = {
    "kind": ("rent", "kind of 'one' is 'rent'; it must be one of api, managed"),
    "term_months": (0, "term_months of 'one' is 0; it must be a whole number from 1 to 240"),
    "signed": ("yes", "signed of 'one' is 'yes'; it must be true or false"),
    "overage": (1.2, "'overage' is not part of a contract; did you mean 'overage_factor'?"),
    "settled_months": (5, "settled_months of 'one' is 5; it must be 1, 2, 3, 4, 6 or 12"),
    "minimum_per_year": (9, "contract 'one' has two minimums"),
    "strategy": ("cloud", "strategy of 'one' is 'cloud'; it must be one of api"),
    "rollover_share": (2, "rollover_share of 'one' is 2; it must be a number from 0 to 1"),
}


@pytest.mark.parametrize("key", BAD)
def test_a_bad_contract_is_refused_in_one_sentence(key):
    """The contract, the key, its value and the rule."""
    value, said = BAD[key]
    one = {"name": "one", "kind": "api", "minimum_per_month": 5.0} | {key: value}
    with pytest.raises(ScenarioError, match=re.escape(said)):
        parse({**CORNERS["rented"], "contract": [one]}, "bad.toml")


def test_a_commitment_given_twice_is_refused():
    """As an input and as a contract it would be counted once, or twice: nobody knows."""
    one = {"name": "one", "kind": "api", "minimum_per_month": 5.0}
    api = {**CORNERS["rented"]["api"], "api_commit_per_month": 7.0}
    with pytest.raises(ScenarioError, match="'one' says what is committed; api_commit_per_month"):
        parse({**CORNERS["rented"], "api": api, "contract": [one]}, "twice.toml")


def test_contracts_typed_into_a_workbook_are_read_back(tmp_path):
    """A term changed and a row added reach the plan; a bad one is named by its cell."""
    path = write(tmp_path, "bound", budget(corner("bound")))
    sheet, ref = names(path)["contract1_term_months"]
    row = {"A": "Lease", "B": "lease", "F": 3, "G": 12, "P": 2, "H": 700}
    typed = {(sheet, ref): 30} | {(sheet, f"{column}12"): value for column, value in row.items()}
    read = intake(edit(path, typed, tmp_path / "typed.xlsx")).plan.scenario.contracts
    assert read[0].term_months == 30
    last = read[-1]
    assert (last.contract, last.kind, last.first_month, last.term_months) == (
        "Lease",
        "lease",
        3,
        12,
    )
    assert (last.signed, last.strategy, last.notice_months) == ("yes", "own", None)
    bad = edit(path, {(sheet, ref): 0.5}, tmp_path / "bad.xlsx")
    with pytest.raises(
        IntakeError, match=rf"Contracts!{ref}: term_months of 'Frontier API' is 0.5"
    ):
        intake(bad)
