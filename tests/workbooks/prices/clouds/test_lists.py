"""Price lists that clouds export: each price by hand from its cells, or set aside with a word.

Headings, the five rows above AWS's, units, usage types, sentences and terms are those that AWS and
Google document and publish (the first row of each list says where); the numbers are made.
"""

import csv
import datetime
import io
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.workbooks.prices.sheet.test_sheets import reasons
from workbooks.prices.compare import rank
from workbooks.prices.sheet.aside import SheetRead
from workbooks.prices.sheet.cells import Given
from workbooks.prices.sheet.importing import preview
from workbooks.prices.sheet.reading import read_sheets
from workbooks.prices.store import Store

PREAMBLE = """"FormatVersion","v1.0"
"Disclaimer","This pricing list is for informational purposes only. All Free Tier prices apply."
"Publication Date","2026-07-03T08:58:57Z"
"Version","20260703085857"
"OfferCode","{}"
"""
TERMS = (
    *("SKU", "OfferTermCode", "RateCode", "TermType", "PriceDescription", "EffectiveDate"),
    *("StartingRange", "EndingRange", "Unit", "PricePerUnit", "Currency"),
)
MODELS = (
    *(*TERMS, "Location", "Location Type", "usageType", "operation", "Region Code", "serviceName"),
)
"""The seventeen columns of AmazonBedrockFoundationModels, as AWS writes them."""
BEDROCK = (
    *(*TERMS, "Product Family", "serviceCode", "Location", "Location Type", "usageType"),
    *("operation", "Feature", "Inference Type", "Model", "Provider", "Region Code", "serviceName"),
)
USUAL = {
    **{"TermType": "OnDemand", "EffectiveDate": "2026-07-01T00:00:00Z", "StartingRange": "0"},
    **{"EndingRange": "Inf", "Unit": "1K tokens", "Currency": "USD", "Region Code": "us-east-1"},
    **{"serviceCode": "AmazonBedrock", "serviceName": "Amazon Bedrock", "SKU": "A1"},
    **{"Location": "US East (N. Virginia)", "Location Type": "AWS Region"},
}
GOOGLE = (
    *("Google service", "Service description", "Service ID", "SKU ID", "SKU description"),
    *("Consumption model description", "Product taxonomy", "Price reason", "Discount"),
    *("Unit description", "Per unit quantity", "Tiered usage start", "List price ($)"),
    *("Contract price ($)", "Effective discount"),
)
LISTED = tuple(each for each in GOOGLE if "ontract" not in each and "iscount" not in each)
"""What an account without a contract shows."""
VERTEX = {
    **{"Google service": "Google Cloud", "Service description": "Vertex AI", "SKU ID": "1A2B"},
    **{"Consumption model description": "Default", "Price reason": "DEFAULT_PRICE"},
    **{"Unit description": "count", "Per unit quantity": "1000000", "Tiered usage start": "0"},
}


def written(columns: tuple[str, ...], usual: Mapping[str, str], rows: list[dict[str, str]]) -> str:
    """Return rows as the cloud writes them: what one does not say is as usual."""
    made = io.StringIO()
    lines = csv.writer(made, quoting=csv.QUOTE_ALL)
    lines.writerow(columns)
    lines.writerows([(usual | row).get(name, "") for name in columns] for row in rows)
    return made.getvalue()


def aws(
    *rows: dict[str, str], given: Given | None = None, columns: tuple[str, ...] = BEDROCK
) -> SheetRead:
    """Read a price list of AWS."""
    offer = "AmazonBedrockFoundationModels" if columns is MODELS else "AmazonBedrock"
    text = PREAMBLE.format(offer) + written(columns, USUAL, list(rows))
    return read_sheets("index.csv", text.encode(), given, ("bedrock/amazon.nova-lite-v1:0",))


