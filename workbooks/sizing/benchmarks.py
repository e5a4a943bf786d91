"""Result files of load tests as measured speeds: vLLM, AIPerf, GenAI-Perf and GuideLLM."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

from workbooks import tables

SECONDS = {"ns": 1e-9, "us": 1e-6, "ms": 1e-3, "s": 1.0, "sec": 1.0, "seconds": 1.0}
TOKENS_A_SECOND = re.compile(r"tokens?(/| per )s(ec(ond)?)?")
ON = re.compile(r"(\d+)\s*x\s*(.+?)\s+(\S+)")
COPIES = re.compile(r"(\d+) cop(y|ies)")
VARIANT = re.compile(
    r"-(instruct|it|chat|hf|thinking|bf16|(nv|mx)?fp[48](-dynamic|-kv)?|awq|gptq|int[48]|w\da\d+|\d{4})$"
)
"""What publishers add to the name of a model that is as fast without it."""
AGREES = 0.1
MOST_FAILED = 0.1
HEAD = re.compile(rb"^\s*(Metric|\"Metric\")\s*,.*\b(avg|p99)\b", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Layout:
    """Where the results of one tool have what; `benchmarks.toml` says it."""

    title: str
    marks: Sequence[str]
    model: Sequence[str]
    speed: str
    requests_per_second: str
    input_tokens: Sequence[str]
    output_tokens: Sequence[str]
    runs: str = ""
    in_flight: str = ""
    latency: str = ""
    first_token: str = ""
    other_token: str = ""
    succeeded: str = ""
    failed: str = ""
    cancelled: str = ""


@dataclass(frozen=True, slots=True)
class Setting:
    """What a load test ran on, which no result file says."""

    gpus: int
    hardware: str
    weight_precision: str
    model: str
    copies: int


@dataclass(frozen=True, slots=True)
class Run:
    """One load: what it reached, and how many requests were in flight."""

    model: str
    input_tokens: float
    output_tokens: float
    speed: float
    in_flight: float


@dataclass(frozen=True, slots=True)
class Benchmark:
    """A file of results: by which tool, and what each run of it says."""

    name: str
    layout: Layout
    contents: Sequence[Mapping[str, Any]]

    def row(self, on: str) -> tuple[dict[str, str], str]:
        """Return the fastest run as a row of measured speeds, and what to say of it.

        Raises
        ------
        ValueError
            If it does not say what was measured, or what it says does not agree.
        """
        setting = self._setting(on)
        runs = [self._run(content, whole) for whole in self.contents for content in self._of(whole)]
        if not runs:
            raise ValueError(f"{self.name} has no run that ended")
        best = max(runs, key=lambda run: run.speed)
        each = "" if setting.copies == 1 else f", a copy of {setting.copies}"
        said = f"the fastest of {len(runs)} loads, " * (len(runs) > 1)
        said += f"{best.speed / setting.copies:,.0f} of them output{each}, with "
        in_flight = max(best.in_flight / setting.copies, 1.0)
        return {
            "model": _known(setting.model or best.model, self.name),
            "hardware": setting.hardware,
            "gpus": str(setting.gpus),
            "weight_precision": setting.weight_precision,
            "input_tokens": f"{best.input_tokens:.0f}",
            "output_tokens": f"{best.output_tokens:.0f}",
            "concurrency": f"{in_flight:.0f}",
            "output_tokens_per_second": repr(best.speed / setting.copies),
        }, f"{said}{in_flight:.0f} request{'s' * (in_flight >= 1.5)} in flight"

    def unused(self) -> list[str]:
        """Return the keys of the first run, and of the file, that nothing uses."""
        paths = [*self.layout.model, *self.layout.input_tokens, *self.layout.output_tokens]
        paths += [
            value
            for name in Layout.__slots__
            if (value := getattr(self.layout, name)) and isinstance(value, str)
        ]
        used = {part for path in paths for part in path.split(".")}
        return sorted({key for whole in self.contents for key in whole} - used)

    def _of(self, whole: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
        found = _at(whole, self.layout.runs) if self.layout.runs else [whole]
        for each in found if isinstance(found, list) else ():
            if isinstance(each, dict):
                yield each

    def _setting(self, on: str) -> Setting:
        if not on:
            raise ValueError(
                f"{self.name} is of {self.layout.title}, and does not say what it was measured on; "
                "say it with --measured-on '2x H200 SXM fp8': the GPUs of one copy, and the format "
                "of its weights; where 4 copies answered, '2x H200 SXM fp8, 4 copies'"
            )
        head, *more = (part.strip() for part in on.split(","))
        found = ON.fullmatch(head)
        counts = [count for part in more if (count := COPIES.fullmatch(part))]
        models = [part for part in more if not COPIES.fullmatch(part)]
        if not found or len(counts) > 1 or len(models) > 1 or int(found[1]) < 1:
            rule = "it must be as '2x H200 SXM fp8', '2x H200 SXM fp8, 4 copies, MODEL'"
            raise ValueError(f"--measured-on is {on!r}; {rule}")
        copies = int(counts[0][1]) if counts else 1
        if copies < 1:
            raise ValueError(f"--measured-on is {on!r}; at least one copy answers")
        return Setting(int(found[1]), found[2], found[3], "".join(models), copies)

    def _run(self, content: Mapping[str, Any], whole: Mapping[str, Any]) -> Run:
        layout = self.layout
        if layout.cancelled and _at(content, layout.cancelled):
            raise ValueError(f"{self.name} is of a run that was cancelled; measure it again")
        self._refuse_failed(content)
        unit = _at(content, f"{layout.speed.rpartition('.')[0]}.unit")
        if isinstance(unit, str) and not TOKENS_A_SECOND.fullmatch(unit.strip().lower()):
            raise ValueError(f"{self.name}: {layout.speed} is in {unit!r}, not in tokens a second")
        prompt, answer = (
            self._share(content, path) for path in (layout.input_tokens, layout.output_tokens)
        )
        speed, rate = (
            self._number(content, path) for path in (layout.speed, layout.requests_per_second)
        )
        if not abs(speed / (rate * answer) - 1) <= AGREES:
            raise ValueError(
                f"{self.name}: {layout.speed} is {speed:,.4g}, but {rate:,.4g} requests a second "
                f"of {answer:,.4g} output tokens are {rate * answer:,.4g}"
            )
        seen = (_at(each, path) for path in layout.model for each in (content, whole))
        model = next((name for each in seen if (name := _name(each))), "")
        return Run(model, prompt, answer, speed, self._in_flight(content, rate, answer))

    def _in_flight(self, content: Mapping[str, Any], rate: float, answer: float) -> float:
        layout = self.layout
        if layout.in_flight and _at(content, layout.in_flight) is not None:
            return self._number(content, layout.in_flight)
        if layout.latency:
            return rate * self._seconds(content, layout.latency)
        first, other = (
            self._seconds(content, path) for path in (layout.first_token, layout.other_token)
        )
        return rate * (first + other * (answer - 1))

    def _refuse_failed(self, content: Mapping[str, Any]) -> None:
        told = (_at(content, path) for path in (self.layout.failed, self.layout.succeeded))
        failed, done = (_float(each) for each in told)
        if failed > MOST_FAILED * (failed + done):
            raise ValueError(
                f"{self.name}: {failed:,.0f} of {failed + done:,.0f} requests failed; measure again"
            )

    def _share(self, content: Mapping[str, Any], paths: Sequence[str]) -> float:
        above, *below = (self._number(content, path) for path in paths)
        return above / below[0] if below else above

    def _seconds(self, content: Mapping[str, Any], path: str) -> float:
        unit = _at(content, f"{path.rpartition('.')[0]}.unit")
        scale = SECONDS.get(str(unit), 1e-3 if "_ms" in path else 1.0)
        return self._number(content, path) * scale

    def _number(self, content: Mapping[str, Any], path: str) -> float:
        found = _at(content, path)
        if not 0 < (number := _float(found)) < 1e12:
            shown = "missing" if found is None else repr(found)[:60]
            raise ValueError(f"{self.name}: {path} is {shown}; it must be a number above 0")
        return number


def benchmark(name: str, content: bytes) -> Benchmark | None:
    """Return a file of results, or None where it is none.

    Raises
    ------
    ValueError
        If it is the table that such a tool writes beside, which names no model.
    """
    if HEAD.match(content) and b"Throughput" in content:
        rule = "add the .json that was written beside it"
        raise ValueError(f"{name} is a table of a load test, which names no model; {rule}")
    found = _objects(content)
    for layout in layouts():
        if found and all(_has(each, layout) for each in found):
            return Benchmark(name, layout, found)
    return None


def _has(whole: Mapping[str, Any], layout: Layout) -> bool:
    runs = _at(whole, layout.runs) if layout.runs else [whole]
    first = runs[0] if isinstance(runs, list) and runs else None
    return all(_at(first, mark) is not None for mark in layout.marks)


@cache
def layouts() -> tuple[Layout, ...]:
    """Return the layouts in the order in which they are tried."""
    text = (files("workbooks.sizing") / "benchmarks.toml").read_text(encoding="utf-8")
    return tuple(Layout(**each) for each in tomllib.loads(text)["layout"])


def _objects(content: bytes) -> list[dict[str, Any]]:
    """Return the object of a file, or those of its lines; none where it has others."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError:
        return []
    if not text.lstrip().startswith("{"):
        return []
    for parts in ([text], text.splitlines()):
        try:
            found = [json.loads(part) for part in parts if part.strip()]
        except (ValueError, RecursionError):
            continue
        return [each for each in found if isinstance(each, dict)]
    return []


