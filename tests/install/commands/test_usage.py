"""The command from outside: files in, sentences and a scenario out."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from install.command import main
from tests.workbooks.usage.exports import DATA

RULE = '[[workload]]\nname = "{}"\npeak_factor = 2.4\ngrowth_per_year = 0\n'
USAGE = str(next(DATA.glob("openai_usage_completions*")))


def test_usage_becomes_a_budget(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The scenario that import writes is one that budget takes."""
    out, book = tmp_path / "workload.toml", tmp_path / "budget.xlsx"
    rules = tmp_path / "rules.toml"
    rules.write_text("".join(map(RULE.format, ("gpt-5.4", "gpt-4o-mini"))))
    told = ["usage", "import", USAGE, "--out", str(out)]
    assert main(told) == 2  # two models, and no export tells how they grow and peak
    asked = capsys.readouterr().err
    assert "no export tells peak_factor of gpt-5.4, gpt-4o-mini; growth_per_year of" in asked
    assert not out.exists()
    assert main([*told, "--rules", str(rules)]) == 0
    said = capsys.readouterr().out
    assert "its input includes the cached tokens" in said
    assert "3 of 3 days have data" in said
    assert "may be about persons: user_id, api_key_id" in said
    assert main(["budget", str(out), "--out", str(book)]) == 0
    assert book.stat().st_size > 10_000


def test_json_has_the_same_figures(capsys: pytest.CaptureFixture[str]) -> None:
    """And null where the export does not tell."""
    assert main(["usage", "import", USAGE, "--json"]) == 0
    figures = json.loads(capsys.readouterr().out)
    # 9,384,600 tokens in three days
    assert figures["tokens_per_month"]["base"] == pytest.approx(9_384_600 / 3 * 365 / 12)
    assert figures["peak_factor"] is None
    assert {month["model"] for month in figures["months"]} == {
        "gpt-5.4-2026-03-05", "gpt-4o-mini-2024-07-18",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ([], "Nothing to read; give files"),
        (["missing.csv"], "missing.csv cannot be read: No such file"),
        ([str(DATA)], "cannot be read: Is a directory"),
        ([USAGE, "--database", "postgresql://"], "needs both --database and --table"),
        ([str(next(DATA.glob("azure_ptu*"))), "--out", "w.toml"], "no token counts"),
    ],
)
def test_a_refusal_is_one_sentence(
    arguments: list[str],
    sentence: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """On stderr, with exit code 2, and nothing is written."""
    monkeypatch.chdir(tmp_path)
    assert main(["usage", "import", *arguments]) == 2
    said = capsys.readouterr().err
    assert sentence in said
    assert said.count("\n") == 1
    assert list(tmp_path.iterdir()) == []


def test_a_bill_in_a_currency_without_a_rate_is_not_held_against_the_plan(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """The central bank publishes none for it; its tokens are planned all the same."""
    bill = (DATA.parent / "public" / "refund_cur.csv").read_text()
    Path("bill.csv").write_text(bill.replace("USD", "ARS"))
    assert main(["usage", "import", "bill.csv", "--out", "ours.toml"]) == 0
    told = capsys.readouterr()
    assert "not held against the plan in USD: There is no currency 'ARS' in the table" in told.err
    assert "ARS: 3.50 read = 1.00 kept + 2.50 set aside: balances" in told.out
    assert 'name = "amazon.nova-pro-v1:0"' in Path("ours.toml").read_text()


def test_a_missing_engine_is_named_with_its_remedy() -> None:
    """The engines are an extra; the rest of the command works without them."""
    code = (
        "import sys; sys.modules['ibis'] = None; from install.command import main\n"
        f"sys.exit(main(['usage', 'import', {USAGE!r}]))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 2
    assert 'pip install "evenpoint[usage]"' in done.stderr