def google(
    *rows: dict[str, str], columns: tuple[str, ...] = GOOGLE, usual: Mapping[str, str] = VERTEX
) -> SheetRead:
    """Read a pricing table of Google Cloud."""
    text = written(columns, usual, list(rows))
    return read_sheets("Pricing.csv", text.encode(), Given(), ("google/gemini-2.5-pro",))


def told(found: SheetRead) -> dict[str, dict[str, float]]:
    """Return each model's prices by the first words of their columns."""
    return {
        each.model: {k.removesuffix("_price_per_mtok"): float(v) for k, v in each.rates.items()}
        for each in found.offers
    }


def nova(usage: str, price: str, **more: str) -> dict[str, str]:
    """Return a row of Nova Pro in Virginia."""
    return {"usageType": f"USE1-NovaPro-{usage}", "PricePerUnit": price, "Model": "Nova Pro"} | more


def test_a_price_list_of_aws_is_read_by_its_usage_types() -> None:
    """0.0008 USD for 1K tokens is 0.80 a million; the host is that of the service's code."""
    found = aws(
        nova("input-tokens", "0.0008000000", **{"Inference Type": "Input tokens"}),
        nova("output-tokens", "0.0032000000", **{"Inference Type": "Output tokens"}),
        nova("cache-read-input-token-count", "0.0002000000"),
        nova("input-tokens-batch", "0.0004000000", Feature="Batch Inference"),
        nova("output-tokens-batch", "0.0016000000"),
        nova("input-tokens-priority", "0.0014000000"),
    )
    assert told(found) == {
        "bedrock/nova-pro": {
            **{"input": 0.8, "output": 3.2, "cached": 0.2},
            **{"batch_input": 0.4, "batch_output": 1.6},
        },
        "bedrock/nova-pro@priority": {"input": 1.4},
    }
    (first, _) = found.offers
    assert (str(first.valid_from), first.currency) == ("2026-07-01", "USD")
    assert first.places["input_price_per_mtok"] == "index.csv, cell J7"
    assert found.doubts == []
    assert [each.said for each in found.asides if each.kind] == []


def test_a_model_has_the_name_of_the_price_table() -> None:
    """`amazon.nova-lite-v1:0` is Nova Lite as Bedrock calls it."""
    row = {"usageType": "USE1-NovaLite-input-tokens", "PricePerUnit": "0.00006"}
    assert told(aws(row)) == {"bedrock/amazon.nova-lite-v1:0": {"input": 0.06}}


def market(usage: str, price: str, sentence: str, **more: str) -> dict[str, str]:
    """Return a row of Claude Sonnet 4.6, which AWS sells through its marketplace."""
    return {
        **{"usageType": f"USE1-MP:USE1_{usage}-Units", "PricePerUnit": price, "Unit": "Units"},
        **{"PriceDescription": f"AWS Marketplace software usage|us-east-1|{sentence}"},
        **{"serviceName": "Claude Sonnet 4.6 (Amazon Bedrock Edition)"},
    } | more


def test_units_of_the_marketplace_are_what_the_sentence_says() -> None:
    """3.30 for "Million Input Tokens"; what is served anywhere is cheaper, and named apart."""
    found = aws(
        market("InputTokenCount", "3.3", "Million Input Tokens Regional CRIS"),
        market("InputTokenCount_Global", "3.0", "Million Input Tokens Global"),
        market("OutputTokenCount", "16.5", "Million Response Tokens Regional CRIS"),
        market("OutputTokenCount_Global", "15.0", "Million Response Tokens Global"),
        market("CacheReadInputTokenCount", "0.00033", "thousand Cache Read Input Tokens Regional"),
        columns=MODELS,
    )
    assert told(found) == {
        "bedrock/claude-sonnet-4.6": {"input": 3.3, "output": 16.5, "cached": 0.33},
        "bedrock/claude-sonnet-4.6@global": {"input": 3.0, "output": 15.0},
    }
    assert found.doubts == []


