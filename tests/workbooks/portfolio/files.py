"""A small portfolio as a file holds it, to be changed by a test."""

import copy

CHAT, NIGHT = "Support chat", "Night batch"
CONTENT = {
    "horizon_months": 12,
    "load_shape": "flat",
    "workload": [
        {"name": CHAT, "tokens_per_month": 7.3e9},
        {"name": NIGHT, "tokens_per_month": 7.3e9, "movable": True},
    ],
    "engine": [
        {
            "name": "API",
            "kind": "api",
            "input_price_per_mtok": 0.2,
            "output_price_per_mtok": 0.2,
        },
        {
            "name": "Own cards",
            "kind": "nodes",
            "hardware": "H100 SXM",
            "rent_per_gpu_hour": 2.0,
            "node_tokens_per_second": 9_000,
        },
        {
            "name": "Other cards",
            "kind": "nodes",
            "hardware": "H100 SXM",
            "rent_per_gpu_hour": 2.0,
            "node_tokens_per_second": 9_000,
        },
    ],
    "strategy": [{"name": "All API", "routes": {CHAT: "API", NIGHT: {"API": 1.0}}}],
}


def changed(change):
    """Return the content after a change in place."""
    content = copy.deepcopy(CONTENT)
    change(content)
    return content
