"""Read the name of a meter, SKU or product into what it counts and of which model.

The words are data: `words.csv` says what each phrase means on which axis, `makers.csv` whose
model a product or a bare version belongs to, `spellings.csv` how vendors bend a name. The longest
phrase wins, and a direction that stands before "token" is the head of the name: what follows it
says how long the request was. What no phrase explains is the model.
"""

from __future__ import annotations

import csv
import re
from functools import cache, lru_cache
from importlib.resources import files
from typing import NamedTuple

_AWS = re.compile(
    r"^((?:US[EW]|EU[CNSW]?|AP[NSE]|APS|CA[NCW]|SAE|UG[EW]|ME[CS]|AFS|ILC|MXC)\d?)[-_](?=\S)"
)
_MARKETPLACE = re.compile(r"^MP:[A-Z0-9]+_")
_WORD = re.compile(r"[^\s_\-:/(),|•·]+")
_CACHE = ("storage", "write_1h", "write_30m", "write_5m", "write", "read")
_MEDIA = re.compile(r"\b(?:transcribe|tts|whisper|dall-e|sora|veo|imagen|lyria|rerank)\b")
"""Models of another medium than text, whatever one of their meters counts."""
_EMBEDS = re.compile(r"embed|\b(?:voyage|bge|e5|gte)-")
_SPOKEN = re.compile(r"\b(?:audio|image|realtime|live)\b")
"""The same in the name of a known maker's model; in any other name it may be anybody's word."""
_APART = ("training", "hosting", "grading", "provisioned")


class Reading(NamedTuple):
    """What a meter says; an axis that it does not name is empty.

    direction : "input" or "output"; a cache that is read or written is input
    cache     : "read", "write_5m" (also where no life is said), "write_30m", "write_1h", or
                "storage", which counts no tokens
    tier      : "standard" unless "batch", "flex", "priority", "off-peak", "latency-optimized"
    context   : "short" or "long" where the price depends on it
    region    : "global", "data-zone", "regional", "geo", "cross-region", or AWS's code: "use1"
    modality  : "text", "audio", "image", "video" or "embedding"
    unit      : how many tokens the name itself says that a unit is; None where it does not
    apart     : what sets it apart from the listed model's tokens: "fine-tuned", "training", ...
    """

    vendor: str
    model: str
    direction: str
    cache: str
    tier: str
    context: str
    region: str
    modality: str
    unit: int | None
    apart: str

    @property
    def counts_tokens(self) -> bool:
        """Whether a quantity of it is a number of tokens that went into or came out of a model."""
        return bool(self.direction) and self.cache != "storage" and self.apart in {"", "fine-tuned"}

    @property
    def medium(self) -> str:
        """What it is about but for the text of a language model: embedding, audio, image, media."""
        if self.modality != "text":
            return self.modality
        other = _MEDIA.search(self.model) or (self.vendor and _SPOKEN.search(self.model))
        return "media" if other else ""

    @property
    def is_name(self) -> bool:
        """Whether it says nothing but the name of a model."""
        direction = self.direction if self.modality != "embedding" else ""
        more = (direction, self.cache, self.context, self.region, self.unit, self.apart)
        return bool(self.model) and self.tier == "standard" and not any(more)


class _Said(NamedTuple):
    words: str
    axis: str
    value: str


@lru_cache(maxsize=20_000)
def read(name: str, product: str = "") -> Reading:
    """Return what a meter's name says, with the product or publisher that it belongs to.

    Examples
    --------
    >>> read("5.6 sol ShortCo Cd Wr Std Gl 1M Tokens", "Azure OpenAI GPT5")[1:6]
    ('gpt-5.6-sol', 'input', 'write_5m', 'standard', 'short')
    >>> read("4.3 Inp Glbl Tokens", "Azure Grok Models")[:3]
    ('xai', 'grok-4.3', 'input')
    >>> read("Generate content output token count gemini 2.5 flash short input text").direction
    'output'
    >>> [read(f"Gemini 2.5 Pro - Input Tokens {size} 200K").context for size in ("<=", ">")]
    ['short', 'long']
    >>> read("USE1-MP:USE1_CacheWrite1hInputTokenCount_Global-Units",
    ...      "Claude Sonnet 4.6 (Amazon Bedrock Edition)")[:4]
    ('anthropic', 'claude-sonnet-4.6', 'input', 'write_1h')
    """
    area, text = _without_area(name.strip())
    said = _parts(text)
    values = {axis: _values(said, axis) for axis in ("tier", "context", "region", "apart", "unit")}
    vendor, model = _made(_model(said), (_values(said, "vendor") or [""])[0], product)
    modality = _modality(said, model)
    cache = _cached(said)
    return Reading(
        vendor=vendor,
        model=model,
        direction=_direction(said, cache, modality),
        cache=cache,
        tier=next((each for each in values["tier"] if each != "standard"), "standard"),
        context=next(iter(values["context"]), ""),
        region=next(iter(values["region"]), area),
        modality=modality,
        unit=int(values["unit"][0]) if values["unit"] else None,
        apart=min(values["apart"], key=_weight, default=""),
    )


