"""The page on security names tests that exist, where they are."""

import ast
import re

from tests.addin.calc.hostile_documents import HOSTILE
from tests.checkout import ROOT

PAGE = ROOT / "install/SECURITY.md"


def test_every_test_it_names_is_there() -> None:
    """Each in the file named before it; a promise without a test would be no promise."""
    text = PAGE.read_text(encoding="utf-8")
    file, named = "", []
    for word in re.findall(r"`((?:tests/[\w/]+\.py)|test_\w+)`", text):
        if word.startswith("tests/"):
            file = word
        else:
            named.append((file, word))
    there = {
        file: {n.name for n in ast.parse((ROOT / file).read_text(encoding="utf-8")).body
               if isinstance(n, ast.FunctionDef)}
        for file, _ in named
    }  # fmt: skip
    assert [(file, name) for file, name in named if name not in there[file]] == []
    assert len(named) > 40


def test_it_counts_the_hostile_documents() -> None:
    """The number of them is the number that the test opens."""
    opened = sum(map(len, HOSTILE.values()))
    assert f"({opened} documents," in PAGE.read_text(encoding="utf-8")


def test_the_readme_leads_to_it() -> None:
    """Whoever looks for it begins there."""
    assert "(install/SECURITY.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
