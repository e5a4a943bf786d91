"""A month that is closed again: what new files replace, what stays, and what is said of it."""

from dataclasses import replace
from datetime import date

import pytest

from workbooks.plan.monthend.bills import ActualsError, Bill
from workbooks.plan.monthend.kept import anew, merged
from workbooks.plan.monthend.lines import LINES

DECEMBER, JANUARY = date(2026, 12, 1), date(2027, 1, 1)


def bill(model, cost, tokens=0.0, **more):
    """What December's files say of a model or cost line."""
    return replace(Bill(DECEMBER, LINES.get(model, model), 0.0, 0.0, 0.0, tokens, cost), **more)


SOL, OPUS = bill("openai/gpt-6.1-sol", 4_400.0, 1e9), bill("anthropic/claude-opus-5-5", 300.0, 1e8)
POWER = bill("power", 3_500.0, engine="Pool")
PEOPLE = bill("staff", 4_000.0)
KEPT = [SOL, OPUS, POWER, PEOPLE]
CREDIT = bill("Credit note", -200.0)


@pytest.mark.parametrize(
    ("new", "left", "words"),
    [
        (
            [bill(SOL.model, 4_200.0, 1e9)],  # a bill that is corrected, without the other model
            [POWER, PEOPLE],
            "4,700.00 became 4,200.00; not billed any more: anthropic/claude-opus-5-5; 7,500.00 "
            "stays: Nodes: electricity, People: engineering labour",
        ),
        ([bill("rent", 9_000.0)], KEPT, "12,200.00 stays: openai/gpt-6.1-sol"),  # comes later
        ([bill("power", 3_000.0)], [SOL, OPUS, PEOPLE], "3,500.00 became 3,000.00; 8,700.00 stays"),
        ([bill("power", 100.0, engine="Other pool")], KEPT, "12,200.00 stays"),
        ([SOL, OPUS, CREDIT], [POWER, PEOPLE], "4,700.00 became 4,500.00"),
        ([bill("power", 50.0, currency="EUR")], [SOL, OPUS, PEOPLE], "3,500.00 became 50.00 EUR"),
        ([replace(SOL, month=JANUARY)], KEPT, ""),
        (KEPT, [], ""),
    ],
)
def test_new_rows_stand_in_place_of_their_own_kind_alone(new, left, words):
    """All bills of a month, or a cost line of a pool; the sums before and after are said."""
    assert sorted(map(repr, merged(KEPT, new, JANUARY))) == sorted(map(repr, [*left, *new]))
    (said,) = [*anew(KEPT, new, DECEMBER)] or [""]
    assert words in said
    assert bool(words) == bool(said)


@pytest.mark.parametrize(
    "new", [[CREDIT], [bill("Fee", 10.0)], [bill("power", -200.0, engine="Pool")]]
)
def test_a_credit_alone_is_not_taken_for_the_bill_of_its_month(new):
    """It would leave a month of 4,700 or 3,500 with what somebody gave back."""
    with pytest.raises(ActualsError, match=r"was closed with .*: give all of its bills again"):
        list(anew(KEPT, new, DECEMBER))
