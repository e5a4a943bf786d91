"""Pictures of every command's answer on a terminal of 80 columns, kept as text.

``python -m tests.install.terminal.pictures`` draws them again after a change; look at the
difference before you keep it.
"""

import datetime
import os
import re
import shutil
import sys
import tempfile
from pathlib import Path

from tests.install.terminal.terminals import shown
from tests.workbooks.lint import bad

FOLDER = Path(__file__).parent / "pictures"
TESTS = Path(__file__).parents[2]
FEEDS = TESTS / "workbooks" / "prices" / "feeds" / "data"
FILES = {
    "usage.csv": TESTS / "workbooks/usage/data/openai_usage_completions_SYNTHETIC.csv",
    "gpus.csv": FEEDS / "skypilot_v8_vms_SYNTHETIC.csv",
    "list.json": FEEDS / "genai_prices_v2_2026-08-21_subset.json",
}
WITHOUT_ROWS = ("addin ", "mcp", "report", "approve", "undo", "add", "update")
"""What sets up add-ins, serves programs, or says a sentence or two of a budget folder."""
TEXTS = {
    "bill.csv": "month,model,tokens,cost\n2026-12,openai/gpt-6.1-sol,3.4e9,9000\n",
    "offer.csv": "Model,Input per 1M tokens (USD),Output per 1M tokens (USD)\ngpt-4o,2.1,8.4\n",
}
COMMANDS = {
    "actuals": "actuals mid-size bill.csv",
    "breakeven": "breakeven --price 20 --node-cost 5400 --capacity 388.8M --fixed 3000",
    "budget": "budget article-3",
    "close": "close 2026-12 mid-size bill.csv",
    "decide": "decide article-3",
    "diff": "diff article-1 article-3",
    "export": "export article-1",
    "freeze": "freeze bad.xlsx",
    "function": "functions BREAKEVEN_TOKENS",
    "functions": "functions",
    "init": "init ours.toml",
    "lint": "lint bad.xlsx",
    "mix": "mix article-3-engines --no-answers",
    "prices-gpus": "prices gpus --file gpus.csv",
    "prices-history": "prices history openai/o3",
    "prices-import": "prices import offer.csv --provider azure --valid-from 2026-11-01",
    "prices-rate": "prices rate EUR USD --on 2025-03-30",
    "prices-refresh": "prices refresh --from genai=list.json",
    "prices-show": "prices show --provider openai",
    "reconcile": "reconcile article-1",
    "risk": "risk article-3 --draws 300",
    "size": "size DeepSeek-V3.2 --tokens 50B --user-speed 20 --spare 0",
    "size-requests": "size Llama-3.3-70B --requests 2000/min --ttft 500 --user-speed 20",
    "sizing-validate": "sizing validate",
    "tco": "tco --capex 155000 --opex 2450 --labor 10000 --api-cost 3750",
    "template": "template",
    "usage-import": "usage import usage.csv",
}
REFUSED = (
    "size Llama-3-70B --tokens 1B",
    "budget mid-size --output-share 2 --out other.xlsx",
    "budget a/path/that/is/not/there/and/is/longer/than/sixty/columns.toml --out other.xlsx",
    "prices show openai/no-such-model",
    "functions NO_SUCH_FUNCTION",
    "mix article-3-engines --month 37",
    "breakeven --price cheap --node-cost 1",
)


def furnish(folder: Path) -> None:
    """Put the files that the commands read into the folder they are run in."""
    for name, path in FILES.items():
        shutil.copy(path, folder / name)
    for name, text in TEXTS.items():
        (folder / name).write_text(text, encoding="utf-8")
    bad.bad_book(folder / "bad.xlsx")


def picture(name: str) -> str:
    """Run a command of `COMMANDS` and return its picture."""
    command = COMMANDS[name]
    text = shown(80, *command.split())
    text = re.sub(r"\b\d+ days ago", "N days ago", text)
    return f"$ evenpoint {command}\n{text}".replace(str(datetime.date.today()), "TODAY-DATE")


def refusals() -> str:
    """Return what is said on a terminal of 60 columns about what cannot be done."""
    return "".join(f"$ {each}\n{shown(60, *each.split(), on='stderr')}" for each in REFUSED)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as own:
        os.chdir(own)
        for place in ("XDG_DATA_HOME", "LOCALAPPDATA", "HOME"):
            os.environ[place] = own
        furnish(Path(own))
        for name in sys.argv[1:] or COMMANDS:
            (FOLDER / f"{name}.txt").write_text(picture(name), encoding="utf-8")
        (FOLDER / "refusals.txt").write_text(refusals(), encoding="utf-8")