def test_units_of_unknown_size_are_asked_for() -> None:
    """No sentence says how many tokens a unit is; whoever knows says it."""
    row = market("input_tokens_standard", "5.5", "Input Tokens - Standard")
    assert reasons(aws(row, columns=MODELS)) == [
        "J7: its unit 'Units' is no known number of tokens; say it with --unit"
    ]
    stated = aws(row, columns=MODELS, given=Given(tokens=1_000_000))
    assert told(stated) == {"bedrock/claude-sonnet-4.6": {"input": 5.5}}


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            nova("input-tokens", "0.0008", TermType="Reserved"),
            "its row says TermType Reserved, which is no price that everybody pays",
        ),
        (
            nova("input-tokens", "0.0007", StartingRange="1000000"),
            "it holds from a volume of 1000000 on; the price table has no prices by volume",
        ),
        (
            nova("input-tokens", "0.0008", **{"Inference Type": "Output tokens"}),
            "its meter says 'input', another of its columns 'output'",
        ),
        (
            nova("input-tokens", "0.0008", PriceDescription="$0.0008 per 1M input tokens"),
            "its unit is 1,000 tokens, its description says 1,000,000",
        ),
        (
            nova("input-tokens", "0.0008", serviceCode="AmazonElsewhere"),
            "its service 'AmazonElsewhere' is none whose models are known",
        ),
        (
            nova("input-tokens-long-context", "0.0016"),
            "it does not say from which size on a context is long",
        ),
        (nova("input-tokens", "0.0000000000"), "zero may mean free or not known"),
        (nova("input-tokens", "0.0008", StartingRange="some"), "'some' is no number of units"),
    ],
)
def test_what_is_no_price_of_everybodys_is_set_aside(row: dict[str, str], reason: str) -> None:
    """With its cell and the reason; the price of the row above stays as it is."""
    found = aws(nova("output-tokens", "0.0032"), row)
    assert told(found) == {"bedrock/nova-pro": {"output": 3.2}}
    assert reasons(found) == [f"J8: {reason}"]


def test_the_first_volume_has_the_price() -> None:
    """0.80 until a thousand million tokens, which is the price; 0.70 above is told."""
    found = aws(
        nova("input-tokens", "0.0008", EndingRange="1000000"),
        nova("input-tokens", "0.0007", StartingRange="1000000"),
    )
    assert told(found) == {"bedrock/nova-pro": {"input": 0.8}}
    assert len(found.doubts) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"Feature": "Batch Inference"},
        {"Inference Type": "Input tokens batch"},
        {"Feature": "Batch Inference", "Inference Type": "Input tokens"},
    ],
)
def test_a_tier_may_stand_in_another_column(more: dict[str, str]) -> None:
    """The usage type says input alone, the feature that the jobs are batch jobs."""
    assert told(aws(nova("input-tokens", "0.0004", **more))) == {
        "bedrock/nova-pro": {"batch_input": 0.4}
    }


@pytest.mark.parametrize(
    "row",
    [
        nova("Model-Customization-input-tokens", "0.001", Unit="Tokens"),
        nova("input-tokens", "0.001", Feature="Model Customization"),
        nova("ProvisionedThroughput-NoCommit-ModelUnits", "108", Unit="Hours"),
        nova("input-image-token-count", "0.00125"),
        {"usageType": "USE1-NovaSonic-speech-input-tokens", "PricePerUnit": "0.0034"},
        {"usageType": "USE1-Guardrail-ContentPolicyUnitsConsumed", "PricePerUnit": "0.1"},
        {"usageType": "USE1-BoxUsage:p5.48xlarge", "PricePerUnit": "98.3", "Unit": "Hrs"},
    ],
)
def test_what_counts_no_text_tokens_is_none_of_ours(row: dict[str, str]) -> None:
    """Training, throughput, images, speech and machines: most rows of a cloud's list are such."""
    found = aws(nova("output-tokens", "0.0032"), row)
    assert told(found) == {"bedrock/nova-pro": {"output": 3.2}}
    assert found.doubts == []


