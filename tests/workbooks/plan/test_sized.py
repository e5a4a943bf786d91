"""A model that does not fit, another format, other lengths: none leaves the plan as it was."""

from dataclasses import replace

import pytest

from tests.books import cached, edit, names
from tests.engines import ironcalc_values
from workbooks.plan.judgement.facts import facts
from workbooks.plan.plan import plan
from workbooks.scenario.reading import load, parse, ready
from workbooks.scenario.scenario import Entry, ScenarioError
from workbooks.sheets.budget import budget

FAILED = ("measured_check", "fits_check", "speed_check", "lengths_check", "master_check")


def typed(**inputs):
    """The mid-size company with some inputs typed over in its workbook."""
    scenario = load(ready()["mid-size"])
    entries = {name: Entry(value, value, value) for name, value in inputs.items()}
    return plan(replace(scenario, entries={**scenario.entries, **entries}))


def test_a_model_that_does_not_fit_takes_own_nodes_out():
    """120 B parameters of two bytes are more than one H200 holds."""
    ours = typed(weight_precision="bf16")
    told = ours.run()
    assert [told[name] for name in FAILED] == [1, 1, 0, 0, 2]
    assert (told["own_out_count"], told["hybrid_out_count"], told["api_out_count"]) == (1, 1, 0)
    said = "gpt-oss-120b in bf16 does not fit on 1 x H200 SXM. A gate rules out · self-hosting ("
    assert told["conditions_text"].startswith(said)
    assert facts(ours)["model_fits"] == 0


def test_lengths_that_the_speed_was_not_measured_at_are_noticed():
    """Answers of 8,000 tokens are three times slower than what was measured at 1,024."""
    told = typed(input_tokens=500.0, output_tokens=8_000.0).run()
    assert [told[name] for name in FAILED] == [0, 0, 1, 1, 2]
    assert told["own_out_count"] == 0


def test_what_was_measured_at_these_lengths_is_believed():
    """30,440 tokens a second of an 8B model are 4 % above the model's high; typed, they are not."""
    nodes = {"hardware": "H100 SXM", "system": "1x H100 SXM | Llama-3.1-8B fp8 | 1000/1000"}
    content = measured({"sizing_model": "Llama-3.1-8B", "input_tokens": 1e3, "output_tokens": 1e3})
    told = plan(parse(content | {"nodes": nodes}, "test.toml")).run()
    assert told["node_speed_tokens_per_second"] > told["modelled_high_tokens_per_second"]
    assert told["master_check"] == 0
    typed_speed = nodes | {"node_tokens_per_second": 30_440}
    assert plan(parse(content | {"nodes": typed_speed}, "test.toml")).run()["speed_check"] == 1


def test_the_workbook_follows_a_changed_format(tmp_path):
    """As numpy does: the node is out, and the cover says that checks fail."""
    path = tmp_path / "mid-size.xlsx"
    path.write_bytes(budget(typed()))
    told = typed(weight_precision="bf16").run()
    assert cached(path)["Cover"]["H3"] == "All checks hold"
    place = names(path)
    edited = edit(path, {place["weight_precision"]: "bf16"}, tmp_path / "bf16.xlsx")
    found = ironcalc_values(edited)
    for name in (*FAILED, "own_out_count", "conditions_text"):
        sheet, cell = place[name]
        assert found[sheet][cell] == told[name], name
    assert found["Cover"]["H3"] == "A check fails: see Checks"


@pytest.mark.parametrize(
    ("sizing", "sentence"),
    [
        ({"weight_precision": "bf16"}, "measured with fp4, but weight_precision is bf16; name a"),
        ({"sizing_model": "Llama-3.1-8B"}, "with gpt-oss-120b, but sizing_model is Llama-3.1-8B"),
    ],
)
def test_a_system_that_runs_something_else_is_refused(sizing, sentence):
    """Its speed would stay as it was measured."""
    with pytest.raises(ScenarioError, match=sentence):
        parse(measured({"sizing_model": "gpt-oss-120b", **sizing}), "test.toml")


def measured(sizing):
    return {
        "workload": {"tokens_per_month": 1e9, "peak_factor": 2.4},
        "api": {"api_model": "openai/gpt-6.1-sol"},
        "nodes": {
            "hardware": "H200 SXM",
            "system": "1x H200 SXM | gpt-oss-120b fp4 | 8192/1024",
        },
        "sizing": sizing,
    }


def test_lengths_give_the_output_share_and_a_system_its_format():
    """A ninth of 8,192 and 1,024 is output; both are as the system was measured."""
    told = {"sizing_model": "gpt-oss-120b", "input_tokens": 8_192, "output_tokens": 1_024}
    entries = parse(measured(told), "test.toml").entries
    assert entries["output_share"].base == pytest.approx(1 / 9)
    assert entries["weight_precision"].base == "fp4"


def test_a_hybrid_is_out_with_the_engine_that_fails():
    """It sends a part to the very API that has no fine-tuning; to a platform it may."""
    for rest, out in (("api", 1), ("managed", 0)):
        told = typed(gate_fine_tuning_kind="no", hybrid_rest_kind=rest).run()
        assert (told["api_out_count"], told["hybrid_out_count"]) == (1, out)
