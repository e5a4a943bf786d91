"""What the cover says: each sentence made of figures of the one comparison."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.timeline import Line, Rule
from costcore.language.trace import amount, given, words
from workbooks.plan.lines.option import NAMED
from workbooks.plan.results.comparison import DUST
from workbooks.plan.results.verdict.gates import gates
from workbooks.plan.results.verdict.ranking import chosen
from workbooks.plan.results.verdict.reasons import REASON, scale
from workbooks.plan.results.verdict.wording import percent

PHRASES = {
    "api": "Stay on the API",
    "managed": "Use the managed platform",
    "own": "Host it yourselves",
    "hybrid": "Go hybrid",
}


PLACES = {"cheapest": "Cheapest", "runner": "Runner-up", "turned": "Otherwise"}


def _called(count: str, options: tuple[str, ...]) -> Rule:
    return lambda m: chosen(getattr(m, count), options, NAMED, "no strategy")


def _tied(m: Any) -> Any:
    return words("Too close to call between ", m.cheapest_text, " and ", m.runner_text)


def _choice(m: Any) -> Any:
    return np.where(m.tie_count == 1, m.tied_text, m.phrase_text)


def _cost(m: Any) -> Any:
    months = words(" over ", amount(m.horizon_months), " months")
    alone = words(": ", m.currency, " ", amount(m.cheapest_cost), months)
    return np.where(m.left_count > 0, alone, "")


def _less(m: Any) -> Any:
    share = words(" (", m.margin_percent_text, ") less than the runner-up, ")
    return words(", ", amount(m.margin_cost), share, m.runner_text)


def _apart(m: Any) -> Any:
    share = amount(m.margin_share * 100, 1)
    return words(" against ", amount(m.runner_cost), " (", share, " % apart)")


def _second(m: Any) -> Any:
    return np.where(m.tie_count == 1, m.apart_text, m.less_text)


def _margin(m: Any) -> Any:
    alone = np.where(m.left_count > 0, m.alone_left_text, "")
    return np.where(m.left_count > 1, m.second_text, alone)


def _alone(options: tuple[str, ...]) -> Rule:
    """A plan of gates that leave one strategy says so, for it has no runner-up."""
    return lambda m: words(f", the only one of {len(options)} strategies that passes the gates")


def _drawn(m: Any) -> Any:
    share = amount(given(m.sure_share, 0) * 100 + DUST, 1)
    of_draws = words(" % of ", amount(m.draws_count), " draws")
    return words("; ", m.cheapest_text, " is cheapest of all in ", share, of_draws)


def _undrawn(m: Any) -> Any:
    moved = "; how sure is not known, for inputs moved since the draws"
    return np.where(m.draws_count > 0, moved, "")


def _sure(m: Any) -> Any:
    told = np.where(m.odds_hold_count == 1, m.drawn_text, m.undrawn_text)
    return np.where(m.left_count > 1, told, "")


def _view(m: Any) -> Any:
    after = np.where(m.tax_rate_share > 0, " (present value, after tax).", " (present value).")
    return np.where(m.left_count > 0, after, ".")


def _other(m: Any) -> Any:
    counted, left_out = " decides: without it ", " is left out; with it "
    told = np.where(m.opportunity_kind == "in", counted, left_out)
    return words(" Opportunity cost", told, m.turned_text, " would cost least.")


def _opportunity(m: Any) -> Any:
    return np.where(m.turned_count == m.cheapest_count, "", m.other_text)


def _called_so(options: tuple[str, ...]) -> tuple[Line, ...]:
    return (
        Line(
            "phrase_text",
            "What to do",
            lambda m: chosen(m.cheapest_count, options, PHRASES, "No strategy passes the gates"),
        ),
        *(
            Line(f"{which}_text", label, _called(f"{which}_count", options))
            for which, label in PLACES.items()
        ),
    )


def _verdict(options: tuple[str, ...]) -> tuple[Line, ...]:
    return (
        *_called_so(options),
        Line("tied_text", "If it is too close to call", _tied),
        Line("choice_text", "Cheapest strategy", _choice),
        Line("cost_text", "What it costs", _cost),
        Line("margin_percent_text", "Of its cost", lambda m: percent(m.margin_share)),
        Line("less_text", "What it saves against the runner-up", _less),
        Line("apart_text", "How far apart, if it is too close to call", _apart),
        Line("second_text", "Against the runner-up", _second),
        Line("alone_left_text", "If there is none", _alone(options)),
        Line("margin_text", "By how much", _margin),
        Line("drawn_text", "How often it is cheapest", _drawn),
        Line("undrawn_text", "If nothing was drawn of these inputs", _undrawn),
        Line("sure_text", "How sure", _sure),
        Line("view_text", "In which view", _view),
        Line("other_text", "With opportunity cost the other way", _other),
        Line("opportunity_text", "If opportunity cost decides", _opportunity),
        Line(
            "verdict_text",
            "Verdict",
            lambda m: words(
                m.choice_text,
                m.cost_text,
                m.margin_text,
                m.sure_text,
                m.view_text,
                m.opportunity_text,
            ),
        ),
    )


def _conditions(options: tuple[str, ...], sized: bool) -> tuple[Line, ...]:
    _, unanswered = gates(options)

    def joined(m: Any) -> Any:
        return words(*(getattr(m, line.name) for line in unanswered))

    def out(m: Any) -> Any:
        return words(*(getattr(m, line.name) for line in left_out))

    def told_out(m: Any) -> Any:
        return np.where(m.out_text == "", "", words("A gate rules out", m.out_text, ". "))

    def gated(m: Any) -> Any:
        answered = words("Gates that nobody has answered", m.open_gates_text)
        return np.where(m.open_gates_text == "", "Every gate is answered", answered)

    def guessed(m: Any) -> Any:
        told = words(". Guesses that decide · ", m.deciding_text)
        return np.where(m.deciding_text == "", "", told)

    def told(m: Any) -> Any:
        unfit = (m.unfit_text,) if sized else ()
        return words(*unfit, m.ruled_out_text, m.gated_text, m.guessed_text, ".")

    left_out = tuple(map(_left_out, options))
    return (
        *unanswered,
        Line("open_gates_text", "Gates that nobody has answered", joined),
        *left_out,
        Line("out_text", "Strategies that fail a gate", out),
        Line("ruled_out_text", "The same, if there are any", told_out),
        Line("gated_text", "Gates", gated),
        Line("guessed_text", "Guesses that decide", guessed),
        Line("conditions_text", "Conditions", told),
    )


def _left_out(option: str) -> Line:
    """Name a strategy that fails a gate, with what it would cost."""

    def rule(m: Any) -> Any:
        cost = amount(getattr(m, f"{option}_compared_cost"))
        named = words(f" · {NAMED[option]} (", cost, ")")
        return np.where(getattr(m, f"{option}_out_count") > 0, named, "")

    return Line(f"{option}_out_text", f"{NAMED[option].capitalize()}, if it fails one", rule)


def sentences(options: tuple[str, ...], rest: str = "api", sized: bool = False) -> tuple[Line, ...]:
    """Return verdict, reason, scale and conditions, each after its parts.

    `rest` is what a hybrid buys its rest from; `sized` says whether a model is.
    """
    conditions = _conditions(options, sized)
    return (*_verdict(options), *REASON, *scale(options, rest), *conditions)