def _at(content: object, path: str) -> object:
    """Return what stands at a path, or None."""
    for part in path.split("."):
        content = content.get(part) if isinstance(content, dict) else None
    return content


def _float(found: object) -> float:
    """Return a number, which may be written as text; nan where it is none."""
    try:
        known = isinstance(found, int | float | str) and not isinstance(found, bool)
        return float(found) if known else math.nan  # type: ignore[arg-type]
    except (ValueError, OverflowError):
        return math.nan


def _name(found: object) -> str:
    """Return a name, the only one of a list, or that of its only member."""
    if isinstance(found, list):
        return _name(found[0]) if len(found) == 1 else ""
    if isinstance(found, dict):
        return _name(found.get("name"))
    return found.strip() if isinstance(found, str) else ""


def _known(name: str, place: str) -> str:
    """Return a model of the table by the name that it was served under."""
    known = {each.model.casefold(): each.model for each in tables.models()}
    plain = name.rstrip("/").rpartition("/")[2].casefold()
    while plain not in known and (short := VARIANT.sub("", plain)) != plain:
        plain = short
    if plain not in known:
        said = f"is of {name!r}, which is no model of the table" if name else "names no model"
        raise ValueError(f"{place} {said}; name it: --measured-on '2x H200 SXM fp8, gpt-oss-120b'")
    return known[plain]
