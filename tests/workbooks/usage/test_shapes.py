"""Shapes of exports that vendors and people write, their sums and days worked out beforehand.

Columns are those that are documented or written by the program: OpenAI's usage API
(platform.openai.com), CUR 2.0's map `product` (docs.aws.amazon.com, table dictionary), Snowflake's
account usage (docs.snowflake.com), LiteLLM's dashboard (`EntityUsageExport/utils.ts`), read on
2026-12-01; the numbers are made.
"""

import json
from pathlib import Path

import duckdb
import pytest

from tests.workbooks.usage.exports import totals
from workbooks.usage.actuals import Actuals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.exports.stated import Stated, columns_of
from workbooks.usage.importing import import_usage

PLAIN = "model,input_tokens,output_tokens"
SPANS = f"start_time,end_time,{PLAIN}"
GERMAN = "Datum;Modell;Eingabe-Token;Ausgabe-Token"
FOCUS = (
    "BilledCost,BillingCurrency,ChargePeriodStart,ChargePeriodEnd,ConsumedQuantity,ConsumedUnit,"
    "PricingQuantity,PricingUnit,ServiceName,ServiceCategory,SkuMeter,ProviderName"
)
CUR = (
    "line_item_usage_start_date,line_item_usage_end_date,line_item_line_item_type,"
    "line_item_product_code,line_item_usage_type,line_item_usage_amount,line_item_unblended_cost,"
    "line_item_currency_code,pricing_unit,product"
)
NAME = "Claude Sonnet 4 (Amazon Bedrock Edition)"
MARKET = "USE1-MP:USE1_OutputTokenCount-Units"
OPENAI = "start_time,end_time,num_model_requests,model,input_tokens,output_tokens"
SNOWFLAKE = "START_TIME,END_TIME,FUNCTION_NAME,MODEL_NAME,WAREHOUSE_ID,TOKENS,TOKEN_CREDITS"
Expected = tuple[dict[str, float], tuple[str, str, int]]
AUGUST = ("2026-08-01", "2026-08-31", 31)
ONE = ("2026-08-01", "2026-08-01", 1)
TWO = ("2026-08-01", "2026-08-02", 2)
CASES: dict[str, tuple[str, Expected]] = {
    # days and weeks
    "days of Los Angeles, with offsets": (
        f"{SPANS}\n2026-08-01T00:00:00-07:00,2026-08-02T00:00:00-07:00,gpt-4o,1000,200\n"
        "2026-08-31T00:00:00-07:00,2026-09-01T00:00:00-07:00,gpt-4o,1000,200",
        ({"uncached": 2000, "output": 400}, ("2026-08-01", "2026-08-31", 2)),
    ),
    "days of Berlin, in UTC": (
        f"{SPANS}\n2026-07-31T22:00:00Z,2026-08-01T22:00:00Z,gpt-4o,1000,200\n"
        "2026-08-30T22:00:00Z,2026-08-31T22:00:00Z,gpt-4o,1000,200",
        ({"uncached": 2000, "output": 400}, ("2026-08-01", "2026-08-31", 2)),
    ),
    "a month of Los Angeles, whose clocks change": (
        f"{SPANS}\n2026-11-01T07:00:00Z,2026-12-01T08:00:00Z,gpt-4o,3000,300",
        ({"uncached": 3000, "output": 300}, ("2026-11-01", "2026-11-30", 30)),
    ),
    "weeks by their first days": (
        f"date,{PLAIN}\n" + "\n".join(f"2026-08-{day:02},gpt-4o,700,70" for day in (3, 10, 17)),
        ({"uncached": 2100, "output": 210}, ("2026-08-03", "2026-08-23", 21)),
    ),
    "a column of weeks": (
        f"Week Starting,{PLAIN}\n2026-08-03,gpt-4o,700,70",
        ({"uncached": 700, "output": 70}, ("2026-08-03", "2026-08-09", 7)),
    ),
    "a blank ISO column beside the epoch": (
        f"{OPENAI},start_time_iso,end_time_iso\n1785542400,1785628800,5,gpt-4o,1000,200,,",
        ({"requests": 5, "uncached": 1000, "output": 200}, ONE),
    ),
    "a total in the place of a day": (
        f"date,{PLAIN},cost_usd\n2026-08-01,gpt-4o,1000,200,1\n2026-08-02,gpt-4o,500,100,1\n"
        "Total,,1500,300,2",
        ({"uncached": 1500, "output": 300, "cost": 2}, TWO),
    ),
    "a tax and a credit in the place of a model": (  # lines of the bill, and no models
        f"date,{PLAIN},cost_usd\n2026-08-01,gpt-4o,1000,200,3.5\n2026-08-01,VAT 19%,,,0.7\n"
        "2026-08-01,Credit,0,0,-1.0",
        ({"uncached": 1000, "output": 200, "cost": 3.2}, ONE),
    ),
    # numbers and languages
    "points for thousands": (
        f"{GERMAN}\n01.08.2026;gpt-4o;1.000;200\n02.08.2026;gpt-4o;1.500;300",
        ({"uncached": 2500, "output": 500}, TWO),
    ),
    "points for thousands beside a decimal comma": (
        f"{GERMAN};Anfragen;Kosten (EUR)\n01.08.2026;gpt-4o;1.000;2.000;10;1,25",
        ({"requests": 10, "uncached": 1000, "output": 2000, "cost": 1.25}, ONE),
    ),
    "three decimals of whole numbers": (
        f"date,{PLAIN}\n2026-08-01,gpt-4o,1500.000,200.000",
        ({"uncached": 1500, "output": 200}, ONE),
    ),
    "one thousand or one": (
        f"{GERMAN}\n01.08.2026;gpt-4o;1.000;2.000",
        ({}, ("may be one thousand times as many", "", 0)),
    ),
    "French headings": (
        "Date;Modèle;Jetons d'entrée;Jetons de sortie;Coût (EUR)\n13/08/2026;m;1000;200;1,25",
        ({"uncached": 1000, "output": 200, "cost": 1.25}, ("2026-08-13", "2026-08-13", 1)),
    ),
    # vendors
    "audio beside text": (  # 30,000 of audio are in no sum, and written to a cache are 100
        f"{OPENAI},input_cached_tokens,input_cache_write_tokens,input_audio_tokens,"
        "output_audio_tokens\n1785542400,1785628800,5,gpt-4o,1000,200,300,100,20000,10000",
        (
            {"requests": 5, "uncached": 600, "cache_read": 300, "cache_write_5m": 100}
            | {"output": 200},
            ONE,
        ),
    ),
    "Google's counts in FOCUS": (
        f"{FOCUS}\n1.25,USD,2026-08-01T00:00:00Z,2026-08-02T00:00:00Z,1000000,count,1000,1k count,"
        "Vertex AI,AI and Machine Learning,Gemini 2.5 Pro GA Text Input - Predictions,Google Cloud",
        ({"uncached": 1_000_000, "cost": 1.25}, ONE),
    ),
    "a product in a map": (
        f"{CUR}\n2026-08-01,2026-08-02,Usage,AmazonBedrock,{MARKET},1,15,USD,Units,"
        f'"{{""product_name"":""{NAME}"",""region"":""us-east-1""}}"',
        ({"uncounted": 1, "cost": 15}, ONE),
    ),
    "Snowflake's tokens, 17 o'clock in UTC": (
        f"{SNOWFLAKE}\n2026-08-01 10:00:00.000 -0700,2026-08-01 11:00:00.000 -0700,COMPLETE,"
        "llama3.1-70b,12,1000000,1.21",
        ({"undirected": 1_000_000}, ONE),
    ),
    "LiteLLM's dashboard since it names kinds of tokens": (
        "Date,Team,Team ID,Model,Spend ($),Requests,Successful,Failed,Total Tokens,Prompt Tokens,"
        "Completion Tokens,Cache Read Input Tokens,Cache Creation Input Tokens\n"
        '2026-08-01,a,1,gpt-4o,"1,234.5678",10,9,1,12000,10000,2000,4000,1000',
        (
            {"requests": 10, "uncached": 5000, "cache_read": 4000, "cache_write_5m": 1000}
            | {"output": 2000, "cost": 1234.5678},
            ONE,
        ),
    ),
    "LiteLLM's dashboard": (
        "Date,Team,Team ID,Model,Spend ($),Requests,Successful,Failed,Total Tokens\n"
        "2026-08-01,a,1,gpt-4o,0.5,10,9,1,12000",
        ({"requests": 10, "undirected": 12_000, "cost": 0.5}, ONE),
    ),
}


