"""Every quantitative claim of three articles, beside what the cost core makes of it.

0. LinkedIn post "Cloud vs. Self-Hosted: Cost Crossover Analysis" (Q1 2025), in euros.
1. Article on self-hosting break-even ("The Token Trap"), in US dollars.
2. CTO guide "The Trillion Token Tipping Point", in US dollars over 36 months.

A claim is named by article and number; one with several figures has several rows. ``holds`` is
the article's own rounding: our figure is the printed one within that share, or, where it is
None, contradicts it. ``printed`` is None where the article leaves the figure out.
"""

from dataclasses import dataclass

import numpy as np

from costcore.answers.breakeven import breakeven_load, breakeven_price, breakeven_tokens
from costcore.answers.outcome import outcome_cost
from costcore.money.horizon import breakeven_months, tco_3yr, tco_api_3yr, tco_nyr
from costcore.nodes.capacity import capacity_tokens
from costcore.nodes.hosting import idle_cost, rent_per_month, selfhost_cost, selfhost_price
from costcore.tokens.api import priced, routed_price

NEVER = np.inf
MTOK, BTOK = 1e6, 1e9


@dataclass(frozen=True)
class Claim:
    """A printed figure, our figure, and the number ours is pinned to."""

    id: str
    says: str
    printed: float | None
    ours: float
    pinned: float
    holds: float | None = None


# article 0: four A100 for 5,400 a month that serve 150 tokens a second through 720 hours
CAPACITY = capacity_tokens(150, hours_per_month=720)
PRICES = {"Gemini Flash": 0.075, "Claude Sonnet": 2.5, "GPT-4 Turbo": 10, "Llama 70B": 3.2}
ENGINEER = 80_000 / 12
FLASH, SONNET, TURBO, LLAMA = PRICES.values()


def server_tokens(price, **given):
    """Break-even of the server against an API price, as the post computes it or as it is."""
    return breakeven_tokens(price, 5_400, CAPACITY, **given) / MTOK


def meets(price, fixed=0.0):
    """Where the bills meet on paper, capacity forgotten."""
    return server_tokens(price, fixed_cost_per_month=fixed, kind="price-only")


def pays_at(price):
    """Tokens a second at which a full server would pay."""
    return 150 * breakeven_load(price, 5_400, CAPACITY)


