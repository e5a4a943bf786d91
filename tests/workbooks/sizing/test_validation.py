"""The sizing model against published speeds: what is promised of it, and that nothing is hidden."""

import dataclasses
import itertools
from pathlib import Path

import numpy as np
import pytest

from costcore.machines.constants import BANDS, CONSTANTS, FEW_SPEEDS
from costcore.machines.times.queue import LARGEST_MODEL_B, LONGEST_PROMPT_TOKENS
from workbooks import tables
from workbooks.sizing import fitting, validation
from workbooks.sizing.writing import kin


@pytest.fixture(scope="module")
def report():
    """What the command prints; a few seconds of work."""
    return validation.report()


def test_predictions_of_unseen_speeds_are_near_the_measurements(report):
    """273 speeds that nothing was fitted on: what the README quotes."""
    unseen = report.unseen[0]
    assert unseen.count == len(tables.unseen_throughputs()) == 273
    assert 0.95 <= unseen.median <= 1.05
    assert unseen.p10 >= 0.75
    assert unseen.p90 <= 1.36
    assert unseen.within_1_5_share >= 0.92
    assert unseen.within_2_share >= 0.98


def test_the_readme_quotes_the_unseen_figures(report):
    """Those of speeds fitted on are better, and say less."""
    readme = " ".join((Path(__file__).parents[3] / "README.md").read_text().split())
    unseen, dense, experts, young = report.unseen[:4]
    times = report.times
    for quoted in (
        f"Over {unseen.count} published speeds that nothing was fitted on, its median is "
        f"{unseen.median:.2f} of the measured one, four in five lie within {unseen.p10:.2f} to "
        f"{unseen.p90:.2f}, {unseen.within_1_5_share:.0%} within a factor of 1.5: "
        f"{dense.within_1_5_share:.0%} of dense models, {experts.within_1_5_share:.0%} of experts",
        f"of models with fewer than {FEW_SPEEDS:g} speeds fitted {young.within_1_5_share:.0%}",
        f"{times.steady_right_share:.0%} of {times.steady_count} published steady loads",
        f"to {LARGEST_MODEL_B:g} B they were tried on no server",
        f"for prompts over {LONGEST_PROMPT_TOKENS:,.0f} tokens, it says unknown",
        f"{times.server_within_1_5_share:.0%} of {times.server_count} published servers",
    ):
        assert quoted.replace("%", " %") in readme


def test_the_readme_says_how_much_lengths_alone_change():
    """The same two cards and model: published totals of the shortest and the longest prompts."""
    total = [
        row.tokens_per_second
        for row in tables.throughputs()
        if (row.hardware, row.gpus, row.model) == ("H100 SXM", 2, "Llama-3.3-70B")
        and row.concurrency == "max"
    ]
    low, high = (f"{round(speed, -2):,.0f}" for speed in (min(total), max(total)))
    assert f"serve {low} to {high}." in (Path(__file__).parents[3] / "README.md").read_text()


def test_nothing_unseen_is_fitted_on(report):
    """No unseen system at the same lengths stands in the table of those that are."""
    known, new = validation.fitted(), fitting.unseen()
    seen = {_row(known, i) for i in range(known.measured.size)}
    assert not seen & {_row(new, i) for i in range(new.measured.size)}
    assert report.scores[0].count == known.measured.size == 84


def _row(cases, i):
    named = ("model", "hardware", "gpus_count", "weight_precision", "input_tokens", "output_tokens")
    return tuple(str(cases.inputs[name][i]) for name in named)


def test_predictions_hold_for_sources_they_have_not_seen(report):
    """Each source predicted with constants and shares fitted to the others."""
    left = report.held_out[0]
    assert left.count == 84 == sum(score.count for score in report.held_out[1:])
    assert 0.95 <= left.median <= 1.05
    assert left.within_1_5_share >= 0.85
    assert left.within_2_share >= 0.95


def test_the_constants_and_shares_in_use_are_those_that_fit(report):
    """Rounded, not tuned by hand: a fresh fit gives them."""
    assert report.constants == pytest.approx(report.refitted, rel=0.01)
    known = validation.fitted()
    learned = fitting.shares(known, fitting.shipped_constants())
    shipped = validation.shipped_shares()
    names = {row.model: kin(row, known) for row in tables.models()}
    for name, share in shipped["model"].items():
        assert share == pytest.approx(learned["model"].get(names[name], 0.0), abs=6e-4), name
    for name, share in shipped["family"].items():
        assert share == pytest.approx(learned["family"].get(name, 0.0), abs=6e-4), name


