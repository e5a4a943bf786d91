"""The columns of the shipped tables, one dataclass per table."""

from dataclasses import dataclass, field
from datetime import date

PRICES = (
    "input_price_per_mtok",
    "output_price_per_mtok",
    "cached_price_per_mtok",
    "cache_write_price_per_mtok",
    "batch_input_price_per_mtok",
    "batch_output_price_per_mtok",
    "long_context_input_price_per_mtok",
    "long_context_output_price_per_mtok",
    "cache_write_1h_price_per_mtok",
    "batch_cached_price_per_mtok",
    "reasoning_price_per_mtok",
    "second_long_context_input_price_per_mtok",
    "second_long_context_output_price_per_mtok",
    "price_per_request",
)
"""The columns of `TokenPrice` that hold a price."""
PEAK_HOURS = (
    "peak_start_hour",
    "peak_end_hour",
    "second_peak_start_hour",
    "second_peak_end_hour",
)
"""The columns of `TokenPrice` that say when the price is that of the peak, in UTC."""
PROVENANCE = (
    "valid_from",
    "valid_to",
    "as_of",
    "as_of_kind",
    "confidence",
    "agreement",
    "second_source",
    "second_input_price_per_mtok",
    "second_output_price_per_mtok",
    "source",
    "source_url",
    "origin",
)
"""The columns of `TokenPrice` that say since when, from where and how sure."""


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenPrice:
    """What a provider charges for a model's tokens, per million, while the row is valid.

    A blank price (`None`) is not offered or not known, never free. `valid_to` is the first day
    on which the row no longer holds.

    A price may be lower outside the provider's peak hours: the others are then those of the
    peak, and `off_peak_price_share` is what is left of them. The hours are UTC, on the first
    `peak_days_count` days of each week from Monday.

    `origin` is `shipped`, `list` where a price list was read since, or `contract`, and
    `source_sha256` the file that it was read from.

    Reasoning tokens are part of the output and cost what it does, unless they have a price of
    their own. A price for each request comes on top of that of its tokens.
    """

    provider: str
    model: str
    kind: str
    input_price_per_mtok: float
    output_price_per_mtok: float
    cached_price_per_mtok: float | None
    cache_write_price_per_mtok: float | None
    batch_input_price_per_mtok: float | None
    batch_output_price_per_mtok: float | None
    long_context_from_tokens: float | None
    long_context_input_price_per_mtok: float | None
    long_context_output_price_per_mtok: float | None
    off_peak_price_share: float | None = None
    peak_start_hour: float | None = None
    peak_end_hour: float | None = None
    second_peak_start_hour: float | None = None
    second_peak_end_hour: float | None = None
    peak_days_count: float | None = None
    cache_write_1h_price_per_mtok: float | None = None
    batch_cached_price_per_mtok: float | None = None
    reasoning_price_per_mtok: float | None = None
    second_long_context_from_tokens: float | None = None
    second_long_context_input_price_per_mtok: float | None = None
    second_long_context_output_price_per_mtok: float | None = None
    price_per_request: float | None = None
    currency: str
    valid_from: date | None
    valid_to: date | None
    source: str
    source_url: str
    as_of: date
    as_of_kind: str
    confidence: str
    second_source: str
    second_input_price_per_mtok: float | None
    second_output_price_per_mtok: float | None
    agreement: str
    note: str
    origin: str = "shipped"
    source_sha256: str = ""

    def holds_on(self, day: date) -> bool:
        """Say whether the price is valid on a day; the last day of validity is excluded."""
        return (self.valid_from or date.min) <= day < (self.valid_to or date.max)


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """The day from which a provider no longer serves a model, and what it names instead."""

    model: str
    retired_on: date
    replacement: str
    source: str
    source_url: str
    as_of: date
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accelerator:
    """A GPU or other accelerator: what it can do, draws, and costs to rent or to buy.

    `memory_gb` counts 1e9 bytes, as weights do, so it is above the size in the name; and
    `link_gb_per_s` is one way to the others in the server.

    Prices are per accelerator; a purchase price includes its share of the server unless the
    note says "card only". A resale share is of the purchase price, 36 and 60 months after it;
    between them, and from the purchase on, the value falls evenly. `quote_needed` is `yes` where a
    budget needs your own quote.
    """

    hardware: str
    vendor: str
    form: str
    memory_gb: float
    bandwidth_tb_per_s: float
    bf16_dense_tflops: float
    fp8_dense_tflops: float | None
    fp4_dense_tflops: float | None
    link_gb_per_s: float | None
    hardware_speed_share: float
    family: str
    tdp_kw: float | None
    server_power_kw_per_gpu: float | None
    rent_low_per_gpu_hour: float | None
    rent_base_per_gpu_hour: float | None
    rent_high_per_gpu_hour: float | None
    rent_currency: str
    rent_source: str
    rent_as_of: date | None
    buy_low_per_gpu: float | None
    buy_base_per_gpu: float | None
    buy_high_per_gpu: float | None
    buy_currency: str
    buy_source: str
    buy_as_of: date | None
    resale_36_low_share: float | None
    resale_36_base_share: float | None
    resale_36_high_share: float | None
    resale_60_low_share: float | None
    resale_60_base_share: float | None
    resale_60_high_share: float | None
    resale_source: str
    resale_as_of: date | None
    quote_needed: str
    spec_source: str
    spec_as_of: date
    confidence: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rent:
    """What one provider asks for an accelerator by the hour, on demand; each counts once."""

    hardware: str
    provider: str
    rent_per_gpu_hour: float
    currency: str
    as_of: date
    source_url: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Throughput:
    """One published serving speed: a model on named hardware at a stated request size."""

    system: str
    hardware: str
    gpus: float
    model: str
    params_total_b: float
    params_active_b: float
    weight_precision: str
    input_tokens: float | None
    output_tokens: float | None
    concurrency: str
    output_tokens_per_second: float | None
    tokens_per_second: float
    tokens_per_second_kind: str
    engine: str
    measure: str
    as_of: date
    source: str
    source_url: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assumption:
    """An operating figure with its usual range, its source, and how far to trust it."""

    name: str
    low: float | None
    base: float
    high: float | None
    unit: str
    currency: str
    source: str
    source_url: str
    as_of: date | None
    confidence: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ExchangeRate:
    """How many units of `to_currency` one unit of `from_currency` bought on a day.

    `low_rate` and `high_rate` are what it may be over the plan; blank: nobody has said.
    """

    date: date
    from_currency: str
    to_currency: str
    rate: float
    source: str
    source_url: str
    low_rate: float | None = field(default=None, repr=False)
    high_rate: float | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """The shape of an open model: what its weights and its cache take, and what a token costs.

    `kv_layers_full` counts the layers whose cache grows with the context, `kv_elems_per_layer`
    the numbers such a layer stores per token; a window layer stores `window_tokens` at most.
    `params_active_b` is `None` where it is not known; `context_tokens` is where the published
    configuration ends, prompt and answer together. `published_speeds_count` counts those that
    its `model_speed_share` is fitted on: where they are few, the band of its speed is wider.
    """

    model: str
    params_total_b: float
    params_active_b: float | None
    layers: float
    hidden: float
    attn_heads: float
    kv_heads: float
    head_dim: float
    attention: str
    kv_layers_full: float
    kv_elems_per_layer: float
    window_layers: float | None
    window_tokens: float | None
    window_elems_per_layer: float | None
    experts: float | None
    experts_per_token: float | None
    model_speed_share: float
    published_speeds_count: float
    moe_intermediate: float | None
    shared_experts: float | None
    dense_intermediate: float | None
    dense_layers: float | None
    vocab: float | None
    tied_embeddings: str
    native_precision: str
    context_tokens: float | None
    publisher: str
    total_source: str
    source: str
    as_of: date
    confidence: str
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadHour:
    """The load of one hour of a public trace, over the mean of that trace."""

    shape: str
    hour: float
    load_over_mean: float
