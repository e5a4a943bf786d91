"""Results of load tests: in the shapes that four tools write, in one unit, and never guessed."""

import json
from datetime import date

import pytest

from workbooks.sizing.adding import fuller, speed_line
from workbooks.sizing.benchmarks import benchmark

VLLM = {  # vllm bench serve --save-result, of May 2025 on four L40S; other percentiles left out
    **{
        "date": "20250530-203806",
        "backend": "vllm",
        "model_id": "meta-llama/Llama-3.1-8B-Instruct",
    },
    **{"num_prompts": 300, "request_rate": 10.0, "burstiness": 1.0, "max_concurrency": None},
    **{"duration": 36.034275877000255, "completed": 300, "total_input_tokens": 299700},
    **{"total_output_tokens": 81050, "request_throughput": 8.325406649602808},
    **{"output_throughput": 2249.247363167692, "total_token_throughput": 10566.328606120898},
    **{"mean_ttft_ms": 54.577085783294024, "mean_tpot_ms": 13.577995860227945},
}
AIPERF = {  # profile_export_aiperf.json, schema 1.3
    **{"schema_version": "1.3", "aiperf_version": "0.10.0", "benchmark_id": "f43cfc1c6cce"},
    "request_throughput": {"unit": "requests/sec", "avg": 0.8233},
    "request_latency": {"unit": "ms", "avg": 2413.5, "p50": 2431.75, "count": 10, "sum": 24135.8},
    "request_count": {"unit": "requests", "avg": 10.0},
    "output_token_throughput": {"unit": "tokens/sec", "avg": 52.69},
    "output_sequence_length": {"unit": "tokens", "avg": 64.0, "p50": 64.0, "count": 10},
    "input_sequence_length": {"unit": "tokens", "avg": 256.0, "p50": 256.0, "count": 10},
    "input_config": {"endpoint": {"model_names": ["Qwen/Qwen3-8B"]}, "loadgen": {"concurrency": 2}},
    **{"start_time": "2026-06-13T05:11:41.465270", "was_cancelled": False, "error_summary": []},
}
GENAI = {  # profile_export_genai_perf.json, of February 2025, without streaming
    "request_throughput": {"unit": "requests/sec", "avg": 21.621765653636075},
    "request_latency": {"unit": "ms", "avg": 4610.6156361171425, "p99": 6156.11159006},
    "output_token_throughput": {"unit": "tokens/sec", "avg": 12277.70340876071},
    "output_token_throughput_per_request": {"unit": "tokens/sec", "avg": 124.9297556181573},
    "output_sequence_length": {"unit": "tokens", "avg": 567.84},
    "input_sequence_length": {"unit": "tokens", "avg": 200.85},
    "input_config": {"model": ["ensemble"], "concurrency": 100, "request_rate": None},
}


def load(rate, speed, in_flight):
    """One run of GuideLLM, which tells those that succeeded from all others."""
    means = {
        **{"requests_per_second": rate, "output_tokens_per_second": speed},
        **{"request_concurrency": in_flight, "request_latency": 2.0},
        **{"prompt_token_count": 50, "output_token_count": 20},
    }
    told = {name: {"successful": {"mean": mean}, "errored": {}} for name, mean in means.items()}
    totals = {"successful": 95, "errored": 5, "incomplete": 0, "total": 100}
    return {"type_": "benchmark", "config": {}, "metrics": {"request_totals": totals, **told}}


GUIDE = {  # benchmarks.json of 0.5: a sweep of two loads
    "metadata": {"version": 1, "guidellm_version": "0.5.0"},
    "args": {"target": "http://localhost:8000/v1", "model": "openai/gpt-oss-120b"},
    "benchmarks": [load(10.5, 210.0, 21.0), load(1.0, 20.0, 2.0)],
}
L40S = "1x L40S bf16, 4 copies"


def read(content, on):
    """The row of a file's results, and what is said of it."""
    text = content if isinstance(content, str) else json.dumps(content)
    return benchmark("run.json", text.encode()).row(on)