POST = (
    Claim("q0.2", "4x A100 rent, at 1.875 an hour each", 5_400,
          rent_per_month(1.875, 4, hours_per_month=720), 5_400, 0),
    Claim("q0.2", "the same rent in months of 730 hours, at 1.849", 5_400,
          rent_per_month(1.849, 4), 5_399.08, 2e-4),
    Claim("q0.3", "150 tokens a second; to pay against GPT-4 Turbo it takes", 150,
          pays_at(TURBO), 208.333),
    Claim("q0.3", "against Gemini Flash", 150, pays_at(FLASH), 27_777.8),
    Claim("q0.3", "against Claude Sonnet", 150, pays_at(SONNET), 833.333),
    Claim("q0.3", "against Llama 70B", 150, pays_at(LLAMA), 651.042),
    Claim("q0.4", "monthly capacity ~388 M", 388, CAPACITY / MTOK, 388.8, 3e-3),
    Claim("q0.4", "in months of 730 hours", None, capacity_tokens(150) / MTOK, 394.2),
    Claim("q0.5", "14 per million", 14, selfhost_price(CAPACITY, 5_400, CAPACITY), 13.8889, 9e-3),
    Claim("q0.6", "APIs are 186x cheaper", 186,
          selfhost_price(CAPACITY, 5_400, CAPACITY) / FLASH, 185.185, 5e-3),
    Claim("q0.7", "small models: never", NEVER, server_tokens(FLASH), NEVER, 0),
    Claim("q0.7", "on paper the bills meet at 185 times the capacity", 185,
          meets(FLASH) * MTOK / CAPACITY, 185.185, 2e-3),
    Claim("q0.8", "Claude Sonnet ~2.16 B, on paper", 2_160, meets(SONNET), 2_160, 0),
    Claim("q0.8", "Claude Sonnet ~2.16 B", 2_160, server_tokens(SONNET), NEVER),
    Claim("q0.8", "at 100 % utilisation", 1.0, meets(SONNET) * MTOK / CAPACITY, 5.5556),
    Claim("q0.8", "bill there, with the six servers it takes", 5_400,
          selfhost_cost(2_160 * MTOK, 5_400, CAPACITY), 32_400),
    Claim("q0.9", "GPT-4 Turbo 540 M, on paper", 540, meets(TURBO), 540, 0),
    Claim("q0.9", "GPT-4 Turbo 540 M", 540, server_tokens(TURBO), NEVER),
    Claim("q0.9", "on one server", 1.0, meets(TURBO) * MTOK / CAPACITY, 1.38889),
    Claim("q0.9", "bill there, with two servers", 5_400,
          selfhost_cost(540 * MTOK, 5_400, CAPACITY), 10_800),
    Claim("q0.10", "Llama 70B 1.69 B, on paper", 1_690, meets(LLAMA), 1_687.5, 2e-3),
    Claim("q0.10", "Llama 70B 1.69 B", 1_690, server_tokens(LLAMA), NEVER),
    Claim("q0.10", "on one server", 1.0, meets(LLAMA) * MTOK / CAPACITY, 4.3403),
    Claim("q0.11", "14 per million, with the engineer for 80K", 14,
          selfhost_price(CAPACITY, 5_400, CAPACITY, ENGINEER), 31.0357),
    Claim("q0.11", "GPT-4 Turbo with the engineer", 540, meets(TURBO, ENGINEER), 1_206.67),
    Claim("q0.11", "Claude Sonnet with the engineer", 2_160, meets(SONNET, ENGINEER), 4_826.67),
    Claim("q0.11", "Llama 70B with the engineer", 1_690, meets(LLAMA, ENGINEER), 3_770.83),
    Claim("q0.12", "API below 500 M: that takes two servers", None,
          selfhost_cost(500 * MTOK, 5_400, CAPACITY), 10_800),
    *(
        Claim("q0.12", f"bill of {name} at 500 M", None, priced(500 * MTOK, PRICES[name]), bill)
        for name, bill in zip(PRICES, (37.5, 1_250, 5_000, 1_600), strict=True)
    ),
    Claim("q0.12", "beyond it self-hosting may win", 500, server_tokens(TURBO), NEVER),
    Claim("q0.13", "self-host above 1 B on GPT-4: bill of the API", None,
          priced(BTOK, TURBO), 10_000),
    Claim("q0.13", "three servers cost less than that", 10_000,
          selfhost_cost(BTOK, 5_400, CAPACITY), 16_200),
    Claim("q0.13", "with the engineer they do", 10_000,
          selfhost_cost(BTOK, 5_400, CAPACITY, ENGINEER), 22_866.7),
    Claim("q0.14", "self-host at 70 % utilisation: cost of a million beats GPT-4 Turbo's", 10,
          selfhost_price(0.7 * CAPACITY, 5_400, CAPACITY), 19.8413),
    Claim("q0.14", "utilisation from which it does", 0.7,
          breakeven_load(TURBO, 5_400, CAPACITY), 1.38889),
    *(
        Claim("q0.16", f"1 B (q0.13) costs 10 K on {name}: 10 K buys, in B", 1,
              breakeven_tokens(price, 10_000) / BTOK, tokens, 0 if name == "GPT-4 Turbo" else None)
        for (name, price), tokens in zip(PRICES.items(), (133.333, 4, 1, 3.125), strict=True)
    ),
    Claim("q0.18", 'medium models: "use APIs", yet 2.16 B is their break-even', 2_160,
          server_tokens(SONNET, kind="sustained"), NEVER),
)  # fmt: skip

