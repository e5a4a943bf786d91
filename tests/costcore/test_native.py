"""A LAMBDA pasted into Excel's Name Manager computes what the function of that name computes."""

import math
import re

import ironcalc
import pytest
import xlsxwriter
from openpyxl.formula import Tokenizer
from openpyxl.formula.tokenizer import Token

from costcore.catalogue import FUNCTIONS, function
from costcore.language.quantities import QUANTITIES, is_number
from costcore.language.trace import Cell
from costcore.native import CHOICES, as_lambda, native
from tests import engines

TRACED = [f for f in FUNCTIONS if f.traces]
every_traced = pytest.mark.parametrize("entry", TRACED, ids=lambda f: f.name)
KNOWN = {"ABS", "AND", "IF", "INT", "ISOMITTED", "LAMBDA", "LET", "MAX", "NA", "OR"}
KNOWN |= {"ROUND", "ROUNDUP"}
LONGEST_FORMULA = 8192  # characters, Excel's specification


def tokens(text):
    """Return the tokens of a formula, blanks left out."""
    return [t for t in Tokenizer(f"={text}").items if t.type != Token.WSPACE]


def parts(text):
    """Return the arguments of the call that a formula consists of."""
    found, depth = [""], 0
    for token in tokens(text)[1:-1]:
        depth += (token.subtype == Token.OPEN) - (token.subtype == Token.CLOSE)
        if token.type == Token.SEP and depth == 0:
            found.append("")
        else:
            found[-1] += token.value
    return found


def calls(entry):
    """Return the worked example, shorter calls, and calls with one input out of its bounds."""
    example = list(entry.example.arguments)
    names = list(entry.signature.parameters)
    needed = sum(p.default is p.empty for p in entry.signature.parameters.values())
    rows = [example, *(example[:n] for n in range(needed, len(example)))]
    for place in [i for i, n in enumerate(names[: len(example)]) if is_number(n)]:
        rule = QUANTITIES[names[place]]
        wrong = [rule.low - 0.5, *([rule.high + 1] if math.isfinite(rule.high) else [])]
        rows += [[*example[:place], w, *example[place + 1 :]] for w in wrong]
    for word in CHOICES["kind"] if "kind" in names else ():
        rows.append([10.0, 5_400.0, 388.8e6, 3_000.0, 0.0, 1.0, word])
        rows.append([*example[:-1], word])
    return rows


def same(found, value):
    """Say whether a cell shows an answer: never is #N/A, out of bounds is #NUM!."""
    if math.isfinite(value):
        return isinstance(found, int | float) and math.isclose(found, value, rel_tol=1e-9)
    return found == ("#NUM!" if math.isnan(value) else "#N/A")


CALLS = [(entry, call) for entry in TRACED for call in calls(entry)]


def test_lambdas_in_ironcalc():
    """Typed as they are printed and called with cells, all give the function's own answers."""
    model = ironcalc.create("lambdas", "en", "UTC", "en")
    for row, (entry, call) in enumerate(CALLS, start=1):
        for column, value in enumerate(call, start=2):
            model.set_user_input(0, row, column, str(value))
        cells = ", ".join(f"{chr(ord('A') + c)}{row}" for c in range(1, 1 + len(call)))
        model.set_user_input(0, row, 1, f"={as_lambda(entry)}({cells})")
    model.evaluate()
    wrong = [
        (entry.name, call, found)
        for row, (entry, call) in enumerate(CALLS, start=1)
        if not same(found := model.get_cell_value(0, row, 1), float(entry.call(*call)))
    ]
    assert len(CALLS) > 100
    assert wrong == []


def substituted(entry, cells):
    """Return a LAMBDA's body with cells put in for its arguments, for an engine without it."""
    *taken, body = parts(as_lambda(entry))
    given = dict(zip((name.strip("[]") for name in taken), cells, strict=False))
    names = dict(given)
    if body.startswith("LET("):
        *bound, body = parts(body)
        for inner, text in zip(bound[::2], bound[1::2], strict=True):
            _, default, outer = parts(text)
            names[inner] = given.get(outer, default)
    body = re.sub(r"ISOMITTED\((\w+)\)", lambda m: "FALSE()" if m[1] in given else "TRUE()", body)
    return "".join(
        names.get(t.value, t.value) if t.subtype == Token.RANGE else t.value for t in tokens(body)
    )


@pytest.mark.libreoffice
@pytest.mark.usefixtures("soffice")
def test_lambda_bodies_in_libreoffice(tmp_path):
    """The body of each, with cells for its arguments, gives the same in the other engine."""
    path = tmp_path / "bodies.xlsx"
    with xlsxwriter.Workbook(path) as workbook:
        sheet = workbook.add_worksheet("Sheet")
        for row, (entry, call) in enumerate(CALLS):
            sheet.write_row(row, 1, call)
            cells = [f"{chr(ord('B') + c)}{row + 1}" for c in range(len(call))]
            sheet.write_formula(row, 0, f"={substituted(entry, cells)}")
    found = engines.recalculate([path])[path]["Sheet"]
    wrong = [
        (entry.name, call, found[f"A{row}"])
        for row, (entry, call) in enumerate(CALLS, start=1)
        if not same(found[f"A{row}"], float(entry.call(*call)))
    ]
    assert wrong == []


@every_traced
def test_lambda_is_well_formed(entry):
    """Brackets close, functions exist in Excel, every name is an argument or was given a value."""
    text = as_lambda(entry)
    assert len(text) < LONGEST_FORMULA
    assert "\n" not in text  # the Name Manager has one line
    assert sum((t.subtype == Token.OPEN) - (t.subtype == Token.CLOSE) for t in tokens(text)) == 0
    opened = [t.value for t in tokens(text) if t.type == Token.FUNC and t.subtype == Token.OPEN]
    assert {name.rstrip("(") for name in opened} <= KNOWN
    names = {t.value for t in tokens(text) if t.subtype == Token.RANGE}
    optional = {n for n, p in entry.signature.parameters.items() if p.default is not p.empty}
    inside = {f"{name}_" for name in optional}
    assert names == {f"[{name}]" for name in optional} | inside | set(entry.signature.parameters)


@every_traced
def test_lambda_takes_the_arguments_of_the_function(entry):
    """In the same order, the optional ones in brackets."""
    given = [
        name if p.default is p.empty else f"[{name}]"
        for name, p in entry.signature.parameters.items()
    ]
    assert parts(as_lambda(entry))[:-1] == given


def test_a_word_from_a_cell_chooses_its_formula():
    """Excel picks the kind of break-even that the cell names, and refuses any other word."""
    text = native(
        function("breakeven_tokens"),
        {"api_price_per_mtok": Cell("B1"), "node_cost_per_month": Cell("B2"), "kind": Cell("B3")},
    )
    assert [f'B3 = "{kind}"' in text for kind in CHOICES["kind"]] == [True] * 3
    assert text.endswith("#VALUE!)))")


def test_what_is_not_one_formula_has_no_lambda():
    """A look-up or a loop is refused by name instead of written wrongly."""
    with pytest.raises(LookupError, match="TOKEN_PRICE cannot be one formula"):
        as_lambda(function("token_price"))
