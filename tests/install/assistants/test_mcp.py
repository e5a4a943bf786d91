"""An assistant calls the functions and the commands, through the protocol's own client."""

import json
import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

import anyio
import openpyxl
import pytest
from mcp import Client, StdioServerParameters, types
from mcp.client.context import ClientRequestContext

from addin.cells import CellError, evaluate
from costcore.catalogue import FUNCTIONS, function
from costcore.language.quantities import is_number
from install.command import main
from workbooks import tables
from workbooks.folder import receipts

Call = Callable[[Client], Any]
MODES = ("auto", "legacy")
"""The protocol since July 2026, where a question is an answer; and before, where it is a call."""


class Person:
    """Somebody at the assistant's screen, who agrees to whatever is called yes."""

    def __init__(self) -> None:
        self.asked: list[str] = []

    async def __call__(
        self, _context: ClientRequestContext, params: types.ElicitRequestParams
    ) -> types.ElicitResult:
        self.asked.append(params.message)
        return types.ElicitResult(action="accept", content={"write": "yes.xlsx" in params.message})


def session(calls: Call, folder: Path, mode: str = "auto", person: Person | None = None) -> Any:
    """What an assistant learns that has started `evenpoint mcp` in a folder."""

    async def asking() -> Any:
        server = StdioServerParameters(
            command=sys.executable,
            args=["-m", "install.command", "mcp"],
            env={"XDG_DATA_HOME": str(folder / "data")},
            cwd=folder,
        )
        async with Client(server, mode=mode, elicitation_callback=person) as client:
            return await calls(client)

    return anyio.run(asking)


@dataclass
class Seen:
    """What one assistant saw, for whom nobody can be asked."""

    folder: Path
    tools: dict[str, types.Tool] = field(default_factory=dict)
    answers: dict[str, types.CallToolResult] = field(default_factory=dict)
    sockets: set[str] = field(default_factory=set)

    def told(self, name: str) -> Any:
        """The data of an answer, which its text says too."""
        [text] = self.answers[name].content
        assert isinstance(text, types.TextContent)
        assert json.loads(text.text) == self.answers[name].structured_content
        return self.answers[name].structured_content


CALLS: dict[str, tuple[str, dict[str, Any]]] = {
    "never": (
        "BREAKEVEN_TOKENS",
        {
            "api_price_per_mtok": 10,
            "node_cost_per_month": 5_400,
            "capacity_tokens_per_month": 388.8e6,
        },
    ),
    "named rows": (
        "FITS",
        {
            "model_row": "gpt-oss-120b",
            "accelerator_row": "H200 SXM",
            "gpus_count": 1,
            "weight_precision": "fp4",
        },
    ),
    "no such row": (
        "FITS",
        {
            "model_row": "gpt-oss-120c",
            "accelerator_row": "H200 SXM",
            "gpus_count": 1,
            "weight_precision": "fp4",
        },
    ),
    "old price": (
        "TOKEN_PRICE",
        {
            "model": "openai/o3",
            "component": "input",
            "price_table": "shipped",
            "as_of": "2025-06-09",
        },
    ),
    "misspelt": ("TCO_3YR", {"capexx": 155_000}),
    "budget": ("budget", {"scenario": "article-1"}),
    "size": ("size", {"model": "Llama-3.3-70B", "tokens": "2.7B", "hardware": ["L40S"]}),
    "mix": ("mix", {"scenario": "company", "answers": False}),
    "prices": ("prices", {"model": "openai/gpt-4o"}),
    "refused": ("size", {"model": "Llama-9", "tokens": "2.7B"}),
    "unasked": ("budget", {"scenario": "article-1", "out": "ours.xlsx"}),
}


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """Everything in one conversation, as starting a program takes longer than its answers."""
    ours = Seen(tmp_path_factory.mktemp("assistant"))

    async def everything(client: Client) -> None:
        ours.tools = {tool.name: tool for tool in (await client.list_tools()).tools}
        for entry in FUNCTIONS:
            ours.answers[entry.name] = await client.call_tool(entry.name, given(entry.name))
        for name, (tool, arguments) in CALLS.items():
            ours.answers[name] = await client.call_tool(tool, arguments)
        ours.sockets = {socket for each in children() for socket in sockets(each)}

    session(everything, ours.folder)
    return ours


def test_every_worksheet_function_and_five_commands_are_offered(seen: Seen) -> None:
    """None is left out."""
    names = [entry.name for entry in FUNCTIONS]
    assert sorted(seen.tools) == sorted([*names, "budget", "size", "mix", "prices", "refresh"])


