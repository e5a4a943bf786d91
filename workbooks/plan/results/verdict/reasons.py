"""Why: when self-hosting costs less, from which volume and speed, and what a mix is worth."""

from __future__ import annotations

from typing import Any

import numpy as np

from costcore.language.quantities import TOKENS_PER_MTOK
from costcore.language.timeline import Line
from costcore.language.trace import amount, given, words
from workbooks.plan.lines.option import NAMED


def _mtok(tokens: Any) -> Any:
    return amount(given(tokens, 0) / TOKENS_PER_MTOK)


def _ahead(m: Any) -> Any:
    month = amount(given(m.pays_from_months, 0))
    last = words("from month ", month, " of the plan on", m.in_all_text)
    return np.where(np.isfinite(m.pays_from_months), last, m.some_text)


def _in_all(m: Any) -> Any:
    """Months before the last run of them count, too: without them a saving has no reason."""
    months = amount(m.ahead_months), " of ", amount(m.horizon_months)
    all_told = words(" (in ", *months, " months in all)")
    return np.where(m.ahead_months > m.horizon_months - m.behind_last_months, all_told, "")


def _some(m: Any) -> Any:
    months = amount(m.ahead_months), " of ", amount(m.horizon_months)
    return words("in ", *months, " months, not in the last")


def _when(m: Any) -> Any:
    never = np.where(m.ahead_months == 0, "in no month of the plan", m.ahead_text)
    return np.where(m.ahead_months == m.horizon_months, "in every month of the plan", never)


def _too_late(m: Any) -> Any:
    late = "; what it saves then does not make up for the other months"
    return np.where((m.ahead_months > 0) & (m.saving_cost <= 0), late, "")


def _cheaper(m: Any) -> Any:
    return words("Self-hosting costs less than ", m.rival_text, " ", m.when_text, m.too_late_text)


def _in_time(m: Any) -> Any:
    return words(np.where(m.rival_count > 0, m.cheaper_text, m.no_rival_text), ".")


def _first_mtok(m: Any) -> Any:
    first = _mtok(m.first_tokens_per_month)
    return np.where(first == "0", "under 1", first)


def _sustained_mtok(m: Any) -> Any:
    return _mtok(m.sustained_tokens_per_month)


def _until(m: Any) -> Any:
    # Two volumes that read alike are one, however they were reckoned.
    alike = m.sustained_mtok_text == m.first_mtok_text
    return np.where(alike, "", words(", with gaps until ", m.sustained_mtok_text, " M"))


def _gaps(m: Any) -> Any:
    ends = ", not at every volume above"
    return np.where(np.isfinite(m.sustained_tokens_per_month), m.until_text, ends)


def _first(m: Any) -> Any:
    return words("it first pays at ", m.first_mtok_text, " M tokens a month")


def _pays(m: Any) -> Any:
    nodes = amount(given(m.first_nodes, 0) + m.spare_nodes)
    return words(m.first_text, " (nodes with the spare: ", nodes, ")", m.gaps_text)


def _full(m: Any) -> Any:
    cost = amount(given(m.full_node_per_mtok, 0), 2)
    return words("it pays at no volume, for a full node costs ", cost, " per million tokens")


def _charges(m: Any) -> Any:
    return words(" and the rival charges ", amount(m.price_per_mtok, 2))


def _faster(m: Any) -> Any:
    speed = amount(given(m.some_tokens_per_second, 0))
    return words(" (full ones cost less from ", speed, " tokens a second)")


def _never(m: Any) -> Any:
    return words(m.full_text, m.charges_text, m.faster_text)


def _dear(m: Any) -> Any:
    return words(
        "it pays at no volume, for a self-hosted token costs ",
        amount(m.own_token_per_mtok, 2),
        " per million before any node is paid",
        m.charges_text,
    )


def _pays_or_not(m: Any) -> Any:
    never = np.where(np.isfinite(m.some_tokens_per_second), m.never_text, m.dear_token_text)
    return np.where(np.isfinite(m.first_tokens_per_month), m.pays_text, never)


def _busiest(m: Any) -> Any:
    return words(" At the prices of month ", amount(m.busiest_month_count), ", the busiest, ")


def _planned(m: Any) -> Any:
    return words("; you plan ", amount(m.busiest_mtok_count), " M then", m.uneven_text, ".")


def _uneven(m: Any) -> Any:
    """The month may cost less in the plan, and its volume not pay, or the other way round."""
    spread = " (what falls due in other months is spread over the plan)"
    pays = np.where(m.busiest_own_per_month < m.busiest_rival_per_month, 1, 0)
    return np.where(pays == m.busiest_ahead_count, "", spread)


def _volume(m: Any) -> Any:
    told = words(m.busiest_text, m.pays_or_not_text, m.planned_text)
    return np.where(m.rival_count > 0, told, "")