# article 1: an H100 at 1.65 an hour
ALWAYS_ON = 12 * rent_per_month(1.65)
ON_DUTY = 12 * rent_per_month(1.65, duty_share=0.7)
LARGE, SMALL = 10.0, 1.0  # cost of an attempt with a 70B and a 7B model: "ten times"

ARTICLE = (
    Claim("q1.1", "70 % utilisation, if the machine is handed back", 10_000, ON_DUTY, 10_117.8,
          0.012),
    Claim("q1.1", "70 % utilisation, as a load: idle hours are rented too", 10_000, ALWAYS_ON,
          14_454),
    Claim("q1.3", "3 times the raw rent, against one engineer in article 0", 80_000,
          3 * ON_DUTY, 30_353.4),
    Claim("q1.3", "5 times the raw rent", 80_000, 5 * ON_DUTY, 50_589),
    Claim("q1.3", "3 times the rent of an always-on machine", 80_000, 3 * ALWAYS_ON, 43_362),
    Claim("q1.3", "5 times", 80_000, 5 * ALWAYS_ON, 72_270),
    Claim("q1.4", "2 M a day are 60 M a month", 60, 2 * 730 / 24, 60.8333, 0.014),
    Claim("q1.7", "0.001 per token at 10 B: less than the 47,000 of q1.8", 47_000,
          priced(10 * BTOK, 0.001 * MTOK), 10e6),
    Claim("q1.7", "0.002 per token", 47_000, priced(10 * BTOK, 0.002 * MTOK), 20e6),
    Claim("q1.7", "0.001 per thousand tokens", None, priced(10 * BTOK, 1.0), 10_000),
    Claim("q1.7", "0.002 per thousand tokens", None, priced(10 * BTOK, 2.0), 20_000),
    Claim("q1.7", "the lower of them against article 2's dearer API price", 0.75,
          breakeven_price(10 * BTOK, 10_000), 1.0),
    Claim("q1.8", "47,000 to 8,000 a month, as a share", 0.83, 1 - 8 / 47, 0.829787,
          1e-3),
    Claim("q1.8", "beyond the 70 % of q1.9", 0.70, 1 - 8 / 47, 0.829787),
    Claim("q1.9", "hybrid saves 40 %: 80 % of the volume at half the price", 0.40,
          1 - routed_price([0.8, 0.2], [0.5, 1]), 0.40, 1e-9),
    Claim("q1.9", "hybrid saves 70 %: at an eighth of it", 0.70,
          1 - routed_price([0.8, 0.2], [0.125, 1]), 0.70, 1e-9),
    Claim("q1.9", "ceiling, at no price", None, 1 - routed_price([0.8, 0.2], [0, 1]), 0.80),
    Claim("q1.11", "10 % busy: 90 % of the compute is wasted", 0.9, idle_cost(1, 1, 0.1), 0.9, 0),
    Claim("q1.12", "50 % failures: run twice", 2, outcome_cost(1, 0.5), 2, 0),
    Claim("q1.12", "dearer than an API that works, at half its price or more", 1.0,
          outcome_cost(0.5, 0.5), 1.0, 0),
    Claim("q1.12", "and at 0.4 of its price", 1.0, outcome_cost(0.4, 0.5), 0.8),
    Claim("q1.13", "70B in one shot beats 7B failing five times and a person for 4 of them", LARGE,
          outcome_cost(SMALL, 0, 5, repair_cost=4 * SMALL), 9.0),
    Claim("q1.13", "even at 5 of them", LARGE, outcome_cost(SMALL, 0, 5, repair_cost=5 * SMALL),
          10.0, 0),
    Claim("q1.13", "won at 6 of them", None, outcome_cost(SMALL, 0, 5, repair_cost=6 * SMALL),
          11.0),
)  # fmt: skip

