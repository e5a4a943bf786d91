"""One hardware has one cost: what `size` says of a plan is what `budget` plans with it."""

import json

import pytest

from install.command import main
from workbooks.plan.plan import plan
from workbooks.scenario.changing import changed
from workbooks.scenario.reading import load, parse, ready
from workbooks.scenario.scenario import ScenarioError
from workbooks.scenario.writing import written

MODEL = "Llama-3.3-70B"
CARDS = ("L40S", "H100 SXM", "H200 SXM", "B200 SXM", "MI300X")


@pytest.fixture
def folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    return tmp_path


def sized(capsys, *arguments):
    assert main(["size", *arguments, "--json"]) == 0, capsys.readouterr().err
    return {each["hardware"]: each for each in json.loads(capsys.readouterr().out)["choices"]}


@pytest.mark.parametrize("tokens", [4e9, 9e9, 30e9])
def test_the_plans_rent_is_the_sizes(tokens, folder, capsys):
    """For each card: nodes, accelerators and rent of the first month, at the plan's own peak."""
    for card in CARDS:
        typed = {"sizing_model": MODEL, "hardware": card, "tokens_per_month": tokens}
        ours = load(ready()["mid-size"], typed)
        (folder / "plan.toml").write_text(written(ours))
        told = sized(capsys, "plan.toml", "--hardware", card)[card]
        run = plan(ours).run()
        assert run["own_rent_per_month"][0] == pytest.approx(told["cost_per_month"])
        assert run["own_nodes"][0] == told["copies"]
        assert run["own_nodes"][0] * run["gpus_per_node_count"] == told["gpus"]


def test_the_choice_of_size_is_named_in_a_budget(folder, capsys):
    """Without a peak of its own the load shape has one: the rent that `size` alone quotes."""
    asked = ("--tokens", "4B", "--input-tokens", "1000", "--output-tokens", "1000")
    told = sized(capsys, MODEL, *asked, "--hardware", "L40S")["L40S"]
    ours = parse(
        {
            "workload": {"tokens_per_month": 4e9},
            "api": {"api_model": "openai/o3"},
            "nodes": {"hardware": "L40S"},
            "sizing": {"sizing_model": MODEL},
        },
        "ours.toml",
    )
    run = plan(ours).run()
    assert run["own_rent_per_month"][0] == pytest.approx(told["cost_per_month"])
    assert "sizing model" in ours.entries["node_tokens_per_second"].source


@pytest.mark.slow
def test_flags_name_the_hardware_that_nobody_measured(folder, capsys):
    """Of a ready scenario and of a workbook alike."""
    flags = ("--model", MODEL, "--hardware", "L40S", "--tokens", "4B")
    assert main(["budget", "mid-size", *flags, "--out", "a.xlsx"]) == 0
    assert main(["budget", "--out", "base.xlsx"]) == 0
    assert main(["budget", "base.xlsx", *flags, "--out", "b.xlsx"]) == 0
    capsys.readouterr()
    one, other = (sized(capsys, name, "--hardware", "L40S") for name in ("a.xlsx", "b.xlsx"))
    assert one == other


def test_what_a_person_typed_stays():
    """Twice the accelerators of a copy hold two copies; a part of a copy is refused."""
    ours = {
        "workload": {"tokens_per_month": 4e9, "peak_factor": 2.0},
        "api": {"api_model": "openai/o3"},
        "nodes": {"hardware": "H100 SXM", "max_load_share": 0.6},
        "sizing": {"sizing_model": MODEL, "weight_precision": "bf16"},
    }
    one = parse(ours, "a.toml")
    copy = one.entries["gpus_per_node_count"].base
    assert one.entries["max_load_share"].base == 0.6
    assert one.entries["weight_precision"].base == "bf16"
    ours["nodes"]["gpus_per_node_count"] = 2 * copy
    two = parse(ours, "a.toml")
    speeds = [each.entries["node_tokens_per_second"].base for each in (one, two)]
    assert speeds[1] == pytest.approx(2 * speeds[0])
    ours["nodes"]["gpus_per_node_count"] = copy + 1
    with pytest.raises(ScenarioError, match="a copy of the model takes"):
        parse(ours, "a.toml")


def test_a_model_that_does_not_fit_says_why():
    """As `size` does."""
    with pytest.raises(ScenarioError, match=r"DeepSeek-V3\.2 on L4: "):
        changed(load(ready()["mid-size"]), {"sizing_model": "DeepSeek-V3.2", "hardware": "L4"})


@pytest.mark.parametrize(
    ("command", "words"),
    [
        ("size a.toml --tokens 1B", "a.toml says the load itself"),
        ("size b.toml", "b.toml names no model to size"),
    ],
)
def test_a_refusal_is_one_sentence(command, words, folder, capsys):
    """With the file."""
    for name, ready_made in (("a", "mid-size"), ("b", "article-3")):
        (folder / f"{name}.toml").write_bytes(ready()[ready_made].read_bytes())
    assert main(command.split()) == 2
    assert words in capsys.readouterr().err
