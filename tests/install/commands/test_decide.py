"""`evenpoint decide`: gates, rules and contradictions of a scenario, and rules that are edited."""

import json

import pytest

from install.command import main
from workbooks.plan.judgement.rulebook import shipped
from workbooks.scenario.reading import ready


@pytest.fixture(autouse=True)
def folder(tmp_path, monkeypatch):
    """An empty folder to run every command in."""
    monkeypatch.chdir(tmp_path)
    return tmp_path


def told(capsys, *arguments):
    """What a command that succeeds prints."""
    assert main(["decide", *arguments]) == 0, capsys.readouterr().err
    return capsys.readouterr().out


def answer(capsys, *arguments):
    """The JSON answer."""
    return json.loads(told(capsys, *arguments, "--json"))


def statuses(found):
    """Status of each rule by its id."""
    return {rule["id"]: rule["status"] for rule in found["rules"]}


def test_verdict_is_one_sentence(capsys):
    """The first line says what to do, what it costs and how the rules stand."""
    first = told(capsys, "article-3").splitlines()[0]
    assert first.startswith("Stay on the API: it costs least, USD 135,000 in present value")
    assert first.endswith(".")


def test_rules_follow_the_plan(capsys):
    """Article 3 plans 2.7 B tokens for 3,750 a month, and owning costs 7,589 (its own figures)."""
    found = answer(capsys, "article-3")
    facts, status = found["facts"], statuses(found)
    assert facts["tokens_per_month"] == pytest.approx(2.7e9)
    assert facts["api_bill_per_month"] == pytest.approx(3_750)
    assert facts["own_amortised_per_month"] == pytest.approx(7_588.89, abs=0.01)
    assert status["3-volume"] == status["3-bill"] == "fail"
    assert status["2-tier-3"] == "pass"
    assert status["3-trough"] == "unknown"
    assert "trough_load_share" in found["unknown_facts"]


def test_tier_table_keeps_its_hole(capsys):
    """Article 2 says nothing from 5 to 10 B, and at 7 B we say that we are in there."""
    found = answer(capsys)
    assert found["tier_gaps"] == [
        {
            "book": "Article 2, tier table",
            "from_tokens_per_month": 5e9,
            "to_tokens_per_month": 10e9,
        }
    ]
    said = told(capsys, with_volume("article-3", "2.7e9", "7e9"))
    assert "from 5 B to 10 B, and that is where you are" in said


def test_a_gate_takes_options_out(capsys):
    """Data that must stay leaves only the own nodes, whatever they cost."""
    found = answer(capsys, "--fact", "data_must_stay=yes")
    assert set(found["removed"]) == {"api", "managed", "hybrid"}
    assert found["choice"] == "own"
    nothing = answer(
        capsys, "--fact", "data_must_stay=yes", "--fact", "open_model_accuracy_share=0.9"
    )
    assert nothing["choice"] == ""
    assert nothing["verdict"].startswith("No option passes the gates")


def with_volume(name, tokens, instead):
    """Write a ready scenario with another volume."""
    content = ready()[name].read_text(encoding="utf-8")
    assert tokens in content
    with open("other.toml", "w", encoding="utf-8") as file:
        file.write(content.replace(tokens, instead))
    return "other.toml"


def test_economics_contradict_a_rule_of_thumb(capsys):
    """Above 1 B on GPT-4 prices article 1 says self-host; on its own figures that loses."""
    found = answer(capsys, with_volume("article-1", "540e6", "1.5e9"))
    assert statuses(found)["1-own-volume"] == "pass"
    said = next(each for each in found["contradictions"] if "More than 1 B" in each)
    assert (
        "holds and points to self-hosting, but computed it costs 259,200" in said
    )  # 4 x 5,400 x 12


def test_thresholds_in_another_currency_are_converted(capsys):
    """Article 1 gates at 10,000 euros; a plan in dollars compares with that in dollars."""
    content = shipped().read_text(encoding="utf-8")
    dollars = float(answer(capsys)["facts"]["api_bill_per_month"])
    book = content.replace(
        'when = "api_bill_per_month > 10000"', f'when = "api_bill_per_month > {dollars}"'
    )
    with open("mine.toml", "w", encoding="utf-8") as file:
        file.write(book)
    assert statuses(answer(capsys, "--rules", "mine.toml"))["1-start-bill"] == "fail"
    with open("mine.toml", "w", encoding="utf-8") as file:
        file.write(
            book.replace('currency = "EUR"', 'currency = "USD"').replace(
                f"> {dollars}", f">= {dollars}"
            )
        )
    assert statuses(answer(capsys, "--rules", "mine.toml"))["1-start-bill"] == "pass"


def test_a_breach_is_a_line_of_its_own(capsys):
    """It is offered when asked for, and off otherwise."""
    assert answer(capsys)["expected_breach_cost_per_year"] is None
    flags = ("--fact", "breach_share_per_year=0.02", "--fact", "breach_loss_cost=1e6")
    assert answer(capsys, *flags)["expected_breach_cost_per_year"] == pytest.approx(20_000)
    assert "USD 20,000 a year, in no total" in told(capsys, *flags)