def imported(path: Path, text: str) -> Actuals:
    """Import a file of this text."""
    path.write_text(f"{text}\n", encoding="utf-8")
    return import_usage([path])


@pytest.mark.parametrize("name", CASES)
def test_a_shape_comes_down_to_its_sums_and_days(name: str, tmp_path: Path) -> None:
    """Or is refused with the reason that stands for its first day."""
    text, (sums, (first, last, days)) = CASES[name]
    if not days:
        with pytest.raises(UsageError, match=first):
            imported(tmp_path / "a.csv", text)
        return
    found = imported(tmp_path / "a.csv", text)
    assert totals(found) == pytest.approx(sums)
    assert (str(found.first), str(found.last), found.days_with_data) == (first, last, days)


def test_a_running_sum_is_no_cost(tmp_path: Path) -> None:
    """1 on the first day and 2 by the second are 2, and not 3."""
    path = tmp_path / "a.csv"
    path.write_text(f"date,{PLAIN},cost_mtd\n2026-08-01,m,10,2,1\n2026-08-02,m,10,2,2\n")
    columns = columns_of("date=date,model=model,cost=cost_mtd")
    with pytest.raises(UsageError, match="cost_mtd, named as cost, says that each row holds those"):
        import_usage([path], stated=Stated(columns))


