"""The proof by totals, and a cost at list that says what it lacks."""

import json
from pathlib import Path

import pandas as pd
import pytest

from tests.workbooks.usage.exports import DATA
from workbooks.usage.exports.stated import Stated, columns_of
from workbooks.usage.importing import import_usage
from workbooks.usage.reconcile import Ratio, money, ratios
from workbooks.usage.report import sentences

PUBLIC = Path(__file__).parent / "public"
BILLS = sorted([*DATA.iterdir(), *(file for file in PUBLIC.iterdir() if file.suffix != ".md")])


@pytest.mark.parametrize("path", BILLS, ids=lambda path: path.name)
def test_what_was_read_is_kept_or_set_aside(path: Path) -> None:
    """Rows exactly, and money to the cent."""
    (export,) = import_usage([path]).exports
    assert export.rows_read > 0
    assert all(each.balances for each in money(export)), money(export)


def test_the_money_of_a_bill_is_told() -> None:
    """500,000 bought, 50 drawn from it: the file has 500,000 billed."""
    (sums,) = money(import_usage([PUBLIC / "commitment_focus.csv"]).exports[0])
    assert (sums.read, sums.kept, sums.aside) == (500_000, 50, 499_950)


def test_list_against_billed() -> None:
    """5 M at 2.00 and 0.5 M at 8.00 are what was billed."""
    (each,) = ratios(import_usage([PUBLIC / "layout_azure_paygo.csv"]))
    assert (each.billed, each.listed, each.cause) == (14, pytest.approx(14), "")


@pytest.mark.parametrize(
    ("listed", "cause"),
    [(1000, "unit"), (0.000001, "unit"), (2, "discount"), (0.3, "missing"), (1.4, "")],
)
def test_an_odd_ratio_has_a_likely_cause(listed: float, cause: str) -> None:
    """Against 1 billed."""
    told = Ratio("m", "USD", 1.0, listed).cause
    assert cause in told if cause else told == ""


def test_a_tier_without_a_price_has_none() -> None:
    """Flex is not standard, which would be 0.45 dollars."""
    found = import_usage([PUBLIC / "tier_openai_flex.csv"])
    assert found.listed == {}
    assert found.unlisted == ["gpt-5-nano-2025-08-07 (flex)"]


def test_a_tier_may_say_that_a_row_was_batch(tmp_path: Path) -> None:
    """A million in and 0.1 M out of gpt-5.4: 2.50 and 1.50, and half of them as batch."""
    path = tmp_path / "a.csv"
    rows = [f"2026-10-20,gpt-5.4,{tier},1000000,100000\n" for tier in ("standard", "batch")]
    head = "Date,Model,Service Tier,Input Tokens,Output Tokens\n"
    path.write_text(head + "".join(rows), encoding="utf-8")
    assert import_usage([path]).listed == {"USD": pytest.approx(4 + 2)}


def test_audio_is_not_listed_at_the_price_of_text(tmp_path: Path) -> None:
    """A million of text at 0.30; the table has no price of audio."""
    path = tmp_path / "bill.jsonl"
    bill = (DATA / "google_billing_SYNTHETIC.jsonl").read_text(encoding="utf-8").splitlines()[0]
    row = json.loads(bill) | {"cost": 0.3}
    row["usage"] |= {"amount": 1_000_000, "unit": "count"}
    kinds = ("Text", "Audio")
    named = ({"description": f"Gemini 2.5 Flash GA {each} Input - Predictions"} for each in kinds)
    path.write_text("\n".join(json.dumps(row | {"sku": each}) for each in named))
    found = import_usage([path])
    assert found.listed == {"USD": pytest.approx(0.3)}
    assert found.unlisted == ["gemini-2.5-flash (audio)"]


def test_a_write_for_an_hour_has_a_price_of_its_own() -> None:
    """3 + 0.6 + 1.5 and 1 + 0.5 dollars, and 344,139 tokens at 6, twice the input price."""
    found = import_usage([PUBLIC / "rate_one_hour_cache_write.csv"])
    assert found.listed == {"USD": pytest.approx(8.664834)}
    assert (found.unlisted, found.list_missing) == ([], [])


def batch_day(tmp_path: Path, written: int) -> Path:
    """A day of batch jobs: a million fresh, two million cached, some written to the cache."""
    path = tmp_path / "batch.csv"
    sample = (PUBLIC / "rate_one_hour_cache_write.csv").read_text(encoding="utf-8")
    day = f"2026-10-20,claude-sonnet-4-5,k,Default,batch,≤ 200k,1000000,{written},0,2000000,0,0"
    path.write_text("\n".join([sample.splitlines()[0], day]) + "\n", encoding="utf-8")
    return path


def test_cached_tokens_of_batch_jobs_have_a_price_of_their_own(tmp_path: Path) -> None:
    """1 M at 1.50 and 2 M at 0.15, halves of the prices of Claude Sonnet 4.5."""
    found = import_usage([batch_day(tmp_path, written=0)])
    assert found.listed == {"USD": pytest.approx(1.8)}
    assert found.list_missing == []


def test_an_unknown_rate_keeps_the_rest(tmp_path: Path) -> None:
    """The table has no price of what batch jobs write to a cache."""
    found = import_usage([batch_day(tmp_path, written=500)])
    assert found.listed == {"USD": pytest.approx(1.8)}
    assert found.unlisted == []
    assert found.list_missing == ["claude-sonnet-4-5: 5-minute cache writes"]
    assert any("lower bound, without claude-sonnet" in line for line in sentences(found))


def test_each_request_may_cost_beside_its_tokens(tmp_path: Path) -> None:
    """1 M in and 0.1 M out at 1.00 each, and 100 requests at 0.012."""
    path = tmp_path / "log.csv"
    path.write_text(
        "date,model,requests,input_tokens,output_tokens\n"
        "2026-10-20,perplexity/sonar,100,1000000,100000\n",
        encoding="utf-8",
    )
    columns = "date=date,model=model,requests=requests,input=input_tokens,output=output_tokens"
    found = import_usage([path], stated=Stated(columns_of(columns)))
    assert found.listed == {"USD": pytest.approx(1.1 + 1.2)}


def test_unknown_cached_tokens_make_an_upper_bound(tmp_path: Path) -> None:
    """All 17,111 tokens of input count at the full price where nothing tells which were cached."""
    told = pd.read_csv(PUBLIC / "cached_litellm_metadata.csv")
    told.drop(columns="metadata").to_csv(tmp_path / "untold.csv", index=False)
    found = import_usage([tmp_path / "untold.csv"])
    assert any("list is an upper bound" in line for line in sentences(found))
