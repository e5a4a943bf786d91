"""Small files as vendors and people write them; each sum was worked out before it was read."""

from pathlib import Path
from typing import Any

import pytest

from tests.workbooks.usage.exports import totals
from workbooks.usage.exports.layout import UsageError
from workbooks.usage.exports.stated import Stated, columns_of
from workbooks.usage.importing import import_usage

FOCUS = (
    "BilledCost,BillingCurrency,ChargeCategory,ChargeDescription,ChargePeriodStart,"
    "ChargePeriodEnd,ConsumedQuantity,ConsumedUnit,EffectiveCost,ServiceCategory,ServiceName,"
    "SkuMeter,ProviderName"
)
MODEL_A = "AI and Machine Learning,Some API,model-a Input Tokens,Some"
CUR = (
    "line_item_usage_start_date,line_item_usage_end_date,line_item_line_item_type,"
    "line_item_product_code,line_item_usage_type,line_item_usage_amount,"
    "line_item_unblended_cost,line_item_currency_code,pricing_unit,product_product_name"
)
AZURE = (
    "Date,MeterCategory,MeterSubCategory,MeterName,ProductName,Quantity,UnitOfMeasure,"
    "CostInBillingCurrency,BillingCurrency,ChargeType"
)
LOGS = "request_id,spend,prompt_tokens,completion_tokens,total_tokens,startTime,model"
OPENAI = (
    "start_time,end_time,start_time_iso,end_time_iso,num_model_requests,model,batch,service_tier,"
    "input_tokens,output_tokens,input_cached_tokens"
)
GENERAL = "date,model,input_tokens,output_tokens"
DAY = "2026-08-01T00:00:00Z,2026-08-02T00:00:00Z"
HOURS = "2026-08-01T00:00:00Z,2026-08-01T01:00:00Z"
Sums = dict[str, float]
CASES: dict[str, tuple[str, Sums]] = {
    # spans and signs
    "a row of two months": (
        f"{FOCUS}\n6,USD,Usage,Input,2026-08-01,2026-10-01,6100000,Tokens,6,{MODEL_A}",
        {"uncached": 6_100_000, "cost": 6},
    ),
    "a correction of a later row": (
        f"{FOCUS}\n6,USD,Usage,Input,{DAY},3000000,Tokens,6,{MODEL_A}\n"
        f"-2,USD,Usage,Input,{DAY},-1000000,Tokens,-2,{MODEL_A}",
        {"uncached": 2_000_000, "cost": 4},
    ),
    "an effective cost that one row lacks": (  # 1 was drawn, and 4 has no other cost than billed
        f"{FOCUS}\n0,USD,Usage,Input,{DAY},1000000,Tokens,1,{MODEL_A}\n"
        f"4,USD,Usage,Input,{DAY},2000000,Tokens,,{MODEL_A.replace('model-a', 'model-b')}",
        {"uncached": 3_000_000, "cost": 5},
    ),
    "a tax and a credit": (
        f"{FOCUS}\n6,USD,Usage,Input,{DAY},3000000,Tokens,6,{MODEL_A}\n"
        f"1,USD,Tax,Tax,{DAY},,,1,{MODEL_A}\n-2,USD,Credit,Promotion,{DAY},,,-2,{MODEL_A}",
        {"uncached": 3_000_000, "cost": 5},
    ),
    "cents that a vendor nets": (
        f"{CUR}\n{DAY},Usage,AmazonBedrock,USE1-NovaLite-input-tokens,2000,0.12,USD,1K tokens,"
        f"Amazon Bedrock\n{DAY},EdpDiscount,AmazonBedrock,USE1-NovaLite-input-tokens,,-0.02,USD,,"
        "Amazon Bedrock",
        {"uncached": 2_000_000, "cost": 0.1},
    ),
    # meters
    "a cache that is read and written on Bedrock": (
        f"{CUR}\n{HOURS},Usage,AmazonBedrock,USE1-Claude4Sonnet-cache-read-input-token-count,3000,"
        f"0.9,USD,1K tokens,Amazon Bedrock\n{HOURS},Usage,AmazonBedrock,"
        "USE1-Claude4Sonnet-cache-write-input-token-count,1000,3.75,USD,1K tokens,Amazon Bedrock",
        {"cache_read": 3_000_000, "cache_write_5m": 1_000_000, "cost": 4.65},
    ),
    "batch on Bedrock": (
        f"{CUR}\n{HOURS},Usage,AmazonBedrock,USE1-Claude4Sonnet-output-tokens-batch,200,1.5,USD,"
        "1K tokens,Amazon Bedrock",
        {"output": 200_000, "cost": 1.5},
    ),
    "hours of Bedrock that are no tokens": (
        f"{CUR}\n{HOURS},Usage,AmazonBedrock,USE1-NovaPro-output-tokens,200,0.64,USD,1K tokens,"
        f"Amazon Bedrock\n{HOURS},Usage,AmazonBedrock,USE1-Titan-Provisioned-ModelUnits,1,20,USD,"
        "hours,Amazon Bedrock",
        {"output": 200_000, "cost": 20.64},
    ),
    "data zones and cached input on Azure": (
        f"{AZURE}\n08/01/2026,Foundry Models,Azure OpenAI,gpt 4.1 Inp DZone Tokens,Azure OpenAI,"
        "2000,1K,4.4,USD,Usage\n08/01/2026,Foundry Models,Azure OpenAI,gpt 4.1 cached Inp DZone "
        "Tokens,Azure OpenAI,1000,1K,0.55,USD,Usage\n08/01/2026,Foundry Models,Azure OpenAI,"
        "gpt 4.1 Outp DZone Tokens,Azure OpenAI,300,1K,2.64,USD,Usage",
        {"uncached": 2_000_000, "cache_read": 1_000_000, "output": 300_000, "cost": 7.59},
    ),
    "a search that is no model on Azure": (
        f"{AZURE}\n08/01/2026,Foundry Models,Azure OpenAI,gpt 4.1 Inp glbl Tokens,Azure OpenAI,"
        "2000,1K,4,USD,Usage\n08/01/2026,Azure AI Search,,Standard S1 Unit,Azure AI Search,24,"
        "1 Hour,8,USD,Usage",
        {"uncached": 2_000_000, "cost": 4},
    ),
    # layouts of vendors
    "a day without use, blank throughout": (
        f"{OPENAI}\n1785542400,1785628800,2026-08-01T00:00:00,2026-08-02T00:00:00,10,gpt-4o,FALSE,"
        "default,1000,200,400\n1785628800,1785715200,2026-08-02T00:00:00,2026-08-03T00:00:00,,,,,,,",
        {"requests": 10, "uncached": 600, "cache_read": 400, "output": 200},
    ),
    "batch jobs": (
        f"{OPENAI}\n1785542400,1785628800,2026-08-01T00:00:00,2026-08-02T00:00:00,10,gpt-4o,TRUE,"
        "default,1000,200,0\n",
        {"requests": 10, "uncached": 1000, "output": 200},
    ),
    "costs with a blank unit": (  # a line with a quantity in no unit counts, but not what
        "start_time,end_time,amount_value,amount_currency,line_item,quantity,quantity_unit\n"
        '1785542400,1785628800,2,usd,"gpt-5.4, input",800000,tokens\n'
        '1785542400,1785628800,1,usd,"gpt-5.4, output",66667,',
        {"uncached": 800_000, "uncounted": 66_667, "cost": 3},
    ),
    "one request three times": (
        f"{LOGS}\na,0.5,1000,200,1200,2026-08-01T10:00:00Z,gpt-4o\n"
        "a,0.5,1000,200,1200,2026-08-01T10:00:00Z,gpt-4o\n"
        "a,0.5,1000,200,1200,2026-08-01T10:00:00Z,gpt-4o",
        {"requests": 1, "uncached": 1000, "output": 200, "cost": 0.5},
    ),
    "a failed request without tokens": (
        f"{LOGS}\na,0.5,1000,200,1200,2026-08-01T10:00:00Z,gpt-4o\n"
        "b,0,,,,2026-08-01T10:10:00Z,gpt-4o",
        {"requests": 2, "uncached": 1000, "output": 200, "cost": 0.5},
    ),
    "offsets of a half hour": (
        f"{LOGS}\na,0.5,1000,200,1200,2026-08-01T03:00:00+05:30,gpt-4o\n"
        "b,0.5,1000,200,1200,2026-08-01T03:00:00-03:30,gpt-4o",
        {"requests": 2, "uncached": 2000, "output": 400, "cost": 1},
    ),
    # general tables
    "a clock of twelve hours": (
        f"{GENERAL}\n8/13/2026 12:05:00 AM,gpt-4o,100,10\n8/13/2026 1:30:00 PM,gpt-4o,50,5",
        {"uncached": 150, "output": 15},
    ),
    "a date and a time as browsers write them": (
        f'{GENERAL}\n"8/13/2026, 9:05:00 PM",gpt-4o,100,10\n"8/14/2026, 10:05:00 AM",gpt-4o,5,1',
        {"uncached": 105, "output": 11},
    ),
    "a total that is blank throughout": (  # cached_tokens is OpenAI's word, and within the input
        f"{GENERAL},cached_tokens,total_tokens\n2026-08-01,gpt-4o,1000,100,400,",
        {"uncached": 600, "cache_read": 400, "output": 100},
    ),
    "a total that settles nothing": (  # nothing was cached where the total stands
        f"{GENERAL},cached_tokens,total_tokens\n2026-08-01,gpt-4o,1000,100,0,1100\n"
        "2026-08-02,gpt-4o,1000,100,400,",
        {"uncached": 1600, "cache_read": 400, "output": 200},
    ),
    "as many cached as thought": (  # beside by the second row, so the first is no thinking beside
        f"{GENERAL},cached_tokens,reasoning_tokens,total_tokens\n"
        "2026-08-01,gpt-4o,1000,300,100,100,1400\n2026-08-02,gpt-4o,1000,300,400,100,1700",
        {"uncached": 2000, "cache_read": 500, "output": 600, "reasoning": 200},
    ),
    "batches that say 1 and yes": (
        f"{GENERAL},batch\n2026-08-01,gpt-4o,1000,100,1\n2026-08-01,gpt-4o,1000,100,yes",
        {"uncached": 2000, "output": 200},
    ),
    "counts as people write them": (
        f'{GENERAL},cost_usd\n2026-08-01,gpt-4o,"1,234","1,234,567",$1.50',
        {"uncached": 1234, "output": 1_234_567, "cost": 1.5},
    ),
    "a decimal comma and a sum below": (
        "date;model;input_tokens;output_tokens;cost_eur\n2026-08-01;gpt-4o;1.000;200;1,50\n"
        "2026-08-02;gpt-4o;2.000;300;2,25\nGesamt;;3.000;500;3,75",
        {"uncached": 3000, "output": 500, "cost": 3.75},
    ),
    "costs in two currencies": (
        f"{GENERAL},cost_usd,cost_eur\n2026-08-01,gpt-4o,100,10,1.00,\n"
        "2026-08-02,gpt-4o,100,10,,0.90",
        {"refused": 1},
    ),
    "a day among months": (
        f"month,{GENERAL[5:]}\n2026-07,gpt-4o,100,10\n2026-08-15,gpt-4o,100,10",
        {"refused": 1},
    ),
    "a thirteenth hour of twelve": (
        f"{GENERAL}\n8/13/2026 13:05:00 PM,gpt-4o,100,10",
        {"refused": 1},
    ),
}