def test_lines_of_a_bill_are_no_models(tmp_path: Path) -> None:
    """A tax and a credit have their lines, as in a cloud's bill."""
    text, _ = CASES["a tax and a credit in the place of a model"]
    found = imported(tmp_path / "a.csv", text)
    assert set(found.rows.model) == {"gpt-4o", "(tax)", "(credits and refunds)"}


def test_tokens_that_are_in_no_sum_are_told(tmp_path: Path) -> None:
    """Those of audio with their number; those in a column that a vendor added, by its name."""
    text, _ = CASES["audio beside text"]
    notes = imported(tmp_path / "a.csv", text).exports[0].notes
    assert "30,000 tokens of audio and images beside them are not counted" in notes
    more = f"{OPENAI},input_video_tokens\n1785542400,1785628800,5,gpt-4o,1000,200,7"
    notes = imported(tmp_path / "b.csv", more).exports[0].notes
    assert "its columns of tokens input_video_tokens are not read" in notes


@pytest.mark.parametrize("packed", ["csv", "parquet"])
def test_a_product_in_a_map_is_whose_model_it_is(packed: str, tmp_path: Path) -> None:
    """CUR 2.0 has the product's name in an object of text, and in a map of Parquet."""
    path = tmp_path / f"a.{packed}"
    text, _ = CASES["a product in a map"]
    if packed == "csv":
        found = imported(path, text)
    else:
        cells = json.dumps({"product_name": NAME}).replace("'", "''")
        values = "'2026-08-01', '2026-08-02', 'Usage', 'AmazonBedrock', '{}', 1, 15, 'USD', 'Units'"
        row = f"{values.format(MARKET)}, CAST('{cells}'::JSON AS MAP(VARCHAR, VARCHAR))"
        duckdb.sql(f"COPY (SELECT * FROM (VALUES ({row})) t({CUR})) TO '{path}' (FORMAT parquet)")
        found = import_usage([path])
    assert list(found.rows.model) == ["claude-sonnet-4"]