@pytest.mark.parametrize(
    ("content", "on", "model", "lengths", "speed", "in_flight"),
    [
        # 8.325 a second x (54.6 ms + 269.2 x 13.58 ms) = 30.9 in flight; a fourth of it a copy
        (VLLM, L40S, "Llama-3.1-8B", (999, 270), 2249.247363167692 / 4, 8),
        (AIPERF, "1x L40S bf16", "Qwen3-8B", (256, 64), 52.69, 2),  # 0.8233 x 2.4135 s = 1.99
        (GENAI, "2x H100 SXM fp8, Llama-3.1-8B", "Llama-3.1-8B", (201, 568),
         12277.70340876071, 100),
        (GUIDE, "1x H200 SXM fp4", "gpt-oss-120b", (50, 20), 210.0, 21),
        (f"{json.dumps(VLLM)}\n{json.dumps(VLLM)}\n", L40S, "Llama-3.1-8B", (999, 270),
         2249.247363167692 / 4, 8),  # --append-result
    ],
)  # fmt: skip
def test_a_load_test_is_the_speed_of_one_copy(content, on, model, lengths, speed, in_flight):
    """Output tokens a second of all requests together, over the copies that answered."""
    row, said = read(content, on)
    assert row["model"] == model
    assert (float(row["input_tokens"]), float(row["output_tokens"])) == lengths
    assert float(row["output_tokens_per_second"]) == pytest.approx(speed)
    assert row["concurrency"] == f"{in_flight}"
    assert f"{in_flight} requests in flight" in said
    line = speed_line("run.json", "run.json", row, date(2026, 12, 1))
    whole = speed * sum(lengths) / lengths[1]
    assert line["tokens_per_second"] == pytest.approx(whole)


def changed(content, **parts):
    """A file in which some keys say something else."""
    return {**content, **parts}


SAID = {"unit": "tokens/sec", "avg": 52.69}


@pytest.mark.parametrize(
    ("content", "on", "words"),
    [
        (VLLM, "", "is of vLLM bench serve, and does not say what it was measured on"),
        (GENAI, "2x H100 SXM fp8", "is of 'ensemble', which is no model of the table"),
        (VLLM, "L40S", "--measured-on is 'L40S'; it must be as"),
        (VLLM, "1x L40S bf16, 0 copies", "at least one copy answers"),
        (VLLM, "1x L40S bf16, 2 copies, 3 copies", "it must be as"),
        (changed(VLLM, failed=100), L40S, "100 of 400 requests failed"),
        (changed(AIPERF, was_cancelled=True), L40S, "was cancelled"),
        (changed(VLLM, output_throughput=562.3), L40S, "output_throughput is 562.3, but 8.325"),
        (changed(AIPERF, output_token_throughput={**SAID, "unit": "tokens/sec/user"}), L40S,
         "is in 'tokens/sec/user', not in tokens a second"),
        (changed(AIPERF, output_token_throughput={"unit": "tokens/sec"}), L40S,
         "output_token_throughput.avg is missing"),
        (changed(VLLM, completed=0), L40S, "completed is 0; it must be a number above 0"),
        (changed(VLLM, completed=10**400), L40S, "it must be a number above 0"),
        (changed(AIPERF, input_config={"endpoint": {"model_names": ["a", "b"]}}), L40S,
         "names no model; name it"),
    ],
)  # fmt: skip
def test_what_cannot_be_told_is_refused(content, on, words):
    """In one sentence, with the file, the value and the rule."""
    with pytest.raises(ValueError, match=r"run\.json|--measured-on") as refused:
        read(content, on)
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "text", ["", "{", "[1]", '{"benchmarks": []}', '{"benchmarks": [{"metrics": 1}]}', "a,b\n1,2\n"]
)
def test_another_file_is_none(text):
    """Nor is one that has the same word for something else."""
    assert benchmark("run.json", text.encode()) is None


def test_the_table_beside_is_refused():
    """AIPerf and GenAI-Perf write a CSV too, which names no model."""
    text = "Metric,avg,min,max,p99\nRequest Latency (ms),1,1,1,1\n\nOutput Token Throughput,3\n"
    with pytest.raises(ValueError, match=r"add the \.json that was written beside it"):
        benchmark("run.csv", text.encode())


def test_a_speed_far_below_a_full_copy_is_told():
    """8 requests in flight leave most of a card idle; all that fit leave nothing."""
    row, _ = read(VLLM, L40S)
    told = fuller(speed_line("run.json", "run.json", row, date(2026, 12, 1)))
    assert "times as much as with 8 requests in flight" in told
    assert fuller(speed_line("run.json", "run.json", {**row, "concurrency": "max"}, date.max)) == ""
