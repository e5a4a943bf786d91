"""Hardware choices for a load: who fits, who is cheapest, and one's own hours."""

import math
from dataclasses import asdict, replace

import pytest

from costcore.machines.sizing import tokens_per_second
from workbooks import tables
from workbooks.sizing.advice import advice, trough
from workbooks.sizing.choices import choices, measured_table
from workbooks.sizing.demand import Demand
from workbooks.sizing.pricing import api_price
from workbooks.sizing.shapes import SHAPES, hourly

GUIDE = Demand(model="Llama-3.3-70B", tokens_per_month=2.7e9, input_tokens=1500, output_tokens=300)


@pytest.fixture(scope="module")
def ranked():
    """Every accelerator for the volume of the CTO guide."""
    return choices(GUIDE)


def test_cheapest_first_and_what_cannot_last(ranked):
    """In order of rent; then those without a known rent; then those that do not serve it."""
    fits = [choice.fits for choice in ranked]
    assert fits == sorted(fits, reverse=True)
    costs = [c.cost_per_month for c in ranked if c.fits and not math.isnan(c.cost_per_month)]
    assert costs == sorted(costs)
    assert len(ranked) == len(tables.accelerators())
    assert ranked[0].verdict.startswith("cheapest")


def test_cost_is_gpus_times_rent_times_a_month(ranked):
    """Every GPU is rented for all 730 hours, busy or not, spares included."""
    for choice in ranked:
        rent = tables.accelerator(choice.hardware).rent_base_per_gpu_hour
        if choice.fits and rent:
            assert choice.cost_per_month == pytest.approx(choice.gpus * rent * 730)
            assert choice.price_per_mtok == pytest.approx(choice.cost_per_month / 2_700)
            assert choice.gpus == choice.copies * choice.replica_gpus


def test_every_refusal_says_why(ranked):
    """By hand: 671 GB in eight bits are more than 8 x (0.9 x 85.9 - 3) = 594 GB; 70 GB are not."""
    assert all(c.fits for c in ranked)
    refused = choices(replace(GUIDE, model="DeepSeek-V3.2"), ["H100 SXM", "H200 SXM"])
    assert [c.fits for c in refused] == [True, False]
    assert refused[1].why == (
        "Does not fit: the weights take 671.0 GB, and 8 x H100 SXM can hold 594.5 GB."
    )


def test_the_copy_is_chosen_for_each_device():
    """With the same arithmetic and more memory a B300 never takes more GPUs than a B200."""
    demand = Demand(
        model="DeepSeek-V3.2", tokens_per_month=50e9, user_tokens_per_second=20, spare_nodes=0
    )
    found = {c.hardware: c.gpus for c in choices(demand, ["B200 SXM", "B300 SXM"])}
    assert found["B300 SXM"] <= found["B200 SXM"] <= 32


def test_h100s_are_not_needed_for_the_guides_volume(ranked):
    """The answer names both costs."""
    said = advice(ranked)
    assert said.startswith("You probably do not need H100s")
    h100 = next(c for c in ranked if c.hardware == "H100 SXM")
    assert f"{h100.cost_per_month:,.0f}" in said
    assert f"{ranked[0].cost_per_month:,.0f}" in said


def test_h100s_are_recommended_where_they_are_cheapest():
    """Only among older and slower hardware at a large volume."""
    demand = Demand(model="Llama-3.3-70B", tokens_per_month=500e9)
    found = choices(demand, ["H100 SXM", "A100 80GB SXM"])
    assert advice(found).startswith("H100 SXM is among the cheapest")


def test_nothing_that_fits_is_said():
    """A model too large for all of the hardware asked about."""
    found = choices(Demand(model="Kimi-K3", tokens_per_month=1e9), ["L4", "H100 SXM"])
    assert advice(found) == "None of this hardware can serve the load at a known rent."
    assert trough(found) == ""


def test_h100s_are_spoken_of_only_where_they_were_asked_about():
    """Nothing where they were not compared; that they cannot where the model is too large."""
    demand = Demand(model="DeepSeek-V3.2", tokens_per_month=1e9)
    assert advice(choices(demand, ["MI355X", "H100 SXM"])).endswith("use; H100 SXM cannot.")
    assert advice(choices(demand, ["MI355X"])).endswith("use.")


def test_a_doubtful_speed_says_why():
    """No speed of Trainium is published; an A100 has no arithmetic of four or eight bits."""
    demand = Demand(model="Llama-3.3-70B", tokens_per_month=1e9, precision="fp4")
    said = {c.hardware: c.verdict for c in choices(demand, ["Trainium3", "A100 80GB SXM"])}
    assert said["Trainium3"].endswith(
        "ask for a quote, no speed published, fp4 weights multiplied in bf16"
    )
    assert said["A100 80GB SXM"].endswith(", fp4 weights multiplied in bf16")


def test_requests_longer_than_the_model_reads_are_told():
    """Llama 2 was made for 4,096 tokens of prompt and answer; Llama 3.3 for 131,072."""
    both = {"tokens_per_month": 1e9, "input_tokens": 4_000, "output_tokens": 97}
    said = {
        name: choices(Demand(model=name, **both), ["H100 SXM"])[0].verdict
        for name in ("Llama-2-70B", "Llama-3.3-70B")
    }
    assert said["Llama-2-70B"].endswith(", beyond the 4,096 tokens of the model")
    assert "beyond" not in said["Llama-3.3-70B"]


