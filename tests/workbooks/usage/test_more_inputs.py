"""More inputs in the shapes of vendors' documentation; expected sums were added up by hand."""

import gzip
from pathlib import Path

import pytest

from tests.workbooks.usage.exports import totals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.importing import import_usage
from workbooks.usage.workload import workload

PUBLIC = Path(__file__).parent / "public"
SUMS = {
    # of 200,000 tokens of input 100,000 were read from a cache and 10,000 written to one
    "layout_vercel_report.json": {
        "requests": 22, "uncached": 90_000, "cache_read": 100_000, "cache_write_5m": 10_000,
        "output": 40_000, "reasoning": 5000, "cost": 1.7,
    },
    # Bedrock counts cached tokens beside the input
    "layout_bedrock_invocations.jsonl": {
        "requests": 2, "uncached": 1100, "cache_read": 500, "cache_write_5m": 200, "output": 330,
    },
    # 1,000 + 200 + 300 are the total of 1,500: the cached are within, what it thought is beside
    "layout_gemini_usage.jsonl": {
        "requests": 1, "uncached": 600, "cache_read": 400, "output": 500, "reasoning": 300,
    },
    "layout_otel_spans.csv": {"requests": 1, "uncached": 1000, "output": 200},
    "layout_openinference_spans.csv": {"requests": 1, "uncached": 1000, "output": 200},
    "layout_oracle_cost.csv": {"uncached": 1_000_000, "cost": 3},  # 100 times ten thousand
    "layout_deepseek_cost.csv": {"cost": 1.5},
    "layout_langfuse_api_v1.json": {  # 100 + 900 + 50 + 200 are the total of 1,250
        "requests": 1, "uncached": 100, "cache_read": 900, "cache_write_5m": 50, "output": 200,
        "cost": 0.0035,
    },
    # what was consumed is blank: 1,000 and 100 times a thousand tokens were priced
    "priced_focus_aws.csv": {"uncached": 1_000_000, "output": 100_000, "cost": 4.5},
    "span_focus_same_day.csv": {"uncached": 2_000_000, "cost": 6},
    # 1,000 less 200 thousand of input; the unused reservation of 24.00 is set aside
    "refund_azure_ea.csv": {"uncached": 3_800_000, "output": 100_000, "cost": 18},
    # use at a discount is use; 500 thousand were taken back; 3.20 were negated by a plan
    "refund_cur.csv": {"uncached": 1_500_000, "output": 1_000_000, "cost": 1},
    # 100,000 were taken back and 2.50 credited, of 1,100,000 tokens for 2.75
    "credits_gcp.jsonl": {"output": 1_000_000},
    "cached_litellm_metadata.json": {  # the second is a replay, the third the first once more
        "requests": 1, "uncached": 400, "cache_read": 600, "output": 200, "reasoning": 50,
        "cost": 0.003,
    },
    "cached_litellm_additional_values.csv": {
        "requests": 1, "uncached": 2000, "cache_read": 15_000, "cache_write_5m": 3000,
        "output": 1000, "cost": 0.01,
    },
}  # fmt: skip


@pytest.mark.parametrize("name", SUMS)
def test_an_input_comes_down_to_its_sums(name: str) -> None:
    """Directions, units, caches, refunds and replays."""
    assert totals(import_usage([PUBLIC / name])) == pytest.approx(SUMS[name])


def test_a_day_that_ends_on_itself_has_no_hours() -> None:
    """Else all of its use would be in one hour, 24 times the mean."""
    found = import_usage([PUBLIC / "span_focus_same_day.csv"])
    assert (found.days_with_data, found.peak_factor) == (2, None)


def test_what_is_paid_for_and_has_no_quantity_refuses_the_volume(tmp_path: Path) -> None:
    """4.50 dollars say tokens of Claude, and not how many."""
    path = tmp_path / "a.csv"
    text = (PUBLIC / "priced_focus_aws.csv").read_text(encoding="utf-8")
    path.write_text(text.replace("1000,1K tokens", ",").replace("100,1K tokens", ","))
    found = import_usage([path])
    assert (found.uncounted_share, found.tokens_per_month) == (1.0, None)
    with pytest.raises(UsageError, match=r"of claude-3\.5-sonnet have no quantity or no unit"):
        workload(found)


def test_a_credit_is_a_line_of_its_own() -> None:
    """Of the 2.50 that the tokens cost nothing was left to pay."""
    rows = import_usage([PUBLIC / "credits_gcp.jsonl"]).rows
    costs = rows.groupby("model").cost.sum().to_dict()
    assert costs == {"gemini-2.5-flash": 2.5, "(credits and refunds)": -2.5}


def test_corrections_of_other_days_lower_the_cost_at_list() -> None:
    """800,000 and 100,000 tokens of GPT-4o at 2.50 and 10.00, Claude has no price at Azure."""
    assert import_usage([PUBLIC / "refund_azure_ea.csv"]).listed == {"USD": pytest.approx(3.0)}


def test_a_single_point_in_time_is_an_hour_of_its_day(tmp_path: Path) -> None:
    """And no day of another zone, half of which would be the next day's."""
    path = tmp_path / "a.csv"
    path.write_text(
        "Created At,Model,Prompt Tokens,Completion Tokens\n2026-08-01T10:00:00Z,m,9,1\n"
    )
    assert import_usage([path]).days_with_data == 1


