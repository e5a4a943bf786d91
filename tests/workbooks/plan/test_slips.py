"""A volume typed in millions is told, by a check and a sentence, with one workload and several.

The least that somebody can mean is that of the worksheet functions: 100,000 tokens a month.
"""

import pytest

from install.command import main
from tests import books, engines
from tests.workbooks.budgets import corner, write
from tests.workbooks.portfolio.files import CHAT, changed
from workbooks.plan.mixing.finding import found
from workbooks.portfolio.reading import parse_portfolio
from workbooks.sheets.budget import budget
from workbooks.sheets.portfolio.book import portfolio_book

CASES = [(6_000.0, True), (99_999.0, True), (100_000.0, False), (3e9, False)]


@pytest.mark.parametrize(("tokens", "is_slip"), CASES)
def test_a_check_of_one_workload_fails_below_100_000_tokens(tokens, is_slip):
    told = corner("rented", workload={"tokens_per_month": tokens, "growth_per_year": 0.0}).run()
    assert told["volume_check"] == is_slip


@pytest.mark.parametrize(("tokens", "is_slip"), CASES)
def test_a_portfolio_says_so_by_the_workloads_name(tokens, is_slip, tmp_path):
    def small(content):
        content["workload"][0] |= {"tokens_per_month": tokens}

    portfolio = parse_portfolio(changed(small), "small.toml")
    answer = found(portfolio, None, 0)
    said = [text for text in answer.sentences if "not in millions" in text]
    assert [text.startswith(f"{CHAT} has {tokens:,.0f} tokens") for text in said] == [
        True
    ] * is_slip
    path = tmp_path / "small.xlsx"
    path.write_bytes(portfolio_book(portfolio, answer))
    book = engines.ironcalc_values(path)["Checks"]
    row = next(c[1:] for c, v in book.items() if isinstance(v, str) and v.startswith(f"{CHAT}: in"))
    assert book[f"C{row}"] == is_slip


def test_the_check_is_live(tmp_path):
    """Typing the volume in tokens mends it."""
    ours = corner("rented", workload={"tokens_per_month": 6_000.0, "growth_per_year": 0.0})
    path = write(tmp_path, "live", budget(ours))
    cell = books.names(path)["volume_check"]
    assert engines.ironcalc_values(path)[cell[0]][cell[1]] == 1
    sheet, base = books.names(path)["tokens_per_month"]
    typed = {(sheet, f"{column}{base[1:]}"): 6e9 for column in "DEF"}
    mended = books.edit(path, typed, tmp_path / "mended.xlsx")
    assert engines.ironcalc_values(mended)[cell[0]][cell[1]] == 0


def test_the_command_says_it_first(tmp_path, capsys):
    path = tmp_path / "tiny.toml"
    text = '[workload]\ntokens_per_month = 6000\n[api]\napi_model = "openai/gpt-6.1-sol"\n'
    text += "[nodes]\nrent_per_gpu_hour = 2.0\nnode_tokens_per_second = 1000.0\n"
    path.write_text(text, encoding="utf-8")
    assert main(["budget", str(path), "--out", str(tmp_path / "tiny.xlsx")]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first.startswith("The plan has 6,000 tokens in its busiest month, fewer than 100,000")