def test_arguments_have_the_meaning_unit_and_bounds_of_the_catalogue(seen: Seen) -> None:
    """Read off `QUANTITIES`, argument by argument."""
    for entry in FUNCTIONS:
        tool = seen.tools[entry.name]
        assert (tool.description or "").startswith(entry.summary)
        properties = tool.input_schema["properties"]
        assert list(properties) == list(entry.quantities)
        for name, (quantity, unit) in entry.quantities.items():
            shown = properties[name]
            assert quantity.help in shown["description"]
            assert unit.label in shown["description"]
            if is_number(name):
                assert shown.get("minimum", -float("inf")) == quantity.low
                assert shown.get("maximum", float("inf")) == quantity.high


@pytest.mark.parametrize("tool", ["budget", "size", "mix", "prices", "refresh"])
def test_a_command_takes_the_flags_of_its_help(
    seen: Seen, tool: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """All that `--help` lists but those that an assistant does not decide."""
    commands = {"prices": ["prices", "show"], "refresh": ["prices", "refresh"]}
    assert main([*commands.get(tool, [tool]), "--help"]) == 0
    helped = set(re.findall(r"^  --([a-z-]+)", capsys.readouterr().out, re.MULTILINE))
    withheld = {"json", "force", "help", "apply", "store", "rentals"}
    withheld |= {"from"} if tool == "refresh" else set()
    taken = {name.replace("_", "-") for name in seen.tools[tool].input_schema["properties"]}
    without_name = {"size": "model", "prices": "model"}.get(tool, "scenario")
    assert taken - {without_name} == helped - withheld


def test_every_example_of_the_catalogue_is_answered_as_in_a_cell(seen: Seen) -> None:
    """What `addin.cells` shows in a cell; every answer says where its figures come from."""
    for entry in FUNCTIONS:
        shown = evaluate(entry, list(entry.example.arguments))
        found = seen.told(entry.name)
        if isinstance(shown, CellError):
            assert (found["value"], found["error"]) == (None, shown.value)
        else:
            assert found["value"] == json.loads(json.dumps(shown, default=lambda e: e.value))
        assert all(line["source"] and line["as_of"] for line in found["sources"])


def given(name: str) -> dict[str, Any]:
    """The arguments of a catalogue example, as JSON carries them."""
    entry = function(name)
    pairs = dict(zip(entry.quantities, entry.example.arguments, strict=False))
    return json.loads(json.dumps(pairs, default=str))  # type: ignore[no-any-return]


def test_an_error_comes_with_its_reason(seen: Seen) -> None:
    """The reason that Excel's ribbon shows for the same cell."""
    never = seen.told("never")
    assert never["error"] == "#N/A"
    assert "a full node costs 13.89 per million tokens" in never["why"]


def test_a_model_and_an_accelerator_are_called_by_name(seen: Seen) -> None:
    """The rows of the shipped tables, whose source and date come along."""
    found, row, card = (
        seen.told("named rows"),
        tables.model("gpt-oss-120b"),
        tables.accelerator("H200 SXM"),
    )
    assert found["value"] == 1.0  # 61 GB of weights in 141 GB
    assert [(line["source"], line["as_of"]) for line in found["sources"][:2]] == [
        (row.source, str(row.as_of)),
        (card.spec_source, str(card.spec_as_of)),
    ]
    assert "gpt-oss-120b" in seen.told("no such row")["refused"]  # the nearest


def test_a_price_is_that_of_its_day(seen: Seen) -> None:
    """OpenAI cut o3 on 2025-06-10."""
    expected = tables.price_on("openai/o3", date(2025, 6, 9))
    found = seen.told("old price")
    assert found["value"] == expected.input_price_per_mtok == 10.0
    line = {"of": "price_table", "source": expected.source, "as_of": str(expected.as_of)}
    assert line in found["sources"]


def test_what_a_tool_does_not_take_is_refused_in_a_sentence(seen: Seen) -> None:
    """A misspelt argument would otherwise be a default."""
    assert seen.answers["misspelt"].is_error
    assert "takes no argument capexx" in seen.told("misspelt")["refused"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("tool", "command"),
    [
        ("budget", ["budget", "article-1"]),
        ("size", ["size", "Llama-3.3-70B", "--tokens", "2.7B", "--hardware", "L40S"]),
        ("mix", ["mix", "company", "--no-answers"]),
        ("prices", ["prices", "show", "openai/gpt-4o"]),
    ],
)
def test_a_command_answers_an_assistant_as_it_answers_a_person(
    seen: Seen, tool: str, command: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    """The same JSON, with sources; a budget that nobody asked to keep has no file."""
    assert main([*command, "--json"]) == 0
    printed = json.loads(capsys.readouterr().out)
    found = seen.told(tool)
    assert found == ({**printed, "file": None} if tool == "budget" else printed)
    lines = found["prices"] if tool == "prices" else found["sources"]
    assert lines
    assert all(line["source"] and line["as_of"] for line in lines)


def test_a_command_refuses_an_assistant_as_it_refuses_a_person(
    seen: Seen, capsys: pytest.CaptureFixture[str]
) -> None:
    """In the same sentence."""
    assert main(["size", "Llama-9", "--tokens", "2.7B"]) == 2
    assert seen.answers["refused"].is_error
    assert seen.told("refused")["refused"] == capsys.readouterr().err.strip()


def test_where_nobody_can_be_asked_nothing_is_written(seen: Seen) -> None:
    """The user is told what to type instead; no call has left a file behind."""
    assert seen.answers["unasked"].is_error
    assert seen.told("unasked")["refused"].endswith("--out=ours.xlsx -- article-1")
    assert list(seen.folder.iterdir()) == []


def test_nothing_listens_on_the_network(seen: Seen) -> None:
    """What sockets the program has is read off /proc while it serves: none of the network."""
    if not Path("/proc/net/tcp").exists():
        pytest.skip("only Linux lists its sockets in /proc")
    assert seen.sockets == set()


def children() -> list[int]:
    """The programs that this one has started."""
    tasks = Path("/proc/self/task").glob("*/children")
    return [int(each) for task in tasks for each in task.read_text().split()]


def sockets(process: int) -> set[str]:
    """The network sockets a program has open."""
    net = ("tcp", "tcp6", "udp", "udp6")
    lists = [Path(f"/proc/{process}/net/{each}") for each in net]
    lines = [line for each in lists if each.exists() for line in each.read_text().splitlines()[1:]]
    inodes = {line.split()[9] for line in lines}
    files = [str(each.readlink()) for each in Path(f"/proc/{process}/fd").iterdir()]
    return {file for file in files if file.removeprefix("socket:[").rstrip("]") in inodes}


@pytest.mark.slow
@pytest.mark.parametrize("mode", MODES)
def test_what_is_written_was_agreed_to(mode: str, tmp_path: Path) -> None:
    """A workbook, prices in it and in one's own table: after a yes, and not after a no."""
    for name in ("no.xlsx", "yes.xlsx", "there.xlsx"):
        stale_book(tmp_path / f"prices-{name}")
    receipts.write(tmp_path, [{"table": "folder"}])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    person = Person()

    async def asking(client: Client) -> list[bool]:
        results = []
        for name in ("no.xlsx", "yes.xlsx"):
            budget = {"scenario": "article-1", "out": f"new-{name}"}
            refresh = {"offline": True, "workbook": f"prices-{name}"}
            results.append(await client.call_tool("budget", budget))
            results.append(await client.call_tool("refresh", refresh))
        results.append(await client.call_tool("budget", {"out": "prices-there.xlsx"}))
        return [each.is_error for each in results]

    assert session(asking, tmp_path, mode, person) == [True, True, False, False, True]
    assert len(person.asked) == 4  # and not whether to write over a file
    assert person.asked[0] == f"Write {tmp_path / 'new-no.xlsx'}?"
    assert f"dates and sources of {tmp_path / 'prices-yes.xlsx'} (Prices!" in person.asked[3]
    assert re.search(r"\(Prices!\w+ \S+, Input price per mtok: \S+ -> \S+ \(", person.asked[3])
    assert price_of_o3(tmp_path / "prices-yes.xlsx") == [2]
    after = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.is_file()}
    changed = {name for name, content in after.items() if before.get(name) != content}
    backup = next(name for name in changed if name not in ("new-yes.xlsx", "prices-yes.xlsx"))
    assert changed == {"new-yes.xlsx", "prices-yes.xlsx", backup}
    assert after[backup] == before["prices-yes.xlsx"]
    _, receipt = receipts.read(tmp_path)  # one for the folder, one for what was agreed to
    assert receipt.of("source")


def stale_book(path: Path) -> None:
    """Write a budget in which a price is one that the list had earlier."""
    if not Path("ours.xlsx").exists():
        assert main(["budget", "--out", "ours.xlsx"]) == 0
    book = openpyxl.load_workbook("ours.xlsx")
    row = next(r for r in book["Prices"].iter_rows(min_row=6) if r[0].value == "openai/o3")
    row[3].value = 10.0  # what OpenAI asked before 2025-06-10
    book.save(path)


def price_of_o3(path: Path) -> list[object]:
    """Return what a workbook has as its input price, in each row."""
    rows = openpyxl.load_workbook(path)["Prices"].values
    return [row[3] for row in rows if row[0] == "openai/o3"]


def test_without_the_package_a_sentence_says_how_to_get_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is an extra."""
    monkeypatch.setitem(sys.modules, "mcp", None)
    monkeypatch.delitem(sys.modules, "install.assistants.server", raising=False)
    assert main(["mcp"]) == 2
    assert capsys.readouterr().err == (
        'The package mcp is missing; install it with: pip install "evenpoint[mcp]"\n'
    )
