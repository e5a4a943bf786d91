"""Every layout comes down to the canonical table; expected sums were added up by hand."""

import csv
import random
import re
from pathlib import Path

import pandas as pd
import pytest

from tests.workbooks.usage.exports import DATA, imported, totals
from workbooks.usage.exports.layout import Layout, UsageError, detect, layouts
from workbooks.usage.exports.metered import sizes, words
from workbooks.usage.importing import import_usage

SUMS = {
    # 5,920,000 input include 576,000 cached; 2,000,000 more the third day
    "openai_usage_completions": {
        "requests": 1500, "uncached": 7_344_000, "cache_read": 576_000, "output": 1_464_600,
    },
    "openai_usage_api": {
        "requests": 1200, "uncached": 5_344_000, "cache_read": 576_000, "output": 1_064_600,
    },
    "openai_costs_2025": {"cost": 0.895874},
    "openai_costs_2026": {"uncached": 5_344_000, "cost": 13.36},
    "openai_costs_api": {"cost": 13.36},
    "openai_activity_2024": {"requests": 12, "uncached": 24_000, "output": 6_000},
    "anthropic_usage_2026": {
        "uncached": 6_598_100, "cache_read": 1_200_000, "cache_write_5m": 159_690,
        "output": 231_320,
    },
    "anthropic_usage_localised": {
        "uncached": 1000, "cache_write_5m": 200, "cache_read": 300, "output": 400,
    },
    "anthropic_usage_report": {
        "uncached": 4_698_100, "cache_read": 1_200_000, "cache_write_5m": 159_690,
        "output": 169_320,
    },
    "anthropic_cost_2024": {},
    "anthropic_cost_2026": {"cost": 16.99},
    "anthropic_cost_report": {"cost": 14.0943},  # "1409.43" is in cents
    "openrouter_activity_daily": {
        "requests": 411, "uncached": 7_096_566, "output": 300_997, "cost": 43.01,
    },
    "openrouter_activity_requests": {
        "requests": 1, "uncached": 600, "cache_read": 900, "output": 250, "cost": 0.01,
    },
    "litellm_spend_logs": {"requests": 1, "uncached": 1000, "output": 200, "cost": 0.0042},
    "litellm_daily": {  # 100,000 prompt tokens include 60,000 read and 10,000 written
        "requests": 40, "uncached": 30_000, "cache_read": 60_000, "cache_write_5m": 10_000,
        "output": 20_000, "cost": 0.5,
    },
    "litellm_focus": {"cost": 0.5},
    "langfuse_observations_SYNTHETIC.csv": {
        "requests": 1, "uncached": 400, "cache_read": 600, "output": 200, "cost": 0.004,
    },
    # the total of the second says that its 1,000 input include 900 cached
    "langfuse_observations_SYNTHETIC.jsonl": {
        "requests": 2, "uncached": 500, "cache_read": 1500, "output": 300, "cost": 0.006,
    },
    "databricks_endpoint_usage": {"requests": 3, "uncached": 2000, "output": 450},
    "langdock": {"requests": 2, "uncached": 2300, "output": 250},
    "azure_cost_details": {  # 12.5 M + 1,500 K in; without the virtual machine's 2.40
        "uncached": 14_000_000, "cache_read": 4_000_000, "output": 2_000_000, "cost": 31.45,
    },
    "azure_ptu_only": {"cost": 24},
    "aws_cur_bedrock": {  # in 1K, and 3 in 1M; without the server's 2.30
        "uncached": 8_000_000, "cache_read": 2_000_000, "cache_write_5m": 100_000,
        "output": 400_000, "cost": 22.425,
    },
    "google_billing": {"uncached": 7_000_000, "output": 1_000_000, "cost": 18.75},
    "focus_azure_tokens": {
        "uncached": 1_000_000, "cache_read": 400_000, "output": 1_000_000, "cost": 17.6,
    },
    "focus_vendor_columns": {"uncached": 400_000, "output": 50_000, "cost": 1.5},
}  # fmt: skip


@pytest.mark.parametrize("name", SUMS)
def test_an_export_comes_down_to_its_sums(name: str) -> None:
    """Units, cents, cached tokens and other services are all taken care of."""
    assert totals(imported(name)) == SUMS[name]


def test_every_sample_is_tested() -> None:
    """A new sample without sums would prove nothing."""
    names = {file.name for file in DATA.iterdir()}
    assert names == {next(DATA.glob(f"{name}*")).name for name in SUMS}


@pytest.mark.parametrize("name", ["azure_ptu_only", "litellm_focus", "anthropic_cost_2026"])
def test_token_totals_are_refused_where_a_file_has_none(name: str) -> None:
    """Hours, requests and costs are no tokens, and unknown is not zero."""
    found = imported(name)
    assert not found.has_tokens
    assert found.tokens_per_month is None
    assert found.output_share is None


