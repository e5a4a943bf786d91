"""Migration spread and leases as rights of use are what an accountant's ledger says."""

import numpy as np
import pytest

from tests.workbooks.budgets import corner

MONTHS = 24


def ledger(fee, term, opened, months, monthly_rate, timing):
    """A lease payment by payment: what is written off, borne as interest and still owed by month.

    `opened` is the month in which it begins, 0 or less before the plan.
    """
    paid = [(opened + k, fee) for k in range(term)]
    right = sum(sum_ / (1 + monthly_rate) ** (t - opened + timing) for t, sum_ in paid)
    written, interest, owed, debt = [], [], [], 0.0
    for month in range(min(opened, 1), months + 1):
        runs = opened <= month < opened + term
        if month == opened:
            debt = right
        # paid within the month: what is owed bears interest before it and, less it, after it
        due = debt * (1 + monthly_rate) ** timing - fee * runs
        after = due * (1 + monthly_rate) ** (1 - timing)
        if month >= 1:
            written.append(right / term * runs)
            interest.append((after - debt + fee) * runs)
            owed.append(after if runs else 0.0)
        debt = after if runs else 0.0
    return np.array(written), np.array(interest), np.array(owed)


def leased(**finance):
    nodes = {"existing_nodes": 0, "acquisition_kind": "lease"}
    grows = {"growth_per_year": 1.5}
    return corner("leased", nodes=nodes, workload=grows, finance=finance).run()


@pytest.mark.parametrize(("rate", "timing"), [(0.06, 1.0), (0.06, 0.0), (0.0, 0.5)])
def test_leased_nodes_are_rights_of_use_month_by_month(rate, timing):
    """Each node is a lease from its month to the end of the plan, in a ledger of its own."""
    found = leased(borrowing_rate=rate, payment_timing_share=timing)
    nodes, fee = found["own_hired_nodes"], float(found["node_lease_per_month"])
    assert nodes[-1] > nodes[0] > 0  # leases begin in several months
    parts = np.zeros((3, MONTHS))
    for month, new in enumerate(np.diff(nodes, prepend=0), start=1):
        each = ledger(fee, MONTHS + 1 - month, month, MONTHS, (1 + rate) ** (1 / 12) - 1, timing)
        parts += new * np.array(each)
    for name, row in zip(("right_written", "lease_interest"), parts[:2], strict=True):
        assert found[f"own_plan_{name}_per_month"] == pytest.approx(row, rel=1e-9, abs=1e-6)
    # what is owed at the end of a month, as it stands when the next begins
    assert found["own_plan_lease_owed_residual"] == pytest.approx(parts[2], rel=1e-9, abs=1e-6)


def test_a_lease_costs_in_the_end_what_is_paid_and_earlier_more():
    """IFRS 16 moves the expense to the front of a lease and changes no sum; cash is untouched."""
    seen, plain = leased(borrowing_rate=0.08), corner("leased", nodes={"existing_nodes": 0}).run()
    booked, paid = seen["own_books_per_month"], seen["own_expense_per_month"]
    assert booked.sum() == pytest.approx(paid.sum(), rel=1e-12)
    assert booked[0] > paid[0]
    assert booked[-1] < paid[-1]
    lifted = seen["own_hired_nodes"] * seen["node_lease_per_month"]
    assert seen["own_lifted_per_month"] == pytest.approx(lifted, rel=1e-12)
    assert "own_books_per_month" in plain  # without a rate of its own a lease takes that of capital
    assert float(plain["lease_month_rate"][0]) == pytest.approx(
        (1 + float(plain["discount_rate"])) ** (1 / 12) - 1
    )


def test_a_lease_signed_before_the_plan_goes_on_in_its_ledger():
    """30 months from month -5: in the plan 24 are left, of a right written off since its start."""
    found = corner("bound").run()
    monthly = (1 + float(found["discount_rate"])) ** (1 / 12) - 1
    written, interest, owed = ledger(2_400, 30, -5, 36, monthly, 0.5)
    for name, row in (
        ("right_written_per_month", written),
        ("lease_interest_per_month", interest),
        ("lease_owed_residual", owed),
    ):
        assert found[f"own_c6_{name}"] == pytest.approx(row, rel=1e-9, abs=1e-6), name


def test_a_migration_is_spread_over_its_life():
    """20,000 over 24 months: 833.33 a month, and 19,166.67 less in the first."""
    found = corner("bound").run()
    written = found["own_written_migration_per_month"]
    assert written.tolist() == pytest.approx([20_000 / 24] * 24 + [0.0] * 12)
    short = corner("rented", people={"migration_life_months": 60}).run()
    change = short["own_books_per_month"] - short["own_expense_per_month"]
    assert change[:2].tolist() == pytest.approx([20_000 / 60 - 20_000, 20_000 / 60])
    assert change.sum() == pytest.approx(-20_000 * 24 / 60)  # the rest is on the books at the end


def test_books_that_nothing_changes_are_not_shown():
    """A plan that leases nothing and expenses its migration has one view of its expense."""
    assert corner("bought").books == corner("rented").books == ()
