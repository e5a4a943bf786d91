"""No speed is out of order: better hardware, fewer bits, more GPUs or users, shorter requests."""

import itertools
from dataclasses import asdict

import numpy as np
import pytest

from costcore.machines.roofline import sized
from costcore.machines.spec_rows import accelerator_inputs, model_inputs
from workbooks import tables

LENGTHS = np.array(
    [
        *((128, 128), (128, 2048), (500, 500), (1000, 1000), (1400, 160)),
        *((2048, 128), (2048, 2048), (5000, 500), (8192, 1024), (20000, 2000)),
    ],
    float,
)
USERS = np.array([1, 4, 8, 16, 32, 64, 128, 256, 512, np.nan])
"""Requests at once; the last is as many as there is room for."""
GPUS = np.array([1.0, 2, 4, 8])
PRECISIONS = ("bf16", "fp8", "fp4")
ROUNDING = 1e-6
SPECS = ("memory_gb", "bandwidth_tb_per_s", "bf16_dense_tflops", "link_gb_per_s")
OTHER_VENDOR = {
    "CDNA": "measured with vLLM and ROCm, at a smaller share of the data sheet than others",
    "Gaudi": "never measured here, so its share is taken to be 1",
    "Trainium": "never measured here, so its share is taken to be 1",
}
"""Better on paper than hardware of another vendor, and slower for what its software reaches."""


def row_inputs(accelerator):
    """The specifications of one accelerator, and its family and vendor."""
    return accelerator_inputs(asdict(accelerator))


@pytest.fixture(scope="module")
def speeds():
    """Output speed by model, accelerator, format: GPUs x lengths x users."""
    models = {m.model: model_inputs(asdict(m)) for m in tables.models() if m.params_active_b}
    known = {a.hardware: row_inputs(a) for a in tables.accelerators()}
    load = {
        "gpus_count": GPUS[:, None, None],
        "input_tokens": LENGTHS[:, 0][None, :, None],
        "output_tokens": LENGTHS[:, 1][None, :, None],
        "concurrency_count": USERS[None, None, :],
    }
    return {
        (model, hardware, bits): np.broadcast_to(
            sized({**shape, **specs, **load, "weight_precision": bits})["output_tokens_per_second"],
            (GPUS.size, len(LENGTHS), USERS.size),
        )
        for (model, shape), (hardware, specs), bits in itertools.product(
            models.items(), known.items(), PRECISIONS
        )
    }


def slower(better, worse):
    """Where what should be at least as fast is slower."""
    return (worse > 0) & (better < worse * (1 - ROUNDING))


def tflops(accelerator, bits):
    """Dense TFLOPS that a format is computed with."""
    return getattr(accelerator, f"{bits}_dense_tflops") or accelerator.bf16_dense_tflops


def dominates(a, b, bits):
    """At least as good in everything a speed rests on, and with as many bits in the cache."""
    cache = bits == "bf16" or getattr(a, f"{bits}_dense_tflops")
    cache_b = bits == "bf16" or getattr(b, f"{bits}_dense_tflops")
    return (
        all(getattr(a, spec) >= getattr(b, spec) for spec in SPECS)
        and tflops(a, bits) >= tflops(b, bits)
        and bool(cache) >= bool(cache_b)
    )


def out_of_order(speeds, same_vendor):
    """Pairs of accelerators of which the better one is slower somewhere."""
    models = {model for model, _, _ in speeds}
    for a, b in itertools.permutations(tables.accelerators(), 2):
        if (a.vendor == b.vendor) != same_vendor:
            continue
        for bits in (bits for bits in PRECISIONS if dominates(a, b, bits)):
            for model in models:
                better, worse = speeds[model, a.hardware, bits], speeds[model, b.hardware, bits]
                if slower(better, worse).any():
                    yield a, b


@pytest.mark.slow
def test_better_hardware_of_a_vendor_is_never_slower(speeds):
    """Every model, format, number of GPUs, length and load."""
    assert [(a.hardware, b.hardware) for a, b in out_of_order(speeds, same_vendor=True)] == []


def test_better_hardware_of_another_vendor_is_slower_only_where_software_says_so(speeds):
    """The exceptions are listed, each is needed, and each has the smaller share."""
    found = list(out_of_order(speeds, same_vendor=False))
    assert all(a.hardware_speed_share < b.hardware_speed_share for a, b in found)
    assert {a.family for a, _ in found} == set(OTHER_VENDOR)


def test_fewer_bits_are_never_slower(speeds):
    """Where the hardware computes with them."""
    for (model, hardware, bits), found in speeds.items():
        for more in PRECISIONS[: PRECISIONS.index(bits)]:
            if getattr(tables.accelerator(hardware), f"{bits}_dense_tflops"):
                assert not slower(found, speeds[model, hardware, more]).any(), (model, hardware)


@pytest.mark.slow
def test_more_gpus_are_never_slower(speeds):
    """They only add ways to cut a copy."""
    for case, found in speeds.items():
        assert not slower(found[1:], found[:-1]).any(), case


def test_shorter_requests_are_never_fewer(speeds):
    """Requests a second, for every pair of lengths of which one is longer in neither part."""
    pairs = [
        (i, k)
        for i, k in itertools.permutations(range(len(LENGTHS)), 2)
        if (LENGTHS[i] <= LENGTHS[k]).all()
    ]
    assert len(pairs) > 20
    for case, found in speeds.items():
        requests = found / LENGTHS[:, 1][None, :, None]
        for short, long in pairs:
            assert not slower(requests[:, short], requests[:, long]).any(), (case, short, long)


@pytest.mark.slow
def test_more_users_never_get_less_together(speeds):
    """The last is as many as there is room for."""
    for case, found in speeds.items():
        assert not slower(found[..., 1:], found[..., :-1]).any(), case