# article 2: four owned H100 against a bill of 3,750; 80 % of the volume small, 20 % large
BLEND = routed_price([0.8, 0.2], [0.10, 0.75])
IMPLIED = breakeven_price(2.7 * BTOK, 3_750)
OWNED = tco_3yr(155_000, 2_450, 10_000)
MONTHLY = OWNED / 36
SECOND = capacity_tokens(1, hours_per_month=720)  # tokens a month at one a second
RUNNING = 2_450 + 10_000 / 12


def crosses(price):
    """Volume in billions at which the API's bill is the amortised cost of owning."""
    return breakeven_tokens(price, MONTHLY) / BTOK


GUIDE = (
    Claim("q2.1", "50,000 requests a day are 35 a minute", 35, 50_000 / 1_440, 34.7222, 0.01),
    Claim("q2.2", "3x peak is ~100 a minute", 100, 3 * 50_000 / 1_440, 104.167, 0.05),
    Claim("q2.3", "2.7 B a month, as tokens per request", 1_800, 2.7 * BTOK / (50_000 * 30),
          1_800, 0),
    Claim("q2.4", "bill of 3,750 at 0.10 and 0.75", 3_750, priced(2.7 * BTOK, BLEND), 621),
    Claim("q2.4", "all of it at the large price", 3_750, priced(2.7 * BTOK, 0.75), 2_025),
    Claim("q2.4", "price that 3,750 implies", 0.23, IMPLIED, 1.38889),
    Claim("q2.4", "volume that 3,750 implies at the blend, in B", 2.7,
          breakeven_tokens(BLEND, 3_750) / BTOK, 16.3043),
    Claim("q2.4", "and at the large price", 2.7, breakeven_tokens(0.75, 3_750) / BTOK, 5.0),
    Claim("q2.5", "API over three years", 135_000, tco_api_3yr(3_750), 135_000, 0),
    Claim("q2.5", "at the stated prices", 135_000, tco_api_3yr(priced(2.7 * BTOK, BLEND)), 22_356),
    Claim("q2.6", "owning over three years", 273_200, OWNED, 273_200, 0),
    Claim("q2.7", "API ~2x cheaper", 2, OWNED / tco_api_3yr(3_750), 2.0237, 0.02),
    Claim("q2.7", "at the stated prices", 2, OWNED / tco_api_3yr(priced(2.7 * BTOK, BLEND)),
          12.2204),
    Claim("q2.8", "bill of ~9,500 at 7.5 B, at the implied price", 9_500,
          priced(7.5 * BTOK, IMPLIED), 10_416.7),
    Claim("q2.8", "at the stated prices", 9_500, priced(7.5 * BTOK, BLEND), 1_725),
    Claim("q2.8", "all large", 9_500, priced(7.5 * BTOK, 0.75), 5_625),
    Claim("q2.8", "price that 9,500 implies, where 3,750 implied", 1.38889,
          breakeven_price(7.5 * BTOK, 9_500), 1.26667),
    Claim("q2.9", "exceeds the amortised cost of 7,589", 7_589, MONTHLY, 7_588.89, 1e-4),
    Claim("q2.9", "crossing at 7.5 B, at the implied price", 7.5, crosses(IMPLIED), 5.464),
    Claim("q2.9", "at the price 9,500 implies", 7.5, crosses(9_500 / 7_500), 5.99123),
    Claim("q2.9", "at the stated prices", 7.5, crosses(BLEND), 32.9952),
    Claim("q2.9", "price at which it is 7.5 B", 0.23, breakeven_price(7.5 * BTOK, MONTHLY),
          1.01185),
    Claim("q2.10", "7.5 B as tokens a second", None, 7.5 * BTOK / SECOND, 2_893.52),
    Claim("q2.10", "at the 3x peak", None, 3 * 7.5 * BTOK / SECOND, 8_680.56),
    Claim("q2.10", "33 B at the 3x peak", None, 3 * 33 * BTOK / SECOND, 38_194.4),
    Claim("q2.11", "labour of 10,000 a year, with article 0's engineer", 273_200,
          tco_3yr(155_000, 2_450, 80_000), 483_200),
    Claim("q2.11", "as a month", 7_589, tco_3yr(155_000, 2_450, 80_000) / 36, 13_422.2),
    Claim("q2.12", "70B in FP16 needs 140 GB, at two bytes each", 140, 70 * 2, 140, 0),
    Claim("q2.12", "left for a cache on 2 x 80 GB", None, 2 * 80 - 70 * 2, 20),
    Claim("q2.15", "double capacity halves the break-even volume, in B", 7.5 / 2,
          breakeven_tokens(9_500 / 7_500, MONTHLY, 2 * 7.5 * BTOK) / BTOK, 5.99123),
    Claim("q2.15", "half the hardware halves the cost", 273_200 / 2,
          tco_3yr(155_000 / 2, 2_450 / 2, 10_000), 151_600),
    Claim("q2.16", "AWQ keeps full precision, which takes 140 GB; at four bits", 140, 70 / 2, 35),
    Claim("q2.17", "a trillion tokens at 7.5 B a month, in the 36 months", 36, 1e12 / 7.5e9,
          133.333),
    Claim("q2.17", "at 2.7 B a month", 36, 1e12 / 2.7e9, 370.37),
    Claim("q2.18", "months to pay back at a bill of 3,750", None,
          breakeven_months(155_000, 3_750, RUNNING), 332.143),
    Claim("q2.18", "at 9,500", None, breakeven_months(155_000, 9_500, RUNNING), 24.9330),
    Claim("q2.18", "at 10,417", None, breakeven_months(155_000, 10_417, RUNNING), 21.7278),
    Claim("q2.19", "no discounting: owning at 10 %", 273_200,
          tco_3yr(155_000, 2_450, 10_000, discount_rate=0.10), 257_396),
    Claim("q2.19", "no discounting: API at 10 %", 135_000,
          tco_api_3yr(3_750, discount_rate=0.10), 116_949),
    Claim("q2.19", "no residual: owning at a quarter of the purchase", 273_200,
          tco_nyr(3, 155_000, 2_450, 10_000, residual=155_000 / 4), 234_450),
)  # fmt: skip

