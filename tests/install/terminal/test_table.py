"""No table loses a word at any width without saying so, and none is cut in a file."""

import io
import re
from contextlib import redirect_stderr, redirect_stdout

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from rich.cells import cell_len

pytest.importorskip("fcntl", reason="Windows has no pseudo-terminals")

from install.terminal.answers import print_table
from install.terminal.screen import Screen
from install.terminal.table import progress
from tests.install.terminal.terminals import STYLE, Terminal

WORD = st.text(st.sampled_from("abcXYZ019.,%-/|_é漢"), min_size=1, max_size=30)
TITLE = st.text(st.sampled_from("abcXYZ019/"), min_size=1, max_size=14)
TEXT = st.lists(WORD, max_size=25).map(" ".join)
NUMBER = st.sampled_from(["", "1,234,567.89", "-12", "0.001", "never", "6 x 8", "1.5 B"])


@st.composite
def tables(draw):
    """Titles, rows, and which columns may be left out."""
    names = draw(st.lists(TITLE, min_size=2, max_size=9, unique=True))
    titles = {"Name": False} | {name: draw(st.booleans()) for name in names}
    row = st.tuples(WORD, *(NUMBER if titles[name] else TEXT for name in names))
    rows = draw(st.lists(row, min_size=1, max_size=5))
    return titles, rows, draw(st.lists(st.sampled_from(names), unique=True))


def printed(table, stream):
    """What a table looks like on a stream, without colours."""
    titles, rows, spare = table
    with redirect_stdout(Screen(stream)):
        print_table(titles, rows, spare)
    text = stream.getvalue()
    stream.close()
    return STYLE.sub("", text)


def left_out(said, table):
    """The titles that a picture says are left out."""
    told = re.search(r"\nLeft out at \d+ columns: (.*?)\. A wider", said, re.DOTALL)
    names = " ".join(told[1].split()).split(", ") if told else []
    assert set(names) <= set(table[2])
    return names


@given(tables(), st.integers(60, 200))
@example(({"Name": False, "Why": False}, [("a" * 30, "b " * 80)], []), 60)
def test_every_word_is_there_or_its_column_is_said_to_be_left_out(table, width):
    """Each word of each cell and heading stands in one piece, as often as it was given."""
    titles, rows, _ = table
    said = printed(table, Terminal(width))
    gone = left_out(said, table)
    shown = said.split()
    kept = [place for place, title in enumerate(titles) if title not in gone]
    words = [word for row in rows for place in kept for word in row[place].split()]
    assert [
        w for w in set(words) if cell_len(w) == len(w) and shown.count(w) < words.count(w)
    ] == []
    letters = "".join(shown)
    assert all(
        letters.count(letter) >= "".join(words).count(letter) for letter in set("".join(words))
    )
    filled = [title for place, title in enumerate(titles) if any(row[place] for row in rows)]
    assert [t for t in filled if t not in gone and t not in shown and t != "Name"] == []


@given(tables(), st.integers(60, 200))
def test_no_line_is_wider_than_the_terminal(table, width):
    """Only a word that is longer than the room for it may stand out, and none here is."""
    lines = printed(table, Terminal(width)).splitlines()
    assert [line for line in lines if cell_len(line.rstrip()) > width and line.isascii()] == []


@given(tables())
def test_a_file_has_every_column_and_each_row_on_a_line(table):
    """What is piped is never cut or wrapped, so that other programs find a row whole."""
    titles, rows, _ = table
    said = printed(table, io.StringIO())
    assert "Left out" not in said
    heading, _rule, *lines = map(_squeezed, said.strip("\n").split("\n"))
    assert heading == "".join(titles)
    assert lines == [_squeezed("".join(row)) for row in rows]


def _squeezed(text):
    return "".join(text.split())


def test_the_least_needed_columns_go_first_and_a_row_becomes_a_record():
    """At 80 columns nothing is left out, at 50 the first spare one, at 39 rows are records."""
    titles = {"Hardware": False, "GPUs": True, "Use": True, "USD a month": True, "Verdict": False}
    row = ("MI325X fp8", "6 x 8", "24%", "68,328", "cheapest, at the rent of one provider")
    table = (titles, [row], ["Use", "GPUs"])
    assert "24%" in printed(table, Terminal(80))
    said = printed(table, Terminal(50))
    assert "24%" not in said
    assert "Left out at 50 columns: Use. A wider window or\n--json shows them." in said
    assert printed(table, Terminal(39)) == (
        "\nMI325X fp8\n  GPUs         6 x 8\n  Use          24%\n  USD a month  68,328\n"
        "  Verdict      cheapest, at the rent of\n               one provider\n\n"
    )


def test_text_never_stands_one_word_on_a_line():
    """A long reason beside many numbers takes a record rather than a column of words."""
    numbers = {f"number{each}": True for each in range(7)}
    reason = "software before 2025 was several times slower than what is measured now " * 2
    said = printed(
        ({"Name": False, **numbers, "Why": False}, [("x", *["1"] * 7, reason)], []), Terminal(70)
    )
    assert max(len(line.split()) for line in said.splitlines()) > 5
    assert len(said.splitlines()) < 20


@pytest.mark.parametrize("width", [60, 80, 100, 200])
def test_sentences_wrap_at_words(width):
    """On a terminal; a word is never broken, such as a path that is to be copied."""
    path = "a/long/path/" * 20
    sentence = f"  {'Every word of this sentence stays in one piece. ' * 5}See {path} for it."
    terminal = Terminal(width)
    Screen(terminal).write(f"{sentence}\nshort\n")
    lines = terminal.getvalue().splitlines()
    terminal.close()
    assert " ".join(" ".join(lines).split()) == " ".join(f"{sentence} short".split())
    assert all(len(line) <= width for line in lines if path not in line)
    assert all(line.startswith("  ") for line in lines[:-1])
    plain = io.StringIO()
    Screen(plain).write(sentence)
    assert plain.getvalue() == sentence


def test_progress_names_its_file_whole_at_60_columns(monkeypatch):
    """Its share stays a number, and a name in [brackets] is a name."""
    monkeypatch.setenv("COLUMNS", "60")
    name = "usage-of-the-whole-company-by-model-and-hour-in-2026-08 [red].csv"
    terminal = Terminal(60)
    with redirect_stderr(Screen(terminal)), progress() as bar:
        bar.update(bar.add_task(name, total=1.0), completed=0.4)
        bar.refresh()
    said = STYLE.sub("", terminal.getvalue())
    terminal.close()
    assert "40%" in said
    assert "".join(name.split()) in "".join(re.sub("[━╺╸]|[0-9]+%", "", said).split())