def test_models_of_one_shape_have_one_speed():
    """Llama 3.1 and 3.3 70B: their speeds were published under the later name."""
    old, new = tables.model("Llama-3.1-70B"), tables.model("Llama-3.3-70B")
    assert old.model_speed_share == new.model_speed_share != 1
    assert old.published_speeds_count == new.published_speeds_count >= 20


def test_a_family_whose_devices_are_dominated_has_no_larger_share():
    """So that a share can turn no order round."""
    family = validation.shipped_shares()["family"]
    for low, high in fitting.SLOWER_THAN:
        assert family[low] <= family[high] + 1e-9


def test_few_rows_move_a_share_little():
    """By hand: two rows of one source that are 1.5x too fast weigh 2 x 2**-0.5 against 4 + that.

    The model, the family and the software share what is moved, so each moves less.
    """
    known = validation.fitted()
    constants = fitting.shipped_constants()
    two = known.part(np.array(known.names) == known.names[0])
    spoiled = dataclasses.replace(two, measured=1.5 * fitting.predicted(two, constants))
    (share,) = fitting.shares(spoiled, constants)["model"].values()
    weight = float(spoiled.weights.sum())
    assert share == pytest.approx(np.log(1.5) * weight / (4 + 3 * weight))


def test_holding_out_hides_the_source():
    """Speeds of a source that are multiplied by ten do not move the constants used for it."""
    known = validation.fitted()
    out = np.array([source.startswith("MLPerf") for source in known.sources])
    spoiled = dataclasses.replace(
        known, measured=np.where(out, known.measured * 10, known.measured)
    )
    assert fitting.refit(known.part(~out)) == fitting.refit(spoiled.part(~out))
    assert fitting.refit(known.part(~out)) != fitting.refit(spoiled)


def test_four_in_five_unseen_speeds_are_inside_their_band():
    """The band is what a budget is sized on; it is wider for experts, and for young software."""
    new = fitting.unseen()
    found = 1 / validation.ratio(new, fitting.shipped_constants(), validation.shipped_shares())
    few = new.inputs["published_speeds_count"] < FEW_SPEEDS
    experts = np.nan_to_num(new.inputs["experts"]) > 0
    for kind, part in (
        ("modelled", ~experts & ~few),
        ("modelled experts", experts & ~few),
        ("modelled experts, few speeds", experts & few),
    ):
        low, _, high = BANDS[kind]
        assert np.mean((low <= found[part]) & (found[part] <= high)) >= 0.8, kind
    wide = {kind: high / low for kind, (low, _, high) in BANDS.items()}
    assert wide["modelled"] < wide["modelled experts"] < wide["modelled experts, few speeds"]
    assert wide["modelled"] < wide["modelled, few speeds"]


def test_the_band_holds_for_models_that_nothing_was_fitted_on():
    """Constants and shares without each model in turn: what a model without a speed gets."""
    known, new = validation.fitted(), fitting.unseen()
    inside = {False: [], True: []}
    for model in sorted(set(new.groups["model"])):
        rest = known.part(known.inputs["model"] != model)
        here = new.part(new.inputs["model"] == model)
        constants = fitting.refit(rest)
        found = 1 / validation.ratio(here, constants, fitting.shares(rest, constants))
        experts = bool(np.nan_to_num(here.inputs["experts"])[0] > 0)
        low, _, high = BANDS[f"modelled{' experts' * experts}, few speeds"]
        inside[experts] += ((low <= found) & (found <= high)).tolist()
    assert all(np.mean(each) >= 0.78 for each in inside.values())


def test_no_speed_is_dropped_in_silence(report):
    """Every shipped row is used, or listed with the reason why not."""
    assert 84 + len(report.left_out) == len(tables.throughputs())
    assert all(why for _, why in report.left_out)


def test_a_score_by_hand():
    """Of 0.4, 1, 1.2 and 3: the median is 1.1, half are within 1.5x."""
    score = validation.score("four", np.array([0.4, 1.0, 1.2, 3.0]))
    assert score.median == pytest.approx(1.1)
    assert (score.within_1_5_share, score.within_2_share) == (0.5, 0.5)
    assert validation.score("off", np.array([1 / 1.6, 1.9])).within_2_share == 1


def test_every_constant_is_fitted_or_says_why_not():
    """A number nobody can check again is a number from nowhere."""
    fixed = [name for name in CONSTANTS if name not in fitting.START]
    judged = ["layer_overhead_us", "expert_launch_us", "stage_idle_share"]
    assert fixed == [*judged, "max_batch_count"]
    assert all(CONSTANTS[name].source.startswith("judgement") for name in judged)
    assert len(list(itertools.chain(fixed, fitting.START))) == len(CONSTANTS)
