"""Real meters are read as a person reads them; the table of phrases explains itself."""

import csv
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from workbooks.meters.reading import Reading, read
from workbooks.meters.units import tokens_in_unit

HERE = Path(__file__).parent


def table(path: Path) -> list[dict[str, str]]:
    """Return the rows of a CSV file."""
    return list(csv.DictReader(path.read_text(encoding="utf-8").splitlines()))


ROWS = table(HERE / "real_meters.csv")
AXES = {
    *("direction", "head", "cache", "life", "tier", "context", "region", "modality", "unit"),
    *("apart", "vendor", ""),
}
NAME = st.text("abinputoutcdwr GlDZ15.4-_:/(){}é\n ", max_size=60)


def of(row: dict[str, str]) -> Reading:
    """Return a row's reading as a person wrote it down."""
    told = {field: row[field] for field in Reading._fields if field != "unit"}
    defaults = {"tier": told["tier"] or "standard", "modality": told["modality"] or "text"}
    return Reading(**told | defaults, unit=int(row["unit"]) if row["unit"] else None)


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row["meter"])
def test_a_real_meter_is_read_rightly(row: dict[str, str]) -> None:
    """Every axis of every meter; names, readings and sources in real_meters.csv and SOURCES.md."""
    assert read(row["meter"], row["product"]) == of(row)


def test_the_list_is_long_and_each_meter_stands_once() -> None:
    """At least 300 names, from four clouds, each with a source that SOURCES.md explains."""
    names = {(row["meter"], row["product"]) for row in ROWS}
    assert len(names) == len(ROWS) >= 300
    told = (HERE / "SOURCES.md").read_text(encoding="utf-8")
    assert {row["source"] for row in ROWS} == set(re.findall(r"^\| ([\w-]+) \| [A-Z]", told, re.M))


def test_a_version_alone_is_nobodys_model_without_a_product() -> None:
    """4.3 may be Grok or GPT; the product says which, and nothing is guessed without it."""
    assert read("4.3 Inp Glbl Tokens", "Azure Grok Models").model == "grok-4.3"
    assert read("4.3 Inp Glbl Tokens", "Azure OpenAI GPT5").model == "gpt-4.3"
    assert read("GPT5 nano Inp Glbl Tokens", "Azure OpenAI GPT5").model == "gpt-5-nano"
    assert read("4.3 Inp Glbl Tokens")[:2] == ("", "4.3")


def test_what_counts_tokens() -> None:
    """Stored caches, training, images and searches are none; a fine-tuned model's tokens are."""
    assert read("Gemini 3 Flash Text Input - Predictions").counts_tokens
    assert read("gpt-4o-0806-FT-inp-glbl Tokens").counts_tokens
    for name in (
        "Gemini 3 Flash Text Input Caching Storage",
        "gpt-4o-0806-FT-Trng-glbl tkn Tokens",
        "USE1-MP:USE1_InputImageCount-Units",
        "USE1-cohere.rerank-english-v3-search-units",
        "D4s v3",
    ):
        assert not read(name).counts_tokens, name


def test_what_is_of_another_medium_than_text() -> None:
    """By the meter's own word or the model's name; a word in somebody's own name says nothing."""
    assert read("text-embedding-3-large").medium == "embedding"
    assert read("Gemini 2.5 Flash Native Audio Output").medium == "audio"
    for name in ("whisper-1", "tts-1", "gpt-4o-realtime-preview", "gemini-2.0-flash-live-001"):
        assert read(name).medium == "media", name
    for name in ("live-chat-prod", "gpt-4o", "claude-sonnet-4-5"):
        assert read(name).medium == "", name


@given(NAME, NAME)
def test_any_text_is_read_and_always_alike(name: str, product: str) -> None:
    """Whatever stands there: a reading of known words, the same whatever the case of letters."""
    found = read(name, product)
    assert found.direction in {"", "input", "output"}
    assert not found.cache or found.direction == "input" or found.cache == "storage"
    assert read(name, product) == found


def test_the_table_of_phrases_is_in_order() -> None:
    """Each phrase once, in lower case, on a known axis, so that the longest is found."""
    rows = table(HERE.parents[2] / "workbooks" / "meters" / "words.csv")
    phrases = [row["words"] for row in rows]
    assert len(phrases) == len(set(phrases))
    assert all(phrase == " ".join(phrase.lower().split()) for phrase in phrases)
    assert {row["axis"] for row in rows} == AXES


def test_units_of_unknown_size_stay_unknown() -> None:
    """AWS's marketplace counts millions in "Units", Azure's FOCUS single tokens (docs of both)."""
    assert tokens_in_unit("Units") is None
    assert tokens_in_unit("Units", bare=True) is None
    assert tokens_in_unit("1K", bare=True) == 1_000
    assert tokens_in_unit("1K Tokens") == 1_000
    assert tokens_in_unit("1M Tokens") == 1_000_000
    assert tokens_in_unit("count", bare=True) == 1
    assert tokens_in_unit("10,000 Transactions") is None
    assert tokens_in_unit("100", bare=True) is None
