"""The models table: totals counted from the layers, and caches known from elsewhere."""

from dataclasses import asdict

import pytest

from costcore.machines.sizing import kv_bytes_per_token
from workbooks import tables
from workbooks.tables import Model

LATENT_QUERY = 1536
ROPE, NOPE, VALUE = 64, 128, 128
"""Sizes of latent attention in DeepSeek V3 and Kimi K2, which the table does not hold."""
INDEPENDENT = [m for m in tables.models() if m.total_source == "published" and m.kv_layers_full]

each_model = pytest.mark.parametrize("row", tables.models(), ids=lambda row: row.model)


def counted_params_b(row: Model) -> float:
    """Weights of every layer, in billions, from the shape alone."""
    embedding = row.vocab * row.hidden * (1 if row.tied_embeddings == "yes" else 2)
    experts = row.layers - (row.dense_layers or 0) if row.experts else 0
    each = (row.experts or 0) + (row.shared_experts or 0)
    routed = experts * (each * 3 * row.hidden * (row.moe_intermediate or 0))
    routed += experts * row.hidden * (row.experts or 0)
    dense = (row.layers - experts) * 3 * row.hidden * (row.dense_intermediate or 0)
    return (embedding + routed + dense + row.layers * attention_params(row)) / 1e9


def attention_params(row: Model) -> float:
    """Projections of one layer."""
    if "MLA" not in row.attention:
        return 2 * row.hidden * row.head_dim * (row.attn_heads + row.kv_heads)
    latent = row.kv_elems_per_layer - ROPE
    query = row.hidden * LATENT_QUERY + LATENT_QUERY * row.attn_heads * (NOPE + ROPE)
    keys = row.hidden * (latent + ROPE) + latent * row.attn_heads * (NOPE + VALUE)
    return query + keys + row.attn_heads * VALUE * row.hidden


@pytest.mark.parametrize("row", INDEPENDENT, ids=lambda row: row.model)
def test_totals_are_the_sum_of_the_layers(row):
    """Within 1 % of the published total, for every model whose total is published."""
    assert counted_params_b(row) == pytest.approx(row.params_total_b, rel=0.01)


def test_there_are_twenty_published_totals():
    """And two more rows: Llama 3.1 and 3.3 70B have one shape, and so have Kimi K2 and K2.6."""
    assert len(INDEPENDENT) == 20 + 2


@pytest.mark.parametrize(
    ("model", "expected"),
    [
        ("Llama-3.1-70B", 327_680),
        ("DeepSeek-V3/R1", 70_272),
        ("gpt-oss-120b", 36_864),
        ("Qwen3.5-397B-A17B", 30_720),
    ],
)
def test_cache_of_a_token_is_the_published_one(model, expected):
    """Grouped, latent, alternating and one-in-four attention."""
    assert kv_bytes_per_token(asdict(tables.model(model))) == expected


@each_model
def test_shapes_are_plausible(row):
    """Parts are not larger than the whole, and every row says where it is from."""
    assert 0 < (row.params_active_b or 1) <= row.params_total_b
    assert (row.kv_layers_full or 0) + (row.window_layers or 0) <= row.layers
    assert (row.experts_per_token or 0) <= (row.experts or 0)
    assert row.native_precision in {"bf16", "fp8", "fp4"}
    assert row.tied_embeddings in {"yes", "no"}
    assert row.confidence in {"high", "medium", "low"}
    assert row.source
    assert row.total_source


@each_model
def test_an_unknown_is_of_low_confidence(row):
    """A blank where the model needs a number is said in the note."""
    if row.params_active_b is None:
        assert row.confidence == "low"
        assert "active parameters not known" in row.note


def test_every_measured_model_has_a_shape():
    """So that each published speed can be held against the model."""
    assert {row.model for row in tables.throughputs()} <= {row.model for row in tables.models()}
