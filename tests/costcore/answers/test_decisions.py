"""Rules pass, fail or wait; gates come before money; where money disagrees it is said."""

import pytest

from costcore.answers.decisions import FAIL, PASS, UNKNOWN, Book, Condition, Rule, decide, holes


def rule(name, option="own", removes=(), about_money=False, **conditions):
    """A rule from conditions such as ``x=(">", 3)``."""
    each = tuple(Condition(fact, *limit) for fact, limit in conditions.items())
    return Rule(name, name, each, option, removes, about_money)


def book(*rules, kind="rules", needed=1, option="own"):
    """A book of rules."""
    return Book("book", "The book", "somebody", kind, rules, needed, option)


COSTS = {"api": 100.0, "own": 250.0}


@pytest.mark.parametrize(
    ("facts", "status"),
    [
        ({"x": 5.0, "y": True}, PASS),
        ({"x": 3.0, "y": True}, FAIL),  # above 3 is not 3
        ({"x": 5.0}, UNKNOWN),
        ({"y": False}, FAIL),  # whatever x is
        ({}, UNKNOWN),
    ],
)
def test_all_conditions_must_hold(facts, status):
    """One that fails settles it; one that is missing leaves the rule open."""
    assert rule("r", x=(">", 3.0), y=("is", True)).status(facts) == status


def test_a_threshold_may_be_a_fact():
    """The bill is compared with what owning costs, where both are known."""
    each = rule("r", bill=(">", "owning"))
    assert each.status({"bill": 2.0, "owning": 1.0}) == PASS
    assert each.status({"bill": 1.0, "owning": 2.0}) == FAIL
    assert each.status({"bill": 1.0}) == UNKNOWN


@pytest.mark.parametrize(("yes", "status"), [(3, PASS), (2, UNKNOWN), (0, FAIL)])
def test_three_of_five_questions(yes, status):
    """Two yes and one open may still become three; two open and no yes cannot."""
    names = "abcde"
    questions = [rule(name, **{name: ("is", True)}) for name in names]
    answers = {name: i < yes for i, name in enumerate(names)}
    if yes == 2:
        del answers["e"]
    if yes == 0:
        del answers["d"], answers["e"]
    found = decide([book(*questions, needed=3)], answers, COSTS)
    assert found.books["book"] == status


def test_questions_that_hold_can_be_contradicted():
    """Three yes can come without any volume and without a saving."""
    questions = [rule(name, **{name: ("is", True)}) for name in "abc"]
    found = decide([book(*questions, needed=3)], dict.fromkeys("abc", True), COSTS)
    assert found.contradictions == (
        "The book holds and points to self-hosting, but computed it costs 250 and the API 100.",
    )


def test_a_book_that_fails_is_contradicted_by_its_own_option():
    """Nothing asked for holds, and yet self-hosting costs least."""
    found = decide([book(rule("r", x=(">", 1.0)))], {"x": 0.0}, {"api": 100.0, "own": 50.0})
    assert found.contradictions == (
        "The book does not hold, but computed self-hosting costs least.",
    )


def test_only_rules_about_money_are_contradicted_by_it():
    """A need for short answers stands, whatever it costs."""
    speed = rule("speed", latency=("<", 100.0))
    volume = rule("volume", about_money=True, tokens=(">", 1.0))
    found = decide([book(speed, volume)], {"latency": 50.0, "tokens": 2.0}, COSTS)
    assert [each.status for each in found.findings] == [PASS, PASS]
    assert len(found.contradictions) == 1
    assert '"volume"' in found.contradictions[0]


def test_a_failed_gate_comes_before_money():
    """The API costs least and is out; an open gate removes nothing."""
    gates = book(
        rule("data may leave", removes=("api",), stays=("is", False)),
        rule("fast enough", removes=("own",), latency=("<=", 100.0)),
        kind="gates",
    )
    found = decide([gates], {"stays": True}, COSTS)
    assert found.removed == {"api": "data may leave"}
    assert found.choice == "own"


def test_no_option_may_be_left():
    """Then there is no choice, and no contradiction either."""
    gate = rule("gate", removes=("api", "own"), x=("is", True))
    money = rule("money", about_money=True, y=(">", 0.0))
    found = decide([book(gate, kind="gates"), book(money)], {"x": False, "y": 1.0}, COSTS)
    assert found.choice == ""
    assert found.contradictions == ()


def test_the_first_of_equal_options_is_chosen():
    """At the same cost nothing is changed."""
    assert decide([], {}, {"api": 100.0, "own": 100.0}).choice == "api"


def test_tiers_show_their_hole():
    """What no row speaks about is listed, also below the first and above the last."""
    rows = (rule("a", x=(">=", 1.0)), rule("b", x=("<", 1.0)))
    assert holes(book(*rows), "x") == []
    middle = Rule("m", "m", (Condition("x", ">=", 2.0), Condition("x", "<", 3.0)), "api")
    assert holes(book(middle), "x") == [(0.0, 2.0), (3.0, float("inf"))]


def test_a_hybrid_is_out_with_either_of_its_engines():
    """It buys its rest from the API, unless it is said to buy it elsewhere."""
    gate = book(rule("fast enough", removes=("api",), latency=("<=", 100.0)), kind="gates")
    costs = {"api": 1.0, "own": 5.0, "hybrid": 3.0}
    found = decide([gate], {"latency": 400.0}, costs)
    assert (found.choice, found.removed["hybrid"]) == ("own", "fast enough")
    assert decide([gate], {"latency": 400.0}, costs, rest="managed").choice == "hybrid"
