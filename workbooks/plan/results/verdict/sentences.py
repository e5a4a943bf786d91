"""What the cover says: each sentence made of figures of the one comparison."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.language.timeline import Line
from costcore.language.trace import amount, given, words
from workbooks.plan.lines.option import NAMED
from workbooks.plan.results.comparison import DUST
from workbooks.plan.results.verdict.gates import gates
from workbooks.plan.results.verdict.ranking import chosen

PHRASES = {
    "api": "Stay on the API",
    "managed": "Use the managed platform",
    "own": "Host it yourselves",
    "hybrid": "Go hybrid",
}


def _mtok(tokens: Any) -> Any:
    return amount(given(tokens, 0) / TOKENS_PER_MTOK)


def _percent(share: Any) -> Any:
    return words(amount(share * 100), " %")


def _choice(m: Any) -> Any:
    tied = words("Too close to call between ", m.cheapest_text, " and ", m.runner_text)
    clear = np.where(m.tie_count == 1, tied, m.phrase_text)
    return np.where(m.left_count > 0, clear, "No strategy passes the gates")


def _cost(m: Any) -> Any:
    months = words(" over ", amount(m.horizon_months), " months")
    alone = words(": ", m.currency, " ", amount(m.cheapest_cost), months)
    return np.where(m.left_count > 0, alone, "")


def _margin(m: Any) -> Any:
    tied = words(" against ", amount(m.runner_cost))
    less = words(
        ", ",
        amount(m.margin_cost),
        " (",
        _percent(m.margin_share),
        ") less than the runner-up, ",
        m.runner_text,
    )
    second = np.where(m.tie_count == 1, tied, less)
    return np.where(m.left_count > 1, second, "")


def _sure(m: Any) -> Any:
    drawn = words(
        "; ",
        m.cheapest_text,
        " is cheapest of all in ",
        words(amount(given(m.sure_share, 0) * 100 + DUST, 1), " %"),
        " of ",
        amount(m.draws_count),
        " draws",
    )
    moved = "; how sure is not known, for inputs moved since the draws"
    unsure = np.where(m.draws_count > 0, moved, "")
    return np.where(m.left_count > 1, np.where(m.odds_hold_count == 1, drawn, unsure), "")


def _view(m: Any) -> Any:
    after = np.where(m.tax_rate_share > 0, " (present value, after tax).", " (present value).")
    return np.where(m.left_count > 0, after, ".")


def _opportunity(m: Any, other: Any) -> Any:
    left_out = words(" Opportunity cost is left out; with it ", other, " would cost least.")
    counted = words(" Opportunity cost decides: without it ", other, " would cost least.")
    told = np.where(m.opportunity_kind == "in", counted, left_out)
    return np.where(m.turned_count == m.cheapest_count, "", told)


def _verdict(options: tuple[str, ...]) -> tuple[Line, ...]:
    return (
        Line("phrase_text", "What to do", lambda m: chosen(m.cheapest_count, options, PHRASES)),
        Line("cheapest_text", "Cheapest", lambda m: chosen(m.cheapest_count, options, NAMED)),
        Line("runner_text", "Runner-up", lambda m: chosen(m.runner_count, options, NAMED)),
        Line("turned_text", "Otherwise", lambda m: chosen(m.turned_count, options, NAMED)),
        Line("choice_text", "Cheapest strategy", _choice),
        Line("cost_text", "What it costs", _cost),
        Line("margin_text", "By how much", _margin),
        Line("sure_text", "How sure", _sure),
        Line("view_text", "In which view", _view),
        Line(
            "opportunity_text",
            "If opportunity cost decides",
            lambda m: _opportunity(m, m.turned_text),
        ),
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


def _ahead(m: Any) -> Any:
    last = words("from month ", amount(given(m.pays_from_months, 0)), " of the plan on")
    some = words(
        "in ", amount(m.ahead_months), " of ", amount(m.horizon_months), " months, not in the last"
    )
    return np.where(np.isfinite(m.pays_from_months), last, some)


def _when(m: Any) -> Any:
    never = np.where(m.ahead_months == 0, "in no month of the plan", m.ahead_text)
    return np.where(m.ahead_months == m.horizon_months, "in every month of the plan", never)


def _too_late(m: Any) -> Any:
    late = "; what it saves then does not make up for the other months"
    return np.where((m.ahead_months > 0) & (m.saving_cost <= 0), late, "")


def _in_time(m: Any) -> Any:
    told = words(
        "Self-hosting costs less than ", m.rival_text, " ", m.when_text, m.too_late_text, "."
    )
    none = "No token-billed option passes the gates, so self-hosting has no rival."
    return np.where(m.rival_count > 0, told, none)


def _gaps(m: Any) -> Any:
    later = words(", with gaps until ", _mtok(m.sustained_tokens_per_month), " M")
    ends = np.where(np.isfinite(m.sustained_tokens_per_month), later, ", not at every volume above")
    same = m.sustained_tokens_per_month == m.first_tokens_per_month
    return np.where(same, "", ends)


def _pays(m: Any) -> Any:
    nodes = amount(given(m.first_nodes, 0) + m.spare_nodes)
    return words(
        "it first pays at ",
        _mtok(m.first_tokens_per_month),
        " M tokens a month (nodes with the spare: ",
        nodes,
        ")",
        m.gaps_text,
    )


def _never(m: Any) -> Any:
    return words(
        "it pays at no volume, for a full node costs ",
        amount(given(m.full_node_per_mtok, 0), 2),
        " per million tokens and the rival charges ",
        amount(m.price_per_mtok, 2),
        " (a node measured at ",
        amount(given(m.some_tokens_per_second, 0)),
        " tokens a second costs less)",
    )


def _dear(m: Any) -> Any:
    return words(
        "it pays at no volume, for a self-hosted token costs ",
        amount(m.own_price_per_mtok, 2),
        " per million before any node is paid and the rival charges ",
        amount(m.price_per_mtok, 2),
    )


def _volume(m: Any) -> Any:
    never = np.where(np.isfinite(m.some_tokens_per_second), m.never_text, m.dear_token_text)
    paid = np.where(np.isfinite(m.first_tokens_per_month), m.pays_text, never)
    told = words(
        " At the prices of month ",
        amount(m.busiest_month_count),
        ", the busiest, ",
        paid,
        "; you plan ",
        _mtok(m.busiest_tokens_per_month),
        " M then.",
    )
    return np.where(m.rival_count > 0, told, "")


REASON = (
    Line("ahead_text", "In time, if in some months", _ahead),
    Line("when_text", "In time", _when),
    Line("too_late_text", "If that is too late", _too_late),
    Line("in_time_text", "When self-hosting costs less", _in_time),
    Line("gaps_text", "If it does not pay at every volume above", _gaps),
    Line("pays_text", "Reason if it pays", _pays),
    Line("never_text", "Reason if it never pays", _never),
    Line("dear_token_text", "Reason if a token alone is too dear", _dear),
    Line("volume_text", "From which volume", _volume),
    Line("reason_text", "Why", lambda m: words(m.in_time_text, m.volume_text)),
)


def _speed(m: Any) -> Any:
    asked = words(
        "Over the plan self-hosting pays with nodes measured at ",
        amount(given(m.needed_tokens_per_second, 0)),
        " tokens a second or more, before peak, answer times and headroom. ",
    )
    none = "No speed of a node makes self-hosting pay over the plan. "
    told = np.where(np.isfinite(m.needed_tokens_per_second), asked, none)
    moved = "From which speed of a node it pays is not known, for inputs moved since. "
    return np.where(m.moved_count == 0, told, moved)


def _measured(m: Any) -> Any:
    return words(
        "A node is measured at ",
        amount(given(m.node_speed_tokens_per_second, 0)),
        " and planned for ",
        amount(m.node_plan_tokens_per_month / TOKENS_PER_MTOK),
        " M tokens a month.",
    )


def _hybrid(rest: str) -> tuple[Line, ...]:
    """A hybrid that costs more than one of the two it mixes has no reason of its own."""

    def bought(m: Any) -> Any:
        return getattr(m, f"{rest}_compared_cost")

    def mixed(m: Any) -> Any:
        told = words(
            " The hybrid is dominated: ",
            np.where(m.own_compared_cost < bought(m), NAMED["own"], NAMED[rest]),
            " alone costs ",
            amount(m.hybrid_compared_cost - m.hybrid_part_cost),
            " less.",
        )
        return np.where(m.hybrid_compared_cost > m.hybrid_part_cost, told, "")

    return (
        Line(
            "hybrid_part_cost",
            "Cheaper of the two that the hybrid mixes, alone",
            lambda m: np.minimum(m.own_compared_cost, bought(m)),
        ),
        Line("hybrid_text", "If a mix is dominated", mixed),
    )


def _scale(options: tuple[str, ...], rest: str) -> tuple[Line, ...]:
    mixed = _hybrid(rest) if "hybrid" in options else ()

    def told(m: Any) -> Any:
        searched = (m.rival_count > 0) & (m.draws_count > 0)
        speed = np.where(searched, m.speed_text, "")
        return words(speed, m.measured_text, *(m.hybrid_text for _ in mixed[:1]))

    return (
        Line("speed_text", "Speed from which the plan pays", _speed),
        Line("measured_text", "What a node is", _measured),
        *mixed,
        Line("scale_text", "Scale", told),
    )


def _conditions(options: tuple[str, ...]) -> tuple[Line, ...]:
    _, unanswered = gates(options)

    def joined(m: Any) -> Any:
        return words(*(getattr(m, line.name) for line in unanswered))

    def told(m: Any) -> Any:
        gated = words("Gates that nobody has answered", m.open_gates_text)
        answered = np.where(m.open_gates_text == "", "Every gate is answered", gated)
        guessed = words(". Guesses that decide · ", m.deciding_text)
        return words(answered, np.where(m.deciding_text == "", "", guessed), ".")

    return (
        *unanswered,
        Line("open_gates_text", "Gates that nobody has answered", joined),
        Line("conditions_text", "Conditions", told),
    )


def sentences(options: tuple[str, ...], rest: str = "api") -> tuple[Line, ...]:
    """Return verdict, reason, scale and conditions, each after its parts.

    `rest` is what a hybrid buys its rest from.
    """
    return (*_verdict(options), *REASON, *_scale(options, rest), *_conditions(options))
