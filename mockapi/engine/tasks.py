"""Small jobs the simulated model really does: say it, sum it, classify it, find its keywords, tag it, translate it.

The page of gpt-4o-mini shows four of them as its prompt examples. Data: `fixtures/replies/tasks.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from operator import add, truediv
from operator import mul as multiply
from operator import pow as power
from operator import sub as subtract
from typing import Any, NamedTuple

from mockapi import fixtures, json
from mockapi.engine import prose
from mockapi.engine.cues import Cue
from mockapi.engine.prompt import Prompt
from mockapi.seed import Stream

_SAY = re.compile(
    r"""\s*(?:please\s+|just\s+|now\s+)*(?:say|repeat(?:\s+after\s+me)?|echo|(?:reply|respond|answer)(?:\s+to\s+me)?\s+(?:only\s+|exactly\s+|just\s+)?with)
    (?:\s+(?:exactly|only|just|back|the\s+words?|the\s+text|the\s+phrase|the\s+following))*\s*[:,]?\s*
    (?P<text>["“'`].{1,300}["”'`]|[^\n]{1,120}?)(?:\s+(?:and\s+nothing\s+else|only))?[.!]?\s*$""",
    re.IGNORECASE | re.VERBOSE,
)
_GREETING = re.compile(r"\s*(?:hi|hello|hey|howdy|good (?:morning|afternoon|evening))(?: there| again)?[\s,!.]*$", re.IGNORECASE)
_SUM = re.compile(
    r"(?:what(?:'s| is)|calculate|compute|evaluate|solve|how much is)?\s*"
    r"(?P<left>-?\d+(?:\.\d+)?)\s*(?P<sign>\+|-|\*|x|×|/|÷|\^|plus|minus|times|multiplied by|divided by)\s*"
    r"(?P<right>-?\d+(?:\.\d+)?)\s*=?\s*\??\s*$",
    re.IGNORECASE,
)
_CAPITAL = re.compile(r"\bcapital(?: city)? of ([a-z .]+?)\s*[?.!]*$", re.IGNORECASE)
_QUOTED = re.compile(r"\"\"\"(.+?)\"\"\"|```(?:\w+\n)?(.+?)```|[\"“](.+?)[\"”]|'([^']{3,}?)'(?!\w)", re.DOTALL)
_LABELS = re.compile(
    r"(?:labels?|categor(?:y|ies)|intents?|classes|options|one of|either|into|as)"
    r"(?:\s+(?:are|is|the following|these|one of|either)\b)*\s*:?\s*(?P<list>[^\n.]+)",
    re.IGNORECASE,
)
_BULLET = re.compile(r"^[ \t]*(?:[-*•]|\d+[.)])[ \t]*(\w[\w /&-]*?)(?:[ \t]*[:–—-].*)?$", re.MULTILINE)
_GREETINGS = (
    "Hello! How can I help you today?", "Hi there! What can I do for you?", "Hello! What would you like to talk about?",
    "Hi! How can I assist you today?",
)  # fmt: skip
_LEFT_OVER = re.compile(r"other|neutral|unknown|none|general", re.IGNORECASE)
_MOST_KEYWORDS = 8
_LOOKED_AT = 20_000


@cache
def _data() -> dict[str, Any]:
    return fixtures.load("replies/tasks.toml")


class Job(NamedTuple):
    """One kind of work, and what orders it."""

    name: str
    cue: Cue
    do: Callable[[Prompt, str, Stream], list[str]]


@cache
def _jobs() -> tuple[Job, ...]:
    data = _data()
    jobs = (("translate", _translate), ("classify", _classify), ("keywords", _keywords), ("tags", _tags))
    return tuple(Job(name, Cue.of(data[name]), do) for name, do in jobs)


def _orders(text: str) -> bool:
    return bool(_ordered(text))


def do(prompt: Prompt, stream: Stream) -> str | None:
    """The result of the job that the prompt asks for, or None if it asks for none of these."""
    said = prompt.last_said()[:_LOOKED_AT]
    simple = _simple(said) if len(said) <= 400 else None
    if simple:
        return stream.choice(simple)
    for job in _ordered(_orders_of(prompt)):
        found = job.do(prompt, said, stream)
        if found:
            return _told(job.name, found, prompt)
    return None


def done(name: str, prompt: Prompt, stream: Stream) -> tuple[str, ...]:
    """What one of the jobs (`classify`, `keywords`, `tags`, `translate`) finds, if the prompt asks for it; else nothing."""
    for job in _ordered(_orders_of(prompt)):
        if job.name == name:
            return tuple(job.do(prompt, prompt.last_said()[:_LOOKED_AT], stream))
    return ()


def _orders_of(prompt: Prompt) -> str:
    return f"{prompt.instructions()}\n{prompt.last_said()[:_LOOKED_AT]}"[:3000]


def _told(name: str, found: list[str], prompt: Prompt) -> str:
    asked = f"{prompt.instructions()}\n{prompt.last_said()[:_LOOKED_AT]}"
    if name not in ("keywords", "tags"):
        return found[0]
    if name == "tags" and re.search("hashtag", asked, re.IGNORECASE):
        return " ".join("#" + tag.replace("-", "") for tag in found)
    return json.write(found).decode() if re.search(r"\bjson\b", asked, re.IGNORECASE) else ", ".join(found)


@lru_cache(maxsize=512)
def _ordered(text: str) -> tuple[Job, ...]:
    """The jobs that a text orders."""
    folded = text.lower()
    return tuple(job for job in _jobs() if job.cue.found_in(folded))


@lru_cache(maxsize=512)
def _simple(said: str) -> tuple[str, ...]:
    """Answers to a greeting, an order to say something, a sum or the question for a capital; none for anything else."""
    if _GREETING.match(said):
        return _GREETINGS
    say = _SAY.match(said)
    if say:
        text = say["text"].strip()
        plain = text.strip("\"“”'`")
        return (plain if plain != text else _sentence(plain),)
    total = _SUM.fullmatch(said.strip()) if len(said) < 80 else None
    if total:
        return (_added(total["left"], total["sign"].lower(), total["right"]),)
    capital = _CAPITAL.search(said) if "capital" in said.lower() else None
    if capital:
        country = capital[1].strip()
        city = _data()["capitals"].get(country.lower())
        return (f"The capital of {country} is {city}.",) if city else ()
    return ()


def _sentence(text: str) -> str:
    upper = text[:1].upper() + text[1:]
    if not text[-1:].isalnum() or (" " not in text and not text.isalpha()):
        return upper
    return upper + ("." if " " in text else "!")


def _added(left: str, sign: str, right: str) -> str:
    a, b = float(left), float(right)
    name = {"plus": "+", "minus": "-", "/": "÷", "divided by": "÷"}.get(sign, sign)
    name = name if name in ("+", "-", "÷", "^") else "×"
    work: dict[str, Callable[[float, float], float]] = {"+": add, "-": subtract, "÷": truediv, "^": power, "×": multiply}
    try:
        value = work[name](a, b)
    except (ZeroDivisionError, OverflowError):
        return "That is not defined: the result would be without bound."
    if isinstance(value, complex):
        return "That has no real value."
    shown = str(int(value)) if value == int(value) and abs(value) < 1e15 else f"{value:.10g}"
    return f"{left} {name} {right} = {shown}."


def _material(said: str) -> str:
    """What a job is to be done on: the user's text, without the order itself where both stand in one message."""
    quoted = [next(filter(None, groups)) for groups in _QUOTED.findall(said)]
    if quoted:
        longest: str = max(quoted, key=len)
        return longest
    if _orders(said[:3000]):
        head, colon, tail = said.partition(":")
        if colon and tail.strip() and _orders(head):
            return tail.strip()
        paragraphs = [part.strip() for part in said.split("\n") if part.strip()]
        if len(paragraphs) > 1:
            return "\n".join(part for part in paragraphs if not _orders(part)) or said
    return said


def _classify(prompt: Prompt, said: str, stream: Stream) -> list[str]:
    labels = _labels(prompt.instructions()) or _labels(said)
    if not labels:
        labels = ["positive", "negative", "neutral"] if re.search("sentiment", f"{prompt.instructions()} {said}", re.IGNORECASE) else []
    if not labels:
        labels = list(_data()["classify"]["intents"])
    text = _material(said).lower()
    return [suited(tuple(labels), text) or stream.choice(labels)]


def suited(labels: tuple[str, ...], folded: str) -> str | None:
    """The label that a text in lower case speaks for most, else one for whatever is left; None if there is neither."""
    scores = [sum(weight for cue, weight in _evidence(label) if cue.search(folded)) for label in labels]
    best = max(scores, default=0)
    if best:
        return labels[scores.index(best)]
    return next((label for label in labels if _LEFT_OVER.search(label)), None)


@lru_cache(maxsize=1024)
def _evidence(label: str) -> tuple[tuple[re.Pattern[str], int], ...]:
    """What speaks for a label, and how much: its own words and the cues of its intents."""
    own = [(word, 2) for word in sorted(_parts(label)) if len(word) > 2]
    cues = [(cue, 2 if " " in cue else 1) for cue in intents(label)]
    return tuple((re.compile(rf"\b{re.escape(cue)}\b"), weight) for cue, weight in own + cues)


def intents(label: str) -> list[str]:
    """The cues of the intents that share a word with a label."""
    words = _parts(label)
    return [cue for intent, cues in _data()["classify"]["intents"].items() if words & set(intent.split("_")) for cue in cues]


def _parts(label: str) -> set[str]:
    return set(re.findall(r"[a-z]+", label.lower()))


def _labels(text: str) -> list[str]:
    """The labels that an instruction offers: bullets, or a list after a word like "categories"."""
    bullets = [found.strip() for found in _BULLET.findall(text)]
    if len(bullets) >= 2:
        return bullets
    for found in _LABELS.finditer(text):
        offered = found["list"].rpartition(":")[2]
        parts = re.split(r"\s*(?:,|;|\||/|\bor\b|\band\b)\s*", offered)
        names = [part.strip(" \"'`[](){}:*") for part in parts]
        names = [name for name in names if name and len(name.split()) <= 4]
        if len(names) >= 2:
            return names
    return []


def _keywords(prompt: Prompt, said: str, stream: Stream) -> list[str]:
    return [phrase.lower() if not phrase.isupper() else phrase for phrase in prose.phrases(_material(said), _MOST_KEYWORDS)]


def _tags(prompt: Prompt, said: str, stream: Stream) -> list[str]:
    wanted = re.search(r"\b(\d{1,2})\s+(?:hash)?tags?\b", f"{prompt.instructions()}\n{said}")
    most = min(int(wanted[1]), 20) if wanted else 5
    return ["-".join(phrase.lower().split()) for phrase in prose.phrases(_material(said), most)]


def _translate(prompt: Prompt, said: str, stream: Stream) -> list[str]:
    data = _data()["translate"]
    asked = f"{prompt.instructions()}\n{said}"
    named = [(place, code) for name, code in data["languages"].items() if (place := _target(asked, name)) >= 0]
    if not named:
        return []
    code = max(named)[1]
    ordered = re.sub(r"^\s*(?:please\s+)?translate\s+(?:this\s*)?", "", _material(said), flags=re.IGNORECASE)
    text = re.sub(r"\s*(?:in)?to\s+\w+\s*[.?!]?\s*$", "", ordered)
    if code == "en":
        return [_to_english(text, data)]
    column = list(data["languages"].values()).index(code)
    core = text.strip().rstrip(".!?").strip()
    tail = text.strip()[len(text.strip().rstrip(".!?")) :]
    whole = data["phrases"].get(core.lower())
    words: dict[str, list[str]] = data["words"]
    done: str = whole[column] if whole else re.sub(r"[A-Za-z']+", lambda w: words.get(w.group().lower(), [w.group()] * 5)[column], core)
    opening = "¿" if tail.startswith("?") and code == "es" and not done.count("¿") else ""
    return [opening + done[:1].upper() + done[1:] + tail]


def _target(asked: str, language: str) -> int:
    """Where a text says that a language is the goal; -1 if it does not."""
    found = [match.start() for match in re.finditer(rf"\b(?:in)?to\s+{language}\b", asked, re.IGNORECASE)]
    return found[-1] if found else -1


def _to_english(text: str, data: dict[str, Any]) -> str:
    core = text.strip().rstrip(".!?").strip().lower().lstrip("¿¡")
    phrases: dict[str, list[str]] = data["phrases"]
    for english, others in phrases.items():
        if core in (other.lower() for other in others):
            return english[:1].upper() + english[1:] + "."
    back = {other.lower(): english for english, others in reversed(data["words"].items()) for other in others}
    done = re.sub(r"[^\W\d_]+", lambda word: back.get(word.group().lower(), word.group()), text.strip())
    return done[:1].upper() + done[1:]