def _read(path: Path, text: str, **stated: Any) -> Any:
    file = path / "export.csv"
    file.write_text(f"{text}\n", encoding="utf-8")
    return import_usage([file], stated=Stated(**stated))


@pytest.mark.parametrize("name", CASES)
def test_a_file_comes_down_to_its_sums(name: str, tmp_path: Path) -> None:
    """Or is refused where nobody can know them."""
    text, sums = CASES[name]
    if "refused" in sums:
        with pytest.raises(UsageError, match=r"export\.csv"):
            _read(tmp_path, text)
        return
    assert totals(_read(tmp_path, text)) == pytest.approx(sums)


def test_batches_are_batches_however_they_are_told(tmp_path: Path) -> None:
    """All of it was."""
    text, _ = CASES["batches that say 1 and yes"]
    assert _read(tmp_path, text).batch_share == 1


def test_hours_of_a_clock_of_twelve_hours(tmp_path: Path) -> None:
    """Five past twelve in the night is the first hour, half past one the fourteenth."""
    text, _ = CASES["a clock of twelve hours"]
    assert list(_read(tmp_path, text).rows.hour.dt.hour.sort_values()) == [0, 13]


@pytest.mark.parametrize("header", ["month", "Billing month"])
def test_a_single_month_is_no_day(header: str, tmp_path: Path) -> None:
    """3,100 tokens in August are 100 a day, and not 3,100."""
    text = f"{header},model,input_tokens,output_tokens\n2026-08-01,gpt-4o,3000,100"
    columns = columns_of(f"date={header},model=model,input=input_tokens,output=output_tokens")
    found = _read(tmp_path, text, columns=columns)
    assert (found.days_with_data, str(found.last)) == (31, "2026-08-31")
    assert found.tokens_per_month[1] == pytest.approx(3100 / 31 * 365 / 12)


