"""The commands say what they read, in words and in JSON, and write only where they may."""

import json
import random
import zipfile
from pathlib import Path

import pytest

from install.command import main
from tests.workbooks.prices.feeds.lists import DAY, LISTS, content
from tests.workbooks.prices.sheet.test_fuzz import damaged, twisted
from workbooks.folder import receipts
from workbooks.prices.feeds import genai
from workbooks.prices.feeds.registry import FEEDS
from workbooks.prices.refreshing import Source, refresh
from workbooks.prices.splice import plan_refresh
from workbooks.prices.store import Store


@pytest.fixture
def place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder of one's own, also for the store, with a cheaper gpt-4o in a price list."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    monkeypatch.setenv("LOCALAPPDATA", str(tmp_path / "data"))
    monkeypatch.setenv("HOME", str(tmp_path))
    providers = json.loads(genai.installed())
    (openai,) = [each for each in providers if each["id"] == "openai"]
    (entry,) = [each for each in openai["models"] if each["id"] == "gpt-4o"]
    entry["prices"] = {"input_mtok": 2, "output_mtok": 8, "cache_read_mtok": 1}
    (tmp_path / "list.json").write_text(json.dumps(providers))
    receipts.write(tmp_path, [{"table": "folder"}])
    return tmp_path


def told(capsys: pytest.CaptureFixture[str], *arguments: str, code: int = 0) -> str:
    """Run a command and return what it says on both channels."""
    assert main(["prices", *arguments]) == code
    captured = capsys.readouterr()
    return captured.out + captured.err


def test_a_refresh_says_what_changed(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Old and new price, the day, the source that differs, and the models left out."""
    said = told(capsys, "refresh", "--from", "genai=list.json")
    assert "openai/gpt-4o from" in said
    assert "input 2.5 -> 2, output 10 -> 8, cached input 1.25 -> 1" in said
    assert "openai/gpt-4o: genai-prices 2 / 8, LiteLLM 1.109.1 2.5 / 10 USD" in said
    assert "models are not in your table; --new adds them." in said
    told(capsys, "history", "openai/gpt-4o", "--as-of", "2026-11-01")
    rows = json.loads(told(capsys, "history", "openai/gpt-4o", "--json"))["prices"]
    assert [row["input_price_per_mtok"] for row in rows] == [2.5, 2]


def test_offline_reads_the_installed_copy_and_says_its_age(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing else is asked, and another source is refused."""
    said = told(capsys, "refresh", "--offline")
    assert "genai-prices: installed copy, as of 2026-" in said
    refused = told(capsys, "refresh", "--offline", "--source", "litellm", code=2)
    assert "litellm would be read from the network, and --offline forbids that." in refused


def test_a_bad_file_leaves_the_table_and_the_code_tells(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 2 where nothing could be read."""
    (place / "bad.json").write_text("<html>")
    said = told(capsys, "refresh", "--from", "genai=bad.json", code=2)
    assert "genai-prices: refused, it is a web page or XML, not JSON" in said
    assert "shipped with Evenpoint, as of" in said


def test_the_users_workbook_is_brought_along_on_request_only(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Looking writes nothing; --apply changes the sheet of prices and keeps a copy."""
    assert main(["budget", "--out", "ours.xlsx"]) == 0
    capsys.readouterr()
    before = Path("ours.xlsx").read_bytes()
    looked = ("refresh", "--from", "genai=list.json", "--workbook", "ours.xlsx")
    said = told(capsys, *looked)
    assert "openai/gpt-4o, Input price per mtok: 2.5 -> 2" in said
    assert "Nothing was written to the workbook; --apply writes it." in said
    assert Path("ours.xlsx").read_bytes() == before
    told(capsys, *looked, "--apply")
    assert [path.read_bytes() for path in place.glob("ours before*.xlsx")] == [before]
    with zipfile.ZipFile("ours.xlsx") as new, zipfile.ZipFile(next(place.glob("ours b*"))) as old:
        same = [name for name in old.namelist() if old.read(name) == new.read(name)]
        assert len(same) > len(old.namelist()) / 2
    again = plan_refresh("ours.xlsx", [])
    assert again.changed == ()


def test_an_import_asks_and_writes_only_on_request(
    place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A preview, a question, and then the prices."""
    (place / "offer.csv").write_text("Model;Input (EUR);Output (EUR)\ngpt-4.1;0,0018;0,0072\n")
    asked = told(capsys, "import", "offer.csv", "--provider", "openai")
    assert "Question: offer.csv, column B (Input (EUR)): for how many tokens is a price?" in asked
    given = ("import", "offer.csv", "--provider", "openai", "--unit", "1K")
    looked = told(capsys, *given)
    assert "input 2 USD -> 1.8, output 8 USD -> 7.2" in looked
    assert "(offer.csv, cell B2, C2)" in looked
    assert "Nothing was written; --apply writes it." in looked
    assert len(list(place.glob("receipts/*"))) == 1
    assert "Wrote 1 models to" in told(capsys, *given, "--apply")
    kept = told(capsys, "refresh", "--offline")
    assert "openai/gpt-4.1: your own sheet stands; genai-prices lists 2 and 8 USD" in kept


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["refresh", "--source", "nobody"], "There is no price list 'nobody'; there are sheet,"),
        (["refresh", "--from", "genai"], "--from genai names no file"),
        (["import", "nowhere.csv"], "nowhere.csv cannot be read: No such file"),
        (["import", "x.csv", "--currency", "Euro"], "'Euro' is no currency known here"),
        (["history", "gpt-4o"], "There is no model 'gpt-4o' in your table; the nearest are"),
        (["refresh", "--offline", "--workbook", "nowhere.xlsx"], "nowhere.xlsx"),
        (["gpus"], "There are no rental prices yet"),
        (["rate", "EUR", "XXX"], "no exchange rate of XXX is known"),
    ],
)
def test_refusals_are_one_sentence(
    arguments: list[str], why: str, place: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """With the argument, its value and the rule."""
    assert main(["prices", *arguments]) == 2
    said = capsys.readouterr().err
    assert why in said
    assert said.count("\n") == 1


def test_a_rate_is_shown_with_its_date(place: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """A Sunday has Friday's."""
    said = told(capsys, "rate", "eur", "usd", "--on", "2025-03-30")
    assert said == "1 EUR = 1.0797 USD, published on 2025-03-28, 2 days before.\n"


def test_damaged_price_lists_never_harm_the_table(tmp_path: Path) -> None:
    """150 of them: whatever is accepted, the table can be read and stays plausible."""
    store, chance = Store(tmp_path / "store"), random.Random(11)
    before = store.token_prices()
    for number in range(150):
        name = chance.choice(LISTS)
        path = tmp_path / f"{number}.json"
        twist = json.dumps(twisted(json.loads(content(name)), chance)).encode()
        path.write_bytes(chance.choice([damaged(content(name), chance), twist]))
        refresh(store, [Source(FEEDS[name], str(path))], DAY, add_new=True)
    after = store.token_prices()
    assert {row.model for row in before} <= {row.model for row in after}
    assert all(0.001 <= row.input_price_per_mtok <= 1000 or "free" in row.note for row in after)