CLAIMS = POST + ARTICLE + GUIDE

# millions of tokens a month, from and to, of article 1's table
TIERS = ((0, 60), (60, 500), (500, 5_000), (10_000, np.inf))

STATED = {
    "q0.1": "0.075, 2.50, 10 and 3.20 per million: inputs; one price each, input or output unsaid",
    "q0.15": "below 100 ms needs self-hosting in one list, below 200 ms in the other",
    "q0.17": "3 months of usage before deciding: a rule",
    "q1.2": "tokens at a fraction of the price of a premium API: no speed is given",
    "q1.5": "500 M to 5 B is a gray zone: a rule",
    "q1.6": "brokered GPUs save 40 to 50 %: no prices are given",
    "q1.10": "the tiers of the table leave out 5 to 10 B",
    "q1.14": "look at self-hosting at 3 of 5 questions: a rule that can pass without any volume",
    "q1.15": "an open model reaches 95 % of the accuracy: a gate",
    "q1.16": "models below 14B cost least, 27B and 30B are a good balance: no figures are given",
    "q1.17": "80 % of the calls fit a 7B: the share q1.9 and article 2 use too",
    "q1.18": "3 months of data: a rule",
    "q1.19": "the GPU is the cheapest part: 20 to 33 % of the cost, if q1.3 holds",
    "q2.13": "the quietest hour keeps 2 GPUs at 40 %: a rule",
    "q2.14": "below 100 ms for simple queries: a rule",
}
"""Claims without a figure to compute, and why."""