def test_a_cost_that_some_rows_lack_is_no_bill_of_all(tmp_path: Path) -> None:
    """The second model's cost is not known, and so neither is what the last month cost."""
    from workbooks.usage.workload import workload

    text = f"{GENERAL},cost\n2026-08-01,gpt-4o,1000,100,2\n2026-08-01,some-model,1000,100,"
    found = _read(tmp_path, text)
    assert found.rows.cost.isna().sum() == 1
    assert "last_bill_per_month: unknown" in workload(found)


def test_a_month_is_closed_with_list_prices_for_what_has_no_cost(tmp_path: Path) -> None:
    """One million tokens cost 2.00, and another million is 2.50 at list; zz has no list price."""
    from workbooks.plan.monthend.billed_usage import imported
    from workbooks.plan.monthend.bills import ActualsError

    text = f"{GENERAL},cost_usd\n2026-08-01,gpt-4o,1000000,0,2\n2026-08-02,gpt-4o,1000000,0,"
    bills = imported(_read(tmp_path, text))
    paid = [(each.input_tokens, each.billed, each.basis) for each in bills]
    assert paid == [(2_000_000, 2, "billed"), (0, 2.5, "list price")]
    with pytest.raises(ActualsError, match="zz in 2026-08 has tokens without a cost"):
        imported(_read(tmp_path, text.replace("gpt-4o", "zz")))