@pytest.mark.parametrize(("end", "days"), [("2026-08-31", 31), ("2026-09-01", 31)])
def test_the_last_day_of_a_month_is_its_end(tmp_path: Path, end: str, days: int) -> None:
    """Where nobody defines what an end is: the month from the 1st to the 31st has 31 days."""
    path = tmp_path / "a.csv"
    head = "start_time,end_time,model,input_tokens,output_tokens"
    path.write_text(f"{head}\n2026-08-01,{end},m,900,100\n")
    assert import_usage([path]).days_with_data == days


def test_a_sign_in_the_column_of_currencies_is_a_currency(tmp_path: Path) -> None:
    """The euro's."""
    path = tmp_path / "a.csv"
    path.write_text("date,model,input_tokens,output_tokens,cost,currency\n2026-08-01,m,1,1,3.5,€\n")
    assert import_usage([path]).billed == {"EUR": 3.5}


def test_a_faster_speed_has_no_standard_price(tmp_path: Path) -> None:
    """Anthropic's usage names the speed apart from the service tier."""
    path = tmp_path / "a.csv"
    head = "usage_date_utc,model_version,usage_input_tokens_no_cache,usage_input_tokens_cache_read"
    path.write_text(
        f"{head},usage_output_tokens,speed\n2026-08-01,claude-opus-4-5,9,0,1,fast\n"
        "2026-08-01,claude-opus-4-5,9,0,1,standard\n"
    )
    found = import_usage([path])
    assert set(found.rows.tier) == {"", "fast"}
    assert found.unlisted == ["claude-opus-4-5 (fast)"]


def test_a_gateways_cache_is_told_by_its_status(tmp_path: Path) -> None:
    """Portkey's HIT was served by nobody; both rows count 1,200 tokens."""
    path = tmp_path / "a.csv"
    row = "2026-08-01 10:00:00,openai,gpt-4o,1000,200,1200,0.45"
    path.write_text(
        "id,created_at,ai_org,ai_model,req_units,res_units,total_units,cost,cache_status\n"
        f"1,{row},MISS\n2,{row},HIT\n"
    )
    assert totals(import_usage([path]))["uncached"] == 1000


def test_packed_json_is_read_as_it_stands_unpacked(tmp_path: Path) -> None:
    """AWS writes its logs so; one that breaks off is refused."""
    plain = (PUBLIC / "layout_bedrock_invocations.jsonl").read_bytes()
    packed = tmp_path / "log.json.gz"
    packed.write_bytes(gzip.compress(plain))
    assert totals(import_usage([packed])) == SUMS["layout_bedrock_invocations.jsonl"]
    for broken in (gzip.compress(plain)[:200], b"\x1f\x8b\x08\x00" + bytes(50), plain):
        packed.write_bytes(broken)
        with pytest.raises(UsageError, match="cannot be read"):
            import_usage([packed])


AZURE = "Date;MeterCategory;MeterSubCategory;MeterName;Quantity;UnitOfMeasure;Cost;BillingCurrency"
WAYS = {
    # 5 less 1 million of input; 15.00 less 3.00
    "parentheses": (
        f"{AZURE}\n2026-09-01;Foundry Models;Azure OpenAI;gpt 4.1 Inp glbl Tokens;5;1M;15.00;USD\n"
        "2026-09-03;Foundry Models;Azure OpenAI;gpt 4.1 Inp glbl Tokens;(1);1M;(3.00);USD\n",
        {"uncached": 4_000_000, "cost": 12},
    ),
    # the cost has a decimal comma, so 5.000 are five thousand times 1K
    "a point beside a comma": (
        f"{AZURE}\n"
        "2026-09-01;Foundry Models;Azure OpenAI;gpt 4.1 Inp glbl Tokens;5.000;1K;10,5;EUR\n",
        {"uncached": 5_000_000, "cost": 10.5},
    ),
    "months as numbers and blank days of totals": (
        "Monat;Modell;Input-Token;Output-Token;Kosten in EUR\n08/2026;m;10.000.000;1.000;45,00\n"
        "9/2026;m;12.000.000;2.000;66,00\n;Summe;22.000.000;3.000;111,00\n",
        {"uncached": 22_000_000, "output": 3000, "cost": 111},
    ),
    "spaces that do not break": (
        "Jour;Modèle;Jetons en entrée;Jetons en sortie;Coût (EUR)\n"
        "01/09/2026;m;1\u00a0234\u00a0567;200\u202f000;4,25\n15/09/2026;m;100;10;7,10\n",
        {"uncached": 1_234_667, "output": 200_010, "cost": 11.35},
    ),
}


@pytest.mark.parametrize("way", WAYS)
def test_numbers_are_read_as_people_write_them(way: str, tmp_path: Path) -> None:
    """In books and in other languages."""
    text, sums = WAYS[way]
    path = tmp_path / "a.csv"
    path.write_text(text, encoding="utf-8")
    assert totals(import_usage([path])) == pytest.approx(sums)


def test_a_point_that_may_be_one_of_thousands_is_refused(tmp_path: Path) -> None:
    """5.000 times 1K may be five thousand tokens or five million, and no other number tells."""
    path = tmp_path / "a.csv"
    meter = "2026-09-01;Foundry Models;Azure OpenAI;gpt 4.1 Inp glbl Tokens;5.000;1K;10;EUR"
    path.write_text(f"{AZURE}\n{meter}\n")
    with pytest.raises(UsageError, match=r"5\.000 may be one thousand times as many"):
        import_usage([path])