def test_the_trough_rule_of_the_guide_fails_at_its_own_volume(ranked):
    """Two GPUs are far below 40 % in the quietest hours."""
    assert "which fails the rule of thumb of 40%" in trough(ranked)


def test_users_get_the_speed_asked_for():
    """Faster answers take more hardware, or are refused."""
    by_speed = [
        choices(Demand(model="Llama-3.3-70B", tokens_per_month=50e9, user_tokens_per_second=speed))
        for speed in (5, 40)
    ]
    slow, fast = ({c.hardware: c for c in found if c.fits} for found in by_speed)
    assert all(choice.user_tokens_per_second >= 40 for choice in fast.values())
    assert all(fast[name].gpus >= slow[name].gpus for name in fast)
    refused = [c.why for c in by_speed[1] if not c.fits]
    assert any(why.startswith("Too slow: a user alone gets") for why in refused)


def test_a_measurement_stands_beside_the_ranking():
    """The basis says both, with the source; what is compared is modelled for every device.

    4,205 output tokens on two GPUs, and as many of the prompt: 4,205 on each.
    """
    demand = Demand(
        model="Llama-3.3-70B",
        tokens_per_month=1e9,
        input_tokens=1000,
        output_tokens=1000,
        user_tokens_per_second=1,
    )
    (choice,) = choices(demand, ["H100 SXM"])
    (other,) = choices(demand, ["H200 SXM"])
    assert choice.why.startswith("Modelled: ")
    if choice.replica_gpus == 2:
        assert "Measured: 4,205 output tokens" in choice.why
        assert choice.measured_gpu_tokens_per_second == pytest.approx(4205)
    assert "Measured: 2,909 output tokens" in other.why
    assert other.measured_gpu_tokens_per_second == pytest.approx(2 * 2909)
    assert other.gpu_tokens_per_second != pytest.approx(2 * 2909)


def test_outdated_software_is_no_measurement():
    """A speed of vLLM of 2023 or 2024 would size three to five times too much."""
    measured = {(row[0], row[1], row[7]) for row in measured_table()[1:]}
    assert ("Llama-3.1-405B", "H100 SXM", 598.2) not in measured
    assert ("Llama-3.1-405B", "H100 SXM", 2919.0) in measured


def test_the_measured_table_is_what_the_sheet_function_takes():
    """The shipped table with its header, as a range."""
    row = tables.model("gpt-oss-120b")
    h200 = asdict(tables.accelerator("H200 SXM"))
    case = (asdict(row), h200, 1, "fp4", 1024, 1024)
    speed = tokens_per_second(*case, speed_kind="output", measured_table=measured_table())
    assert speed == pytest.approx(6798)


def test_api_price_is_blended_at_the_lengths():
    """Five in to one out, as in the price table."""
    listed = tables.price_on("openai/gpt-4o-mini")
    price = api_price(GUIDE, "openai/gpt-4o-mini").api_price_per_mtok
    by_hand = (5 * listed.input_price_per_mtok + listed.output_price_per_mtok) / 6
    assert price == pytest.approx(by_hand)
    assert "above the API's" in choices(api_price(GUIDE, "openai/gpt-4o-mini"))[0].verdict


def test_more_volume_is_cheaper_per_token():
    """Spares and idle hours are shared by more tokens."""
    prices = [
        choices(Demand(model="Llama-3.1-8B", tokens_per_month=volume), ["L4"])[0].price_per_mtok
        for volume in (1e8, 1e9, 1e10, 1e11)
    ]
    assert prices == sorted(prices, reverse=True)


def test_an_own_csv_is_read(tmp_path):
    """With or without a header, the last column counts."""
    own = tmp_path / "hours.csv"
    own.write_text("hour,tokens\n" + "".join(f"{h},{100 + h}\n" for h in range(24)))
    bare = tmp_path / "bare.csv"
    bare.write_text("".join(f"{100 + h}\n" for h in range(24)))
    assert hourly(str(own)).tolist() == hourly(str(bare)).tolist()
    assert hourly(str(own)).mean() == pytest.approx(1)
    assert hourly(str(own)).max() == pytest.approx(123 / 111.5)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("hour,tokens\n1,2\n", "own.csv has 1 hours; it must have whole days of 24"),
        ("1\n" * 23 + "x\n", "own.csv, line 24: 'x' is not a load of at least 0"),
        ("1\n" * 23 + "-1\n", "own.csv, line 24: '-1' is not a load of at least 0"),
        ("0\n" * 24, "own.csv has no load in any hour"),
    ],
)
def test_a_wrong_csv_is_refused_by_line(tmp_path, monkeypatch, text, message):
    """One sentence with the file, the line, the value and the rule."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "own.csv").write_text(text)
    with pytest.raises(ValueError, match=message):
        hourly("own.csv")


def test_every_shipped_shape_can_be_named():
    """By the names the help lists; an unknown one is refused with them."""
    assert {row.shape for row in tables.load_shapes()} == set(SHAPES)
    assert hourly("flat").tolist() == [1] * 24
    with pytest.raises(ValueError, match="neither a file nor one of flat, global-chat"):
        hourly("weekly")