def test_the_mean_request_is_of_rows_that_count_requests(tmp_path: Path) -> None:
    """Of 3,000 tokens, 1,000 were of ten requests."""
    from workbooks.usage.workload import lengths

    text = f"{GENERAL},requests\n2026-08-01,gpt-4o,1000,100,10\n2026-08-01,gpt-4o-mini,2000,200,"
    assert lengths(_read(tmp_path, text))["input_tokens"]["base"] == 100


def test_days_that_only_a_bill_has_keep_its_tokens(tmp_path: Path) -> None:
    """The usage is of the second day; the bill counts 800,000 on the first, and others then."""
    bill, usage = tmp_path / "costs.csv", tmp_path / "usage.csv"
    bill.write_text(
        "start_time,end_time,amount_value,amount_currency,line_item,quantity,quantity_unit\n"
        '1785542400,1785628800,2,usd,"gpt-4o, input",800000,tokens\n'
        '1785628800,1785715200,2,usd,"gpt-4o, input",900000,tokens\n'
    )
    usage.write_text(
        f"{OPENAI}\n1785628800,1785715200,2026-08-02,2026-08-03,10,gpt-4o,FALSE,default,1000,200,0\n"
    )
    found = import_usage([bill, usage])
    assert totals(found)["uncached"] == 801_000
    notes = " ".join(found.notes)
    assert "on others its tokens count" in notes
    assert "costs.csv counts 900,000 tokens there, and the usage 1,200" in notes


def test_one_vendor_in_two_layouts_may_count_twice(tmp_path: Path) -> None:
    """The same day and model, as a table of the console and as one of the API."""
    one, other = tmp_path / "one.csv", tmp_path / "other.csv"
    one.write_text(
        f"{OPENAI}\n1785542400,1785628800,2026-08-01,2026-08-02,10,gpt-4o,FALSE,default,1000,200,0\n"
    )
    other.write_text(
        "timestamp,snapshot_id,n_requests,n_context_tokens_total,n_generated_tokens_total\n"
        "1785542400,gpt-4o,10,1000,200\n"
    )
    assert "if they are of one account, they count twice" in " ".join(
        import_usage([one, other]).notes
    )