def test_rules_are_copied_to_be_edited(capsys):
    """What is written is what ships, and it is not written twice."""
    assert "Wrote mine.toml" in told(capsys, "--copy", "mine.toml")
    with open("mine.toml", "rb") as file:
        assert file.read() == shipped().read_bytes()
    assert main(["decide", "--copy", "mine.toml"]) == 2
    assert "mine.toml exists already" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("old", "new", "words"),
    [
        ('when = "tokens_per_month < 500e6"', 'when = "tokens < 500e6"', "'tokens' is not a fact"),
        (
            'when = "tokens_per_month < 500e6"',
            'when = "tokens_per_month = 5"',
            "is not a fact, one",
        ),
        ('option = "managed"\n', 'option = "manged"\n', "option of rule 2-tier-3 is 'manged'"),
        ("needed = 3", "needed = 9", "needed of Article 2, three or more"),
        ('kind = "gates"', 'kind = "gate"', "kind of Gates before money is 'gate'"),
        ('data_months = ""', 'data_months = "some"', "data_months is 'some'"),
        ('removes = ["api"]', 'removes = ["app"]', "removes of rule gate-fine-tuning is 'app'"),
        ("money = true", "monay = true", "did you mean 'money'?"),
        ('id = "1-api-volume"', 'id = "gates"', "the id 'gates' stands twice"),
        ('currency = "USD"', 'currency = "XYZ"', "XYZ"),
        ("[facts]", "[facts", "is not a TOML file"),
    ],
)
def test_a_wrong_rule_is_named(capsys, old, new, words):
    """One sentence with the file, the rule, the value and what it must be; exit code 2."""
    content = shipped().read_text(encoding="utf-8")
    assert old in content
    with open("mine.toml", "w", encoding="utf-8") as file:
        file.write(content.replace(old, new, 1))
    assert main(["decide", "--rules", "mine.toml"]) == 2
    said = capsys.readouterr()
    assert words in said.err
    assert said.err.count("\n") == 1
    assert said.out == ""


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--fact", "nonsense"], "--fact is 'nonsense'; write NAME=VALUE"),
        (["--fact", "month=3"], "--fact is 'month=3'"),
        (["--fact", "tokens_per_month=7e9"], "the plan computes it; change the scenario"),
        (["--fact", "data_months=soon"], "--fact data_months is 'soon'"),
        (["--fact", "data_months=nan"], "--fact data_months is 'nan'"),
        (["--rules", "nowhere.toml"], "nowhere.toml cannot be read"),
        (["nowhere"], "nowhere cannot be read"),
    ],
)
def test_bad_input_is_refused(capsys, arguments, words):
    """One clear sentence, and exit code 2."""
    assert main(["decide", *arguments]) == 2
    assert words in capsys.readouterr().err


CHAT = """
title = "A chat service"
[workload]
tokens_per_month = 1e12
[api]
api_model = "openai/gpt-6.1-sol"
[nodes]
hardware = "H100 SXM"
gpus_per_node_count = 2
node_tokens_per_second = {speed}
[sizing]
sizing_model = "Llama-3.1-8B"
weight_precision = "fp8"
input_tokens = {prompt}
output_tokens = 100
"""


def chat(folder, prompt, speed=6_000):
    """A scenario whose nodes serve an 8B model, at a speed that is typed."""
    path = folder / "chat.toml"
    path.write_text(CHAT.format(prompt=prompt, speed=speed))
    return str(path)


GATE, SHORT, LONG = "gate-latency-own", "1-own-latency-100", "1-own-latency-200"


def test_below_100_and_200_ms_are_computed_not_typed(capsys, folder):
    """A short prompt to an 8B model keeps both, one of 8,000 tokens not the first; longer ones
    are unknown, and so is a limit that the band of the answer time spans."""
    for prompt, expected in (
        (100, ["pass", "pass", "pass"]),
        (8_000, ["fail", "fail", "unknown"]),
        (9_000, ["unknown", "unknown", "unknown"]),
    ):
        status = statuses(answer(capsys, chat(folder, prompt), "--fact", "latency_needed_ms=90"))
        assert [status[each] for each in (GATE, SHORT, LONG)] == expected
        assert status["3-latency"] == status[SHORT]
    low, high = answer(capsys, chat(folder, 1_000))["facts"]["own_latency_ms"]
    near = ("--fact", f"latency_needed_ms={(low + high) / 2}")
    assert statuses(answer(capsys, chat(folder, 1_000), *near))[GATE] == "unknown"


def test_an_overloaded_node_answers_nobody_in_time(capsys, folder):
    """A speed that was typed too high leaves too few nodes: the queue never ends."""
    need = ("--fact", "latency_needed_ms=5000", "--fact", "user_speed_needed=5")
    found = answer(capsys, chat(folder, 2_000, 400_000), *need)
    status = statuses(found)
    assert status[GATE] == status["gate-speed-own"] == "fail"
    assert "Overload" in found["answer_times"][0]
    assert set(found["removed"]) == {"own"}


def test_what_is_measured_wins_over_what_is_computed(capsys, folder):
    """Your own figure is a fact, the modelled one a range."""
    need = ("--fact", "latency_needed_ms=90", "--fact", "own_latency_ms=120")
    assert statuses(answer(capsys, chat(folder, 100), *need))["gate-latency-own"] == "fail"