def test_models_are_named_without_what_else_the_meter_says() -> None:
    """Region, direction and tier are not part of the name."""
    found = imported("aws_cur", "azure_cost_details", "google_billing", "openai_costs_2026")
    assert set(found.rows.model) >= {
        "claude-sonnet-4.6", "gpt-oss-120b", "gpt-5-mini", "gpt-4o-mini-0718",
        "gemini-2.5-pro", "gpt-5.4-2026-03-05",
    }  # fmt: skip


def test_no_layout_hides_another() -> None:
    """Each layout is found by exactly its own headers."""
    for layout in layouts():
        found = detect(name.split("|")[0] for name in layout.headers)
        assert found is not None
        assert found.title == layout.title


@pytest.mark.parametrize("name", ["openai_usage_completions", "azure_cost_details"])
@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
@pytest.mark.parametrize("delimiter", [",", ";", "\t"])
def test_order_encoding_and_delimiter_do_not_count(
    name: str, encoding: str, delimiter: str, tmp_path: Path
) -> None:
    """A file that went through Excel says the same."""
    with next(DATA.glob(f"{name}*")).open(encoding="utf-8", newline="") as file:
        rows = list(csv.reader(file))
    order = random.Random(1).sample(range(len(rows[0])), len(rows[0]))
    path = tmp_path / "it's [1] ?.csv"
    with path.open("w", encoding=encoding, newline="") as file:
        table = csv.writer(file, delimiter=delimiter)
        table.writerow(["Usage of August"])
        table.writerows([row[i] for i in order] for row in rows)
    assert totals(import_usage([path])) == SUMS[name]


def test_personal_columns_are_not_read() -> None:
    """What is left out is named, and in no answer."""
    found = imported("litellm_daily", "openai_activity", "langdock", "langfuse_observations")
    everything = found.rows.to_csv() + repr([export.notes for export in found.exports])
    assert not re.search("example.com|Anna|hello|hash", everything)
    assert "API Key Name" in found.exports[2].left_out


def test_tokens_of_one_vendor_count_once() -> None:
    """The costs export has the quantities of the usage export again."""
    both = imported("openai_usage_completions", "openai_costs_2026")
    assert totals(both) == {**SUMS["openai_usage_completions"], "cost": 13.36}
    assert any("only its cost counts" in note for note in both.notes)


def test_the_same_file_twice_is_refused(tmp_path: Path) -> None:
    """A copy under another name would double the volume."""
    name = next(DATA.glob("litellm_spend*"))
    copy = tmp_path / "copy.csv"
    copy.write_bytes(name.read_bytes())
    with pytest.raises(UsageError, match=r"copy\.csv has the same content as"):
        import_usage([name, copy])


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("gpt-4o-0806-cached-Inp-glbl Tokens", "cache_read"),
        ("GPT 5.1 chat cd inp Gl 1M Tokens", "cache_read"),
        ("gpt 4.1 opt Gl", "output"),
        ("USE1-Claude4Sonnet-cache-write-input-token-count-cross-region-global", "cache_write_5m"),
        ("Claude Sonnet 4.5 Usage - Input Tokens", "uncached"),
        ("uncached_input_tokens", "uncached"),
        ("input_cache_miss_tokens", "uncached"),
        ("cache_creation.ephemeral_1h_input_tokens", "cache_write_1h"),
        ('{"ModelId": "model-a", "TokenDirection": "Output"}', "output"),
        ("Gemini 3 Flash Text Input Caching Storage", ""),
        ("input and output tokens", ""),
        ("D2 v5", ""),
    ],
)
def test_the_kind_of_token_is_read_from_words(text: str, kind: str) -> None:
    """By the reader that price lists are read with; two directions are none."""
    sums = pd.DataFrame({"kind_0": [text]})
    assert list(words(sums, BILL).kind) == [kind]


BILL = Layout("bill", (), {"quantity": ("q",)}, bare_units=True)


@pytest.mark.parametrize(
    ("unit", "meter", "size"),
    [
        ("1M", "GPT 5 Inpt Glbl 1M Tokens", 1e6),
        ("1K", "gpt 4.1 Inp glbl Tokens", 1e3),
        ("1K", "GPT 5 Inpt Glbl 1M Tokens", None),  # the unit against the name
        ("Units", "gpt 4.1 Inp glbl Tokens", None),
        ("1 Hour", "gpt 4.1 Inp glbl Tokens", None),
    ],
)
def test_a_unit_is_a_number_of_tokens_or_unknown(unit: str, meter: str, size: float | None) -> None:
    """An hour is no token, and a unit that the name contradicts is not believed."""
    sums = pd.DataFrame({"kind_0": [meter], "unit": [unit]})
    (found,) = sizes(sums, BILL, words(sums, BILL))
    assert found == size if size else pd.isna(found)
