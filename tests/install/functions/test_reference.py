"""The function reference says what the catalogue says, and the README's table with it."""

import re

import numpy as np
import pytest

from costcore.catalogue import FUNCTIONS
from costcore.language.quantities import is_number
from costcore.language.trace import Cell
from costcore.native import native
from install.functions.laid_out import WIDTH, laid_out
from install.functions.reference import (
    END,
    FOLDER,
    START,
    function_pages,
    injected,
    page,
    pages,
    table,
    write,
)

README = FOLDER.parent.parent / "README.md"
every_function = pytest.mark.parametrize("function", FUNCTIONS, ids=lambda f: f.name)


def test_the_reference_is_up_to_date():
    """The repository holds what the catalogue gives: ``python -m install.functions.reference``."""
    stored = {path.name: path.read_text(encoding="utf-8") for path in function_pages(FOLDER)}
    assert stored == pages()


def test_the_readme_has_the_table_of_the_catalogue():
    """Where the README has markers, the table between them is the one written today."""
    if not README.exists() or START not in README.read_text(encoding="utf-8"):
        pytest.skip("the README has no markers for the table")
    text = README.read_text(encoding="utf-8")
    assert injected(text) == text


def test_only_what_is_between_the_markers_changes():
    """The rest of the document is its author's."""
    text = f"Before\n{START}\nold\n{END}\nafter {{1}} \\1\n"
    assert injected(text) == f"Before\n{START}\n{table()}\n{END}\nafter {{1}} \\1\n"
    assert injected("no markers\n") == "no markers\n"


def test_every_link_leads_to_a_page():
    """From the table in the top folder, from the index, and from page to page."""
    folder = FOLDER.parent.parent
    for link in re.findall(r"\]\(([^)]+)\)", table()):
        assert (folder / link).exists()
    for text in pages().values():
        for link in re.findall(r"\]\(([^)]+)\)", text):
            assert link in pages()


@every_function
def test_a_page_answers_what_a_reader_asks(function):
    """Arguments with units and defaults, answer, errors, example, formula and source."""
    text = page(function)
    headings = re.findall(r"^## (.*)$", text, re.MULTILINE)
    expected = ["Arguments", "Answer", "Errors", "Example", "Formula", "Source"]
    assert headings == expected
    for name, (quantity, unit) in function.quantities.items():
        assert f"| `{name}` | {unit.label} | {quantity.help} |" in text
    assert function.example.source in text
    assert "``" not in text.replace("```", "")
    assert not re.search(r"\b(inf|nan)\b(?![^`]*```)", text.partition("## Example")[0])


SCALAR = [f for f in FUNCTIONS if not any(isinstance(a, tuple) for a in f.example.arguments)]


@pytest.mark.parametrize("function", SCALAR, ids=lambda f: f.name)
def test_the_example_of_a_page_gives_the_answer_it_shows(function):
    """Typed from the page, each call of plain values gives what stands below it."""
    typed, shown = re.search(
        r"## Example\n\n```\n=\w+\((.*)\)\n```\n\ngives\n\n```\n(.*?)\n```", page(function), re.S
    ).groups()
    cells = [t.strip('"') if '"' in t else float(t) for t in typed.split(", ")]
    found = np.atleast_1d(function.call(*cells)).ravel().tolist()
    values = [shown] if function.answers == "text" else shown.split()
    assert [str(v) if isinstance(v, str) else pytest.approx(v) for v in found] == [
        v if function.answers == "text" else float(v.replace("#N/A", "inf")) for v in values
    ]


@pytest.mark.parametrize("function", [f for f in FUNCTIONS if f.traces], ids=lambda f: f.name)
def test_the_formula_of_a_page_is_the_traced_one(function):
    """Broken into lines for the reader, it is still the formula that the engines recalculate."""
    cells = {n: Cell(n) for n in function.signature.parameters if is_number(n)}
    formula = native(function, cells)
    lines = laid_out(formula)
    assert re.sub(r"\s", "", "".join(lines)) == re.sub(r"\s", "", formula)
    assert max(map(len, lines)) <= WIDTH
    assert "```\n=" + "\n".join(lines) in page(function)


def test_writing_removes_the_page_of_a_function_that_is_no_more(tmp_path):
    """A reference never keeps a page that nothing stands behind."""
    (tmp_path / "GONE.md").write_text("old")
    write(tmp_path)
    assert {path.name for path in tmp_path.iterdir()} == set(pages())