def _without_area(text: str) -> tuple[str, str]:
    """Split AWS's code of a region off a usage type."""
    found = _AWS.match(text)
    if found:
        return found[1].lower(), _MARKETPLACE.sub("", text[found.end() :])
    return "", text


def _parts(text: str) -> list[_Said]:
    """Take a name apart into known phrases, the longest first, and the words between them."""
    words = _WORD.findall(_spelled(text, "text").replace("\xa0", " "))
    plain = [word.lower().strip(".") for word in words]
    said, at = [], 0
    while at < len(plain):
        sizes = range(min(_longest(), len(plain) - at), 0, -1)
        phrases = (" ".join(plain[at : at + size]) for size in sizes)
        phrase = next((each for each in phrases if each in _phrases()), "")
        said.append(_Said(phrase, *_phrases()[phrase]) if phrase else _Said(plain[at], "model", ""))
        at += len(phrase.split()) or 1
    return [_named(said, at) for at in range(len(said))]


def _named(said: list[_Said], at: int) -> _Said:
    """Return a phrase, as a word of the model where its place says so: gpt-image-1, titan text g1.

    A modality belongs to the name where a word of the name follows it, and no direction comes
    before; or at the very end, after a word of the name, where another modality was said before.
    """
    here = said[at]
    if here.axis != "modality" or here.words == "txt":
        return here
    before = said[at - 1].axis if at else ""
    after = said[at + 1].axis if at + 1 < len(said) else ""
    earlier = any(each.axis == "modality" for each in said[:at])
    last = at + 1 == len(said) and before == "model" and earlier and here.value != "text"
    inside = after == "model" and before not in {"direction", "head", "context"}
    return here._replace(axis="model") if inside or last else here


def _values(said: list[_Said], axis: str) -> list[str]:
    return [each.value for each in said if each.axis == axis]


def _weight(apart: str) -> int:
    """Rank what sets a meter apart: training of a fine-tuned model is training."""
    others = len(_APART) + (apart == "fine-tuned")
    return _APART.index(apart) if apart in _APART else others


def _direction(said: list[_Said], cache: str, modality: str) -> str:
    if cache == "storage":
        return ""
    if cache:
        return "input"
    heads = {each for at, each in enumerate(_values(said, "direction")) if _is_head(said, at)}
    found = heads or set(_values(said, "direction"))
    if not found and modality == "embedding":
        return "input"  # nothing else is billed
    return found.pop() if len(found) == 1 else ""


def _is_head(said: list[_Said], nth: int) -> bool:
    """Say whether the nth direction stands right before "token", but for a modality."""
    at = [i for i, each in enumerate(said) if each.axis == "direction"][nth]
    following = next((each.axis for each in said[at + 1 :] if each.axis != "modality"), "")
    return following == "head"


def _cached(said: list[_Said]) -> str:
    values = set(_values(said, "cache"))
    found = next((each for each in _CACHE if each in values), "")
    if found == "write":
        return f"write_{next(iter(_values(said, 'life')), '5m')}"
    return found


def _modality(said: list[_Said], model: str) -> str:
    if _EMBEDS.search(model):
        return "embedding"
    if explicit := _values(said, "modality"):
        return explicit[-1]
    named = [each.value for each in said if each.axis == "model" and each.value]
    return named[-1] if named else "text"


def _model(said: list[_Said]) -> str:
    words = [each.words for each in said if each.axis == "model"]
    return _spelled("-".join(words), "model")


def _made(model: str, vendor: str, product: str) -> tuple[str, str]:
    """Return whose model it is, and its name with the family that the vendor leaves out."""
    if not model and re.search(r"\d", product):
        said = _parts(product)
        model, vendor = _model(said), vendor or next(iter(_values(said, "vendor")), "")
    for maker in _makers():
        if re.match(rf"(?:{maker['family']})(?![a-z])", model):
            return maker["vendor"], model
    sold = (each for each in _makers() if re.search(each["product"], f"{product} {vendor}".lower()))
    told = next(sold, None) or next(
        (each for each in _makers() if each["variants"] and _is_variant(each["variants"], model)),
        None,
    )
    if told is None:
        return vendor, model
    bare = told["bare"] and re.match(told["bare"], model)
    return told["vendor"], f"{told['prefix']}{model}" if bare else model


def _is_variant(variants: str, model: str) -> bool:
    return bool(re.search(rf"\b(?:{variants})\b", model))


def _spelled(text: str, stage: str) -> str:
    for row in _table("spellings"):
        if row["stage"] == stage:
            text = re.sub(row["pattern"], row["replacement"].replace("\\ ", " "), text)
    return text


@cache
def _phrases() -> dict[str, tuple[str, str]]:
    return {row["words"]: (row["axis"], row["value"]) for row in _table("words")}


@cache
def _longest() -> int:
    return max(len(phrase.split()) for phrase in _phrases())


def _makers() -> tuple[dict[str, str], ...]:
    return _table("makers")


@cache
def _table(name: str) -> tuple[dict[str, str], ...]:
    text = (files("workbooks.meters") / f"{name}.csv").read_text(encoding="utf-8")
    return tuple(csv.DictReader(text.splitlines()))
