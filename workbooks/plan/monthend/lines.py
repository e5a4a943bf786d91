"""Cost lines of own nodes: what the plan calls them, and the words of invoices that mean them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

LINES: Mapping[str, str] = MappingProxyType(
    {
        "rent": "Nodes: rent or lease",
        "purchases": "Nodes: purchases less sales",
        "support": "Nodes: support",
        "power": "Nodes: electricity",
        "space": "Nodes: colocation and other cost",
        "marginal": "Nodes: cost per token",
        "staff": "People: engineering labour",
        "tools": "People: tools",
        "incidents": "People: incidents",
        "migration": "Moving to own nodes",
        "contracts": "Contracts",
    }
)
"""The lines of a plan with own nodes, by the part of it that they are."""
MOVING = "Moving workloads"
"""What moving costs, to whichever engine."""
ONCE = (LINES["purchases"], LINES["migration"], MOVING)
"""What comes once: the months to come are no multiple of it."""
WORDS: Mapping[str, str] = MappingProxyType(
    {
        "contracts": r"contract minimum|mindestabnahme|commitment",
        "purchases": r"purchase|kauf|anschaffung|investition|capex",
        "support": r"support|wartung|maintenance|garantie|warranty|\bnbd\b",
        "power": r"power|strom|electri|elektri|energ|kwh",
        "staff": r"salar|gehalt|gehälter|personal|people|staff|\bfte\b|payroll|engineer|lohn|löhne",
        "tools": r"\btool|software|licen[cs]e|lizenz|mlops|monitoring",
        "incidents": r"incident|störung|bereitschaft|on-call",
        "migration": r"migration|umzug",
        "space": r"colo|\brack|housing|rechenzentrum|data cent|stellplatz",
        "marginal": r"per token|je token|pro token",
        "rent": r"\bgpu|\b[hbal]\d{2,3}s?\b|mi3\d\d|\bnode|knoten|server|rent|miet|leas|instan",
    }
)
"""What an invoice calls them, in English and German; the first that fits counts."""
_USED_UP = (
    r"(?:power|energ(?:y|ie)|electricity|strom|software|licen[cs]es?|lizenz(?:en)?|support|wartung|"
    r"maintenance|warranty|garantie)"
)
BOUGHT_EACH_MONTH = re.compile(
    rf"({_USED_UP}s?)[- ]?(?:purchases?|(?:ein)?kauf)|(?:purchases? of|kauf von) ({_USED_UP})\b"
    r"(?! (?:distribution|supply|unit))|purchase order"
)
"""What is bought, and is no node: its own line is where it belongs."""
EQUIPMENT = re.compile(
    r"power distribution|unterbrechungsfreie stromversorgung|stromverteil\w*|notstrom\w*"
)
"""What has a word for power in it, and is none."""


def part_of(model: str) -> str:
    """Return what an invoice calls a cost line, whoever's it is; "" where it is none.

    >>> part_of("Pool: Nodes: purchases less sales"), part_of("Moving workloads")
    ('purchases', 'migration')
    """
    titles = {title: part for part, title in LINES.items()} | {MOVING: "migration"}
    return next((part for title, part in titles.items() if model.endswith(title)), "")


def line_of(text: str) -> str:
    """Return the cost line that a text of an invoice means; "" for none.

    >>> line_of("Strom GPU-Rack 3, 4.200 kWh"), line_of("8x H100, reserved"), line_of("Kaffee")
    ('power', 'rent', '')
    >>> line_of("Power distribution unit purchase"), line_of("Stromeinkauf"), line_of("USV-Kauf")
    ('purchases', 'power', 'purchases')
    """
    plain = text.strip().casefold()
    named = (part for part, title in LINES.items() if plain in (part, title.casefold()))
    meant = EQUIPMENT.sub("", BOUGHT_EACH_MONTH.sub(r"\1\2", plain))
    found = (part for part, words in WORDS.items() if re.search(words, meant))
    return next(named, "") or next(found, "")