REASON = (
    Line(
        "no_rival_text",
        "If self-hosting has no rival",
        lambda _: "No token-billed option passes the gates, so self-hosting has no rival",
    ),
    Line("some_text", "In time, if in some months that are not the last", _some),
    Line("in_all_text", "If in some months before, too", _in_all),
    Line("ahead_text", "In time, if in some months", _ahead),
    Line("when_text", "In time", _when),
    Line("too_late_text", "If that is too late", _too_late),
    Line("cheaper_text", "When self-hosting costs less than the rival", _cheaper),
    Line("in_time_text", "The same, if there is a rival", _in_time),
    Line("first_mtok_text", "Volume from which it first pays, in millions", _first_mtok),
    Line("sustained_mtok_text", "Volume from which it pays for good, in millions", _sustained_mtok),
    Line("until_text", "Until which volume there are gaps, if any", _until),
    Line("gaps_text", "If it does not pay at every volume above", _gaps),
    Line("first_text", "From which volume it pays", _first),
    Line("pays_text", "Reason if it pays", _pays),
    Line("charges_text", "What the rival charges", _charges),
    Line("full_text", "What a full node costs", _full),
    Line("faster_text", "From which speed some volume pays", _faster),
    Line("never_text", "Reason if it never pays", _never),
    Line("dear_token_text", "Reason if a token alone is too dear", _dear),
    Line("pays_or_not_text", "Reason, in volume", _pays_or_not),
    Line("busiest_text", "At which prices", _busiest),
    Line("uneven_text", "If that month alone says otherwise", _uneven),
    Line("planned_text", "What is planned", _planned),
    Line("volume_text", "From which volume, if there is a rival", _volume),
    Line("reason_text", "Why", lambda m: words(m.in_time_text, m.volume_text)),
)
BEFORE = "before peak, answer times and headroom"


def _asked(m: Any) -> Any:
    speed = amount(given(m.needed_tokens_per_second, 0))
    return words("Over the plan self-hosting pays with nodes measured at ", speed)


def _speed(m: Any) -> Any:
    none = "No speed of a node makes self-hosting pay at the volume of the plan. "
    told = words(m.asked_text, f" tokens a second or more, {BEFORE}. ")
    return np.where(np.isfinite(m.needed_tokens_per_second), told, none)


def _speed_if(m: Any) -> Any:
    moved = "From which speed of a node it pays is not known, for inputs moved since. "
    return np.where(m.moved_count == 0, m.some_speed_text, moved)


def _measured(m: Any) -> Any:
    return words("A node is measured at ", amount(m.node_speed_tokens_per_second), m.load_text)


def _load(m: Any) -> Any:
    load = amount(m.node_plan_tokens_per_month / TOKENS_PER_MTOK)
    return words(" and planned for ", load, " M tokens a month.")


def _hybrid(rest: str) -> tuple[Line, ...]:
    """A hybrid that costs more than one of the two it mixes has no reason of its own.

    What a gate rules out is no better choice; every gate of its two parts is one of the hybrid.
    """

    def alone(m: Any) -> Any:
        return np.where(m.own_compared_cost == m.hybrid_part_cost, NAMED["own"], NAMED[rest])

    def part(m: Any) -> Any:
        return np.minimum(m.own_compared_cost, getattr(m, f"{rest}_compared_cost"))

    def dominated(m: Any) -> Any:
        less = amount(m.hybrid_compared_cost - m.hybrid_part_cost)
        return words(" The hybrid is dominated: ", m.alone_text, " alone costs ", less, " less.")

    def mixed(m: Any) -> Any:
        dearer = (m.hybrid_out_count == 0) & (m.hybrid_compared_cost > m.hybrid_part_cost)
        return np.where(dearer, m.dominated_text, "")

    return (
        Line(
            "hybrid_part_cost",
            "Cheaper of the two that the hybrid mixes, alone",
            part,
        ),
        Line("alone_text", "Which that is", alone),
        Line("dominated_text", "What it costs less", dominated),
        Line("hybrid_text", "If a mix is dominated", mixed),
    )


def scale(options: tuple[str, ...], rest: str) -> tuple[Line, ...]:
    """Return the speed from which the plan pays, what a node is, and what a mix is worth."""
    mixed = _hybrid(rest) if "hybrid" in options else ()

    def told(m: Any) -> Any:
        searched = (m.rival_count > 0) & (m.draws_count > 0)
        speed = np.where(searched, m.speed_text, "")
        return words(speed, m.measured_text, *(m.hybrid_text for _ in mixed[:1]))

    return (
        Line("asked_text", "Speed from which the plan pays", _asked),
        Line("some_speed_text", "The same, if some speed does", _speed),
        Line("speed_text", "The same, if nothing moved since", _speed_if),
        Line("load_text", "What a node is planned for", _load),
        Line("measured_text", "What a node is", _measured),
        *mixed,
        Line("scale_text", "Scale", told),
    )