def test_regions_with_prices_of_their_own_are_named() -> None:
    """A list of all regions: Frankfurt costs a tenth more than Virginia."""
    found = aws(
        nova("input-tokens", "0.0008"),
        nova("input-tokens", "0.00088", **{"Region Code": "eu-central-1"})
        | {"usageType": "EUC1-NovaPro-input-tokens"},
    )
    assert told(found) == {
        "bedrock/nova-pro@us-east-1": {"input": 0.8},
        "bedrock/nova-pro@eu-central-1": {"input": 0.88},
    }


def gemini(sku: str, price: str, **more: str) -> dict[str, str]:
    """Return a row of Gemini 2.5 Pro."""
    return {"SKU description": f"Gemini 2.5 Pro {sku}", "List price ($)": price} | more


def test_a_pricing_table_of_google_is_read_by_its_skus() -> None:
    """A price is for as many units as "Per unit quantity" says; what the contract says is paid."""
    contract = {"Contract price ($)": "1.00", "Effective discount": "20%", "Discount": "20%"}
    found = google(
        gemini("Text Input - Predictions", "1.25", **contract),
        gemini("Text Output - Predictions", "0.010", **{"Per unit quantity": "1000"})
        | {"Contract price ($)": "0.008"},
        gemini("Input Text Caching", "0.000000125", **{"Per unit quantity": "1"})
        | {"Contract price ($)": "0.0000001"},
        gemini("Text Input - Batch Predictions", "0.625") | {"Contract price ($)": "0.5"},
    )
    assert told(found) == {
        "google/gemini-2.5-pro": {"input": 1.0, "output": 8.0, "cached": 0.1, "batch_input": 0.5}
    }
    assert found.offers[0].currency == "USD"
    assert found.doubts == []
    assert [each.said for each in found.asides if each.kind] == []


def test_list_prices_of_google_in_another_currency() -> None:
    """An account in euros names them in the heading; without a contract the list holds."""
    columns = tuple(each.replace("($)", "(€)") for each in LISTED)
    row = {"SKU description": "Gemini 2.5 Pro Text Input - Predictions", "List price (€)": "1.0714"}
    (offer,) = google(row, columns=columns).offers
    assert (offer.currency, float(offer.rates["input_price_per_mtok"])) == ("EUR", 1.0714)


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        (
            gemini("Text Input - Predictions", "1.0", **{"Tiered usage start": "1,024"}),
            "it holds from a volume of 1,024 on; the price table has no prices by volume",
        ),
        (
            gemini("Text Input - Predictions", "1.0")
            | {"Consumption model description": "1 year commitment"},
            "its row says Consumption model description 1 year commitment, "
            "which is no price that everybody pays",
        ),
        (
            gemini("Text Input (Long) - Predictions", "2.5"),
            "it does not say from which size on a context is long",
        ),
        (
            gemini("Text Input - Predictions", "1.0", **{"Per unit quantity": "0"}),
            "it says for 0 units, which is no whole number",
        ),
        (
            gemini("Text Input - Predictions", "1.25", **{"Per unit quantity": "1"}),
            "1250000 per million tokens is outside 0.001 to 1000: the unit may have slipped",
        ),
    ],
)
def test_what_google_prices_otherwise_is_set_aside(row: dict[str, str], reason: str) -> None:
    """With its cell and the reason."""
    found = google(row, columns=LISTED)
    assert found.offers == []
    assert reasons(found) == [f"L2: {reason}"]


def test_a_table_without_the_size_of_its_prices_says_which_column_to_show() -> None:
    """The console writes the columns that are shown; this one decides over a factor of 1M."""
    columns = tuple(each for each in LISTED if each != "Per unit quantity")
    found = google(gemini("Text Input - Predictions", "1.25"), columns=columns)
    assert reasons(found)[-1] == (
        "K2: the table has no column Per unit quantity, which says for how many units a price is"
    )


