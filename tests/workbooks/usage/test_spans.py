"""Every row has a span and a sign: days, zones, corrections and kinds of charge."""

from pathlib import Path

import pandas as pd
import pytest

from tests.workbooks.usage.exports import spend_logs, totals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.importing import import_usage

PUBLIC = Path(__file__).parent / "public"
FOCUS = (
    "BilledCost,BillingCurrency,ChargeCategory,ChargePeriodStart,ChargePeriodEnd,"
    "ConsumedQuantity,ConsumedUnit,ServiceName,SkuMeter"
)


def focus(path: Path, *rows: str) -> Path:
    """Write a FOCUS bill."""
    path.write_text("\n".join([FOCUS, *rows]) + "\n", encoding="utf-8")
    return path


def test_a_row_of_a_month_is_a_month() -> None:
    """14.4 M tokens over 31 days, at 365 / 12 days a month."""
    found = import_usage([PUBLIC / "span_focus_month.csv"])
    assert (found.days, found.days_with_data) == (31, 31)
    assert found.tokens_per_month == pytest.approx((14.4e6 / 31 * 365 / 12,) * 3)
    assert found.weekday_factors is None
    assert found.peak_factor is None


def test_three_months_have_no_missing_days() -> None:
    """12, 13.2 and 14.4 M over 30, 31 and 31 days."""
    found = import_usage([PUBLIC / "span_focus_three_months.csv"])
    months = [12e6 / 30, 13.2e6 / 31, 14.4e6 / 31]
    low, base, high = found.tokens_per_month or (0, 0, 0)
    assert (found.days, found.days_with_data) == (92, 92)
    assert base == pytest.approx(sum(months) / 3 * 365 / 12)
    assert (low, high) == pytest.approx((months[0] * 365 / 12, months[2] * 365 / 12))
    assert found.weekday_factors is None


@pytest.mark.parametrize(
    ("first", "second"),
    [("Aug 2026", "Sep 2026"), ("August 2026", "September 2026"), ("aug-2026", "Sept. 2026")],
)
def test_a_month_may_have_its_name(first: str, second: str, tmp_path: Path) -> None:
    """Two whole months of 31 and 30 days; a name that is none is refused by its line."""
    path = tmp_path / "a.csv"
    rows = f"Month,Model,Input Tokens,Output Tokens\n{first},m,310,31\n{second},m,300,30\n"
    path.write_text(rows)
    found = import_usage([path])
    assert (found.days, found.days_with_data, found.weekday_factors) == (61, 61, None)
    months = found.by_month().uncached.to_dict()
    assert months == {("2026-08", "m"): pytest.approx(310), ("2026-09", "m"): pytest.approx(300)}
    path.write_text(rows.replace(second, "Sip 2026"))
    with pytest.raises(UsageError, match="line 3, Month: 'Sip 2026' is not a"):
        import_usage([path])


def test_a_row_over_two_months_is_shared_by_days(tmp_path: Path) -> None:
    """Three of its four days are in August."""
    row = "8,USD,Usage,2026-08-29T00:00:00Z,2026-09-02T00:00:00Z,400,Tokens,LLM API,m Input"
    months = import_usage([focus(tmp_path / "f.csv", row)]).by_month()
    assert months.uncached.to_dict() == {("2026-08", "m"): 300, ("2026-09", "m"): 100}
    assert months.cost.to_dict() == {("2026-08", "m"): 6, ("2026-09", "m"): 2}


@pytest.mark.parametrize("end", ["2026-08-01T23:59:59Z", "2026-08-02T00:00:00Z"])
def test_a_day_may_end_at_its_last_second(end: str, tmp_path: Path) -> None:
    """Both are one day, and a day has no hour."""
    row = f"8,USD,Usage,2026-08-01T00:00:00Z,{end},400,Tokens,LLM API,m Input"
    found = import_usage([focus(tmp_path / "f.csv", row)])
    assert (found.days, totals(found)["uncached"], found.peak_factor) == (1, 400, None)


def test_offsets_become_utc() -> None:
    """23:30 at -08:00 is the next day, 02:00 at +05:30 the day before."""
    months = import_usage([PUBLIC / "zone_offsets.csv"]).by_month()
    assert list(months.uncached) == [2000, 5000]
    assert list(months.cost) == pytest.approx([0.02, 0.05])


def test_corrections_are_netted() -> None:
    """5 M less 1 M; and 15 - 3 + 22.5 - 5 + 2.1 dollars."""
    found = import_usage([PUBLIC / "negative_focus_correction.csv"])
    sums = totals(found)
    assert (sums["uncached"], sums["output"]) == (4_000_000, 1_500_000)
    assert found.billed == {"USD": pytest.approx(31.6)}
    lines = found.by_month().cost.droplevel("month")
    assert (lines["(tax)"], lines["(credits and refunds)"]) == (2.1, -5)
    assert any("2 negative rows" in note for note in found.exports[0].notes)


def test_a_negative_sum_is_refused(tmp_path: Path) -> None:
    """The rows that were corrected are in another file."""
    row = "-8,USD,Usage,2026-08-01T00:00:00Z,2026-08-02T00:00:00Z,-400,Tokens,LLM API,m Input"
    with pytest.raises(UsageError, match=r"-400 tokens .* of m; the rows they correct"):
        import_usage([focus(tmp_path / "f.csv", row)])


def test_corrections_of_a_log_of_requests_are_netted(tmp_path: Path) -> None:
    """1,000 less 400 tokens of input, an hour later; told, and refused where nothing is left."""
    rows = pd.DataFrame({
        "start": ["2026-08-01 10:00:00", "2026-08-01 11:00:00"],
        "model": "m", "prompt": [1000, -400], "completion": [200, 0],
    })  # fmt: skip
    found = import_usage([spend_logs(tmp_path / "a.csv", rows)])
    assert totals(found)["uncached"] == 600
    assert any("1 negative rows" in note for note in found.exports[0].notes)
    with pytest.raises(UsageError, match=r"-400 tokens .* of m; the rows they correct"):
        import_usage([spend_logs(tmp_path / "b.csv", rows[1:].reset_index(drop=True))])


def test_a_commitment_is_no_use_of_the_month() -> None:
    """What the tokens drew from it is: 20 and 30 dollars."""
    found = import_usage([PUBLIC / "commitment_focus.csv"])
    assert found.billed == {"USD": 50}
    drawn, purchase = found.exports[0].asides
    assert (drawn.rows, drawn.cost) == (0, -50)  # billed 0, effective 50
    assert (purchase.rows, purchase.cost, purchase.currency) == (1, 500_000, "USD")
    assert found.exports[0].effective == (("USD", 0, 50),)
