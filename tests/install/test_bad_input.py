"""Bad input: one sentence with the place, the value and the rule; exit code 2; nothing written."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from install.command import main
from install.commands.questions import BREAKEVEN, TCO

MEASURED = "1x H200 SXM | gpt-oss-120b fp4 | 8192/1024"  # of the ready scenario mid-size
ROOT = Path(__file__).parents[2]
GOOD = """
[workload]
tokens_per_month = 1e9
[api]
api_model = "openai/o3"
[nodes]
hardware = "H100 SXM"
gpus_per_node_count = 2
system = "2x H100 SXM | Llama-3.3-70B fp8 | 1000/1000"
"""
FLAGS = {
    ("--api-model", "openai/o33"): "There is no model 'openai/o33' in the table; the nearest are "
    "openai/o3, openai/o1, openai/o3-mini.",
    ("--managed-model", "x"): "managed_model: There is no model 'x' in the table",
    ("--hardware", "H1000"): "hardware: There is no accelerator 'H1000' in the table; the nearest",
    ("--system", "2x H100"): "system: There is no measured system '2x H100' in the table",
    (
        "--hardware",
        "B200 SXM",
        "--system",
        MEASURED,
    ): "was measured on H200 SXM, but hardware is 'B200 SXM'",
    ("--gpus", "3"): "has 1 accelerators, but gpus_per_node_count is 3",
    ("--gpus", "0"): "--gpus is 0; it must be a whole number of at least 1.",
    ("--tokens", "-5"): "'--tokens': '-5' is not a volume; write a number of tokens such as 500M",
    ("--tokens", "many"): "'--tokens': 'many' is not a volume",
    ("--tokens", "1e300"): "'--tokens': '1e300' is not a volume",
    ("--growth", "fast"): "'--growth': 'fast' is not a number.",
    ("--growth", "nan"): "--growth is nan; it must be a number from -0.99 to 2",
    ("--output-share", "1.5"): "--output-share is 1.5; it must be a number from 0 to 1.",
    ("--months", "0"): "--months is 0; it must be a whole number from 12 to 60.",
    ("--months", "600"): "--months is 600; it must be a whole number from 12 to 60.",
    ("--currency", "XXX"): "currency 'XXX' has no exchange rate on 2026-11-09: There is no",
    ("--as-of", "yesterday"): "'--as-of': 'yesterday' is not a date such as 2026-11-21.",
    ("--as-of", "2023-01-01"): "The first rate for USD is of 2024-12-31, after 2023-01-01.",
    ("--as-of", "0001-01-01"): "it must be a date such as 2026-11-21, from 2020-01-01",
    ("--case", "middle"): "'--case'",
    ("--out", "budget.xls"): "budget.xls is no workbook name; it must end in .xlsx.",
    ("--out", "budget"): "budget is no workbook name; it must end in .xlsx.",
    ("--out", "nowhere/b.xlsx"): "nowhere/b.xlsx cannot be written: there is no folder nowhere.",
    ("--colour", "red"): "--colour",
    ("no-such.toml",): "no-such.toml cannot be read: No such file or directory; name a scenario "
    "file or one of article-1, article-2, article-3, mid-size.",
    (".",): "cannot be read: ",
}
FILES = {
    "tokens_per_mont = 1": "'tokens_per_mont' is neither a setting nor a section; did you mean",
    "[workload]\ntokens_per_mont = 1": "'tokens_per_mont' is not in [workload]; did you mean "
    "'tokens_per_month'?",
    "[workload]\ntokens_per_month = -1": "tokens_per_month is -1; it must be a number of at least",
    "[workload]\ntokens_per_month = 'all'": "tokens_per_month is 'all'; it must be a number of",
    "[workload]\ntokens_per_month = nan": "tokens_per_month is nan; it must be a number of at",
    "[workload]\ntokens_per_month = true": "tokens_per_month is True; it must be a number of at",
    f"[workload]\ntokens_per_month = 1{'0' * 400}": "tokens_per_month is 1000",
    f"[workload]\ntokens_per_month = 0x{'f' * 9000}": "a number of thousands of digits; it must",
    "[workload]\ntokens_per_month = { low = 1 }": "tokens_per_month has no base; give base, or",
    "[workload]\ntokens_per_month = { bas = 1 }": "'bas' is not part of tokens_per_month; did you",
    "[workload]\ntokens_per_month = { base = 1, high = -2 }": "tokens_per_month (high) is -2",
    "[workload]\ntokens_per_month = { base = 1, source = 5 }": "source of tokens_per_month is 5",
    "[workload": "is not a TOML file: ",
    "title = 'a'\ntitle = 'b'": "is not a TOML file: Cannot overwrite a value",
    f"title = {'[' * 5000}": "is not a TOML file: ",
    "\udcff": "is not a TOML file: ",
    "workload = 5": "workload is 5; it must be a section: [workload]",
    "title = 5": "title is 5; it must be text of at most 1000 characters",
    "as_of = 2026-11-21T10:00:00": "as_of is 2026-11-21T10:00:00; it must be a date such as",
    "start_month = 9999-12-01": "start_month is 9999-12-01; it must be a date such as",
    "horizon_months = 0": "horizon_months is 0; it must be a whole number from 12 to 60",
    "horizon_months = 600": "horizon_months is 600; it must be a whole number from 12 to 60",
    "horizon_months = 36.5": "horizon_months is 36.5; it must be a whole number from 12 to 60",
    "[workload]\ncached_share = 0.8": "tokens_per_month is missing; it must be a number",
    "[series]\nforecast_tokens_per_month = [1, -2]": "forecast_tokens_per_month is [1, -2]; it",
}
CHANGES = {
    ("[api]", "cached_share = 0.8\ncache_write_share = 0.4\n[api]"): (
        "cached_share and cache_write_share are 0.8 and 0.4; together they must be at most 1"
    ),
    ('system = "2x H100 SXM | Llama-3.3-70B fp8 | 1000/1000"', ""): (
        "hardware 'H100 SXM' has no throughput; name a measured system, such as '16x H100 SXM"
    ),
    ('hardware = "H100 SXM"\n', ""): "hardware is not named; name one of the table, or give rent",
    ('"H100 SXM"\ng', '"Trainium3"\ng'): "hardware 'Trainium3' has no price to rent in the table",
    ('"H100 SXM"\ng', '"A10"\ng'): "was measured on H100 SXM, but hardware is 'A10'",
    ("gpus_per", "node_tokens_per_second = 0\ngpus_per"): "node_tokens_per_second is 0; a node",
    (
        "gpus_per",
        "sla_share = { low = 0, base = 1 }\ngpus_per",
    ): "case downside: sla_share is 0; a node",
    ("gpus_per", 'acquisition_kind = "lease"\ngpus_per'): "has no price to lease in the table",
    ("gpus_per", 'acquisition_kind = "steal"\ngpus_per'): "acquisition_kind is 'steal'; it must",
    ("gpus_per", "life_months = 36.5\ngpus_per"): "life_months is 36.5; it must be a whole number",
    ("openai/o3", "article-1/gpt-4-turbo"): "api_model: The table has no price for article-1",
    ('api_model = "openai/o3"', ""): "api_model is missing; name a model of the price table",
    ("[nodes]", "[series]\nseason_factor = [1, 2]\n[nodes]"): "season_factor has 2 numbers; it",
    ("[nodes]", f"[series]\nforecast_tokens_per_month = {[1] * 37}\n[nodes]"): (
        "forecast_tokens_per_month has 37 months, but horizon_months is 36"
    ),
}
QUESTIONS = {
    ("breakeven", "--price", "20"): "Missing option '--node-cost'.",
    ("breakeven", "--price", "-3", "--node-cost", "1"): "--price is -3; it must be a number of at",
    ("breakeven", "--price", "nan", "--node-cost", "1"): "--price is nan; it must be a number of",
    ("breakeven", "--price", "inf", "--node-cost", "1"): "--price is inf; it must be 0 or between",
    ("breakeven", "--price", "x", "--node-cost", "1"): "'--price': 'x' is not a number.",
    ("breakeven", "--price", "1", "--node-cost", "1", "--capacity", "5X"): "'5X' is not a volume",
    ("breakeven", "--price", "13.8889", "--node-cost", "5400", "--capacity", "388.8M", "--fixed",
     "0"): "With --capacity 388.8 M there are",
    ("tco", "--capex", "1", "--opex", "1", "--years", "2.5"): "--years is 2.5; it must be a whole",
    ("tco", "--capex", "1", "--opex", "1", "--years", "99"): "--years is 99; it must be a whole",
    ("prices",): "Usage: evenpoint prices",
    ("prices", "show", "gpt"): "There is no model 'gpt' in the table; the nearest are",
    ("prices", "show", "--provider", "Googel"): "There is no provider 'Googel'; the nearest are",
    ("prices", "show", "openai/o3", "--provider", "Google"): "Google has no price of openai/o3",
    ("prices", "show", "article-1/gpt-4-turbo", "--as-of", "2026-01-01"): "has no price for",
    ("functions", "breakeven"): "There is no function 'breakeven'; the nearest are BREAKEVEN_",
    ("init", "scenario.xlsx"): "scenario.xlsx is no scenario name; it must end in .toml.",
    ("init", "x.toml", "--from", "article-9"): "There is no ready scenario 'article-9'; there are",
    ("init", "ours", "--from", "article-9"): "article-9 cannot be read: No such file or directory;",
    ("update",): "This is no budget folder, and none of those above it is; evenpoint init",
    ("approve",): "This is no budget folder, and none of those above it is; evenpoint init",
    ("undo",): "This is no budget folder, and none of those above it is; evenpoint init",
    ("add", "x.csv"): "This is no budget folder, and none of those above it is;",
    ("budget", "--folder", "nowhere"): "nowhere is no budget folder; evenpoint init nowhere",
    ("plan",): "No such command 'plan'",
}  # fmt: skip


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder to run every command in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def refused(capsys, *arguments):
    """The one sentence a refused command leaves on stderr."""
    before = contents()
    assert main(list(map(str, arguments))) == 2
    said = capsys.readouterr()
    assert said.out == ""
    assert "Traceback" not in said.err
    assert contents() == before
    return said.err


def contents():
    """Every file here with its bytes."""
    return {path: path.read_bytes() for path in Path().rglob("*") if path.is_file()}


@pytest.mark.parametrize(("typed", "sentence"), FLAGS.items(), ids=map(" ".join, FLAGS))
def test_a_wrong_flag_is_refused_with_its_value_and_rule(typed, sentence, capsys):
    """The flag or the input it stands for is named, and what would be right."""
    said = refused(capsys, "budget", *typed)
    assert sentence in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(("text", "sentence"), FILES.items(), ids=map("{:.40}".format, FILES))
def test_a_wrong_file_is_refused_by_name_key_and_rule(text, sentence, capsys):
    """Whatever the file holds, its name comes first, and the sentence stays short."""
    Path("ours.toml").write_bytes(text.encode("utf-8", "surrogateescape"))
    said = refused(capsys, "budget", "ours.toml")
    assert said.startswith("ours.toml")
    assert sentence in said
    assert said.count("\n") == 1
    assert len(said) < 400


@pytest.mark.parametrize(("change", "sentence"), CHANGES.items(), ids=[c[1][:40] for c in CHANGES])
def test_a_plan_that_cannot_be_costed_is_refused(change, sentence, capsys):
    """One thing is wrong in a scenario that is otherwise fine; all three cases are checked."""
    Path("ours.toml").write_text(GOOD.replace(*change), encoding="utf-8")
    assert sentence in refused(capsys, "budget", "ours.toml")
    Path("ours.toml").write_text(GOOD, encoding="utf-8")
    assert main(["budget", "ours.toml"]) == 0


@pytest.mark.parametrize(
    ("typed", "sentence"), QUESTIONS.items(), ids=[" ".join(q) for q in QUESTIONS]
)
def test_a_wrong_question_is_refused(typed, sentence, capsys):
    """The same holds for every other command."""
    assert sentence in refused(capsys, *typed)


def test_a_real_process_ends_with_code_2_and_one_sentence(folder):
    """What a shell and a script see."""
    done = subprocess.run(
        [sys.executable, "-m", "install.command", "budget", "--months", "600"],
        env={**os.environ, "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 2
    assert done.stdout == ""
    assert done.stderr == "--months is 600; it must be a whole number from 12 to 60.\n"
    assert not list(folder.iterdir())


def test_an_existing_file_is_never_written_over(capsys):
    """Neither a workbook nor a scenario; only --force replaces a workbook."""
    Path("budget.xlsx").write_text("mine")
    assert "exists already and stays as it is; --force replaces it" in refused(capsys, "budget")
    Path("scenario.toml").write_text("mine")
    assert "exists already and stays as it is; give another name" in refused(
        capsys, "init", "scenario.toml"
    )


@pytest.mark.parametrize("lock", ["~$budget.xlsx", ".~lock.budget.xlsx#"])
def test_a_workbook_open_elsewhere_is_left_alone_even_with_force(lock, capsys):
    """Excel and LibreOffice leave such a file beside one they have open."""
    Path("budget.xlsx").write_text("mine")
    Path(lock).touch()
    assert "is open in Excel or LibreOffice" in refused(capsys, "budget", "--force")


def test_a_folder_is_no_file(capsys):
    """With --force neither."""
    Path("budget.xlsx").mkdir()
    assert "budget.xlsx is a folder" in refused(capsys, "budget", "--force")


def test_a_file_that_cannot_be_written_leaves_nothing_behind(capsys):
    """The file system itself refuses too long a name, or one too long for the file beside it."""
    said = refused(capsys, "budget", "--out", f"{'x' * 300}.xlsx")
    assert "cannot be written" in said
    said = refused(capsys, "budget", "--out", f"{'x' * 249}.xlsx")
    assert "cannot be written" in said


@pytest.mark.skipif(os.name == "nt", reason="Windows has no read-only folders")
def test_a_read_only_folder_is_named(capsys, folder):
    """The system's own reason is passed on."""
    (folder / "locked").mkdir(mode=0o500)
    if os.access(folder / "locked", os.W_OK):
        pytest.skip("this user may write everywhere")
    said = refused(capsys, "budget", "--out", "locked/budget.xlsx")
    assert "locked/budget.xlsx cannot be written: Permission denied" in said


NUMBERS = st.one_of(
    st.floats(), st.floats(0, 1e16), st.integers(-2, 40), st.sampled_from(["x", "", "1e15", "1_0"])
)


@pytest.mark.parametrize(
    ("question", "flags"),
    [("breakeven", {**BREAKEVEN, "tokens": ""}), ("tco", {**TCO, "api_cost": ""})],
)
@given(data=st.data())
def test_no_number_brings_a_question_down(question, flags, data):
    """It is answered or refused; never anything else, and never with nan."""
    arguments = [question]
    for flag in flags:
        if data.draw(st.booleans()) or flag in ("price", "node_cost", "capex", "opex"):
            arguments.append(f"--{flag.replace('_', '-')}={data.draw(NUMBERS)}")
    assert main([*arguments, "--json"]) in (0, 2)
    assert main(arguments) in (0, 2)