def test_other_services_of_google_are_none_of_ours() -> None:
    """A table of all SKUs has machines, stored caches, characters and searches."""
    rows = [
        {"SKU description": "N1 Predefined Instance Core running in Americas"}
        | {"Service description": "Compute Engine", "Unit description": "hour"}
        | {"Per unit quantity": "1"},
        gemini("Text Input Caching Storage", "4.5"),
        {"SKU description": "Vertex AI: Grounding with Google Search", "Per unit quantity": "1000"},
    ]
    found = google(*[{"List price ($)": "0.03"} | each for each in rows])
    assert (found.offers, found.doubts) == ([], [])


def test_what_is_served_anywhere_has_the_plain_name_where_it_alone_is_sold() -> None:
    """Gemini 3.5 has SKUs with "Global" in their name; a second price names them apart."""
    wide = {"SKU description": "Gemini 3.5 Flash Global Text Input - Predictions"}
    here = {"SKU description": "Gemini 3.5 Flash Text Input - Predictions"}
    one = google(wide | {"List price ($)": "0.5"}, columns=LISTED)
    assert told(one) == {"google/gemini-3.5-flash": {"input": 0.5}}
    two = google(
        wide | {"List price ($)": "0.5"}, here | {"List price ($)": "0.55"}, columns=LISTED
    )
    assert told(two) == {
        "google/gemini-3.5-flash": {"input": 0.55},
        "google/gemini-3.5-flash@global": {"input": 0.5},
    }


AWS_LIST = (
    PREAMBLE.format("AmazonBedrock")
    + written(
        BEDROCK,
        USUAL,
        [nova("input-tokens", "0.0008"), nova("output-tokens", "0.0032"), nova("hours", "4")],
    )
).encode()
GOOGLE_LIST = written(
    GOOGLE,
    VERTEX | {"Effective discount": "20%"},
    [
        gemini("Text Input - Predictions", "1.25", **{"Contract price ($)": "1.00"}),
        gemini("Text Output - Predictions", "10.00", **{"Contract price ($)": "8.00"}),
        gemini("Input Text Caching", "0.125", **{"Contract price ($)": "0.10"}),
    ],
).encode()
"""Lists that `tests.workbooks.prices.sheet.mutate` damages."""


@pytest.mark.parametrize(
    ("columns", "usual", "origin"),
    [(BEDROCK, USUAL, "list"), (LISTED, VERTEX, "list"), (GOOGLE, VERTEX, "contract")],
)
def test_what_everybody_pays_is_a_list(
    columns: tuple[str, ...], usual: Mapping[str, str], origin: str, tmp_path: Path
) -> None:
    """A contract stands before every list, so that no refresh would move the price again."""
    names = ("Input Tokens", "Output Tokens")
    rows = [
        {
            **{
                "usageType": f"USE1-NovaLite-{each.lower().replace(' ', '-')}",
                "Model": "Nova Lite",
            },
            **{"PricePerUnit": price, "PriceDescription": f"${price} per 1K tokens"},
            **{"SKU description": f"Gemini 2.5 Pro - {each}", "SKU ID": each},
            **{"List price ($)": "1.3", "Contract price ($)": "1.2"},
        }
        for each, price in zip(names, ("0.00007", "0.0003"), strict=True)
    ]
    above = PREAMBLE.format("AmazonBedrock") if columns is BEDROCK else ""
    path = tmp_path / "index.csv"
    path.write_text(above + written(columns, usual, rows), encoding="utf-8")
    shown = preview(Store(tmp_path), path, Given(), datetime.date(2026, 12, 1))
    ((row,),) = shown.plan.added.values()
    assert (row.origin, rank(row.source) >= 0) == (origin, origin == "list")
