"""Small jobs the simulated model really does: say it, sum it, classify it, find its keywords, tag it, translate it.

The page of gpt-4o-mini shows four of them as its prompt examples. Data: `fixtures/replies/tasks.toml` and
`fixtures/replies/translations.toml`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache, lru_cache
from itertools import pairwise
from operator import add, truediv
from operator import mul as multiply
from operator import pow as power
from operator import sub as subtract
from typing import Any, NamedTuple

from mockapi import fixtures, json
from mockapi.engine import prose
from mockapi.engine.cues import Cue
from mockapi.engine.prompt import Prompt
from mockapi.lazily import pattern
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
_QUOTED = pattern(
    r"\"\"\"(.+?)\"\"\"|```(?:\w+\n)?(.+?)```|[\"“](.+?)[\"”]|(?<!\w)'([^'\n]{2,500}?(?:'\w[^'\n]{0,200}){0,9})'(?!\w)", re.DOTALL
)
_LABELS = pattern(
    r"(?:labels?|categor(?:y|ies)|intents?|classes|options|one of|either|into|as)"
    r"(?:\s+(?:are|is|the following|these|one of|either)\b)*\s*:?\s*(?P<list>[^\n.]+)",
    re.IGNORECASE,
)
_BULLET = pattern(r"^[ \t]*(?:[-*•]|\d+[.)])[ \t]*(\w[\w /&-]*?)(?:[ \t]*[:–—-].*)?$", re.MULTILINE)
_GREETINGS = (
    "Hello! How can I help you today?", "Hi there! What can I do for you?", "Hello! What would you like to talk about?",
    "Hi! How can I assist you today?",
)  # fmt: skip
_LANGUAGES = ("english", "french", "spanish", "german", "italian", "portuguese")
_LANGUAGE = "|".join(_LANGUAGES)
_INTO = pattern(rf"\b(?:in)?to\s+(?:\w+\s+)?({_LANGUAGE})\b", re.IGNORECASE)
_IN = pattern(rf"\bin\s+({_LANGUAGE})\b", re.IGNORECASE)
# What is said around a text that is to be translated.
_ORDER = pattern(
    r"^\s*(?:(?:please|can you|could you|would you)\s+)*translate\s+(?:(?:this|the following)(?:\s+(?:text|sentence|phrase|word))?\b\s*)?",
    re.IGNORECASE,
)
_GOAL = pattern(rf"\s*(?:from\s+\w+\s+)?(?:in)?to\s+(?:{_LANGUAGE})\b[\s,]*(?:please)?\s*[.?!]?\s*$", re.IGNORECASE)
_TOKEN = pattern(r"[^\W\d_]+(?:['’-][^\W\d_]+)*")
_CLOSED = pattern(r"([^.!?¿¡\n]+)([?!])")
_CONTRACTIONS = tuple(
    (pattern(rf"\b{short}\b", re.IGNORECASE), long)
    for short, long in (
        (r"(I)['’]m", r"\1 am"), (r"(can)['’]t", r"\1not"), (r"(let)['’]s", r"\1 us"), (r"(\w+)n['’]t", r"\1 not"),
        (r"(you|we|they)['’]re", r"\1 are"), (r"(it|what|where|who|how|that|there|he|she)['’]s", r"\1 is"),
        (r"(I|you|we|they)['’]ve", r"\1 have"), (r"(I|you|we|they|he|she)['’]d", r"\1 would"),
        (r"(I|you|we|they|he|she|it)['’]ll", r"\1 will"),
    )
)  # fmt: skip
_LEFT_OVER = pattern(r"other|neutral|unknown|none|general", re.IGNORECASE)
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
    found = prose.phrases(_material(said), _MOST_KEYWORDS, _acts)
    return [phrase.lower() if not phrase.isupper() else phrase for phrase in found]


def _tags(prompt: Prompt, said: str, stream: Stream) -> list[str]:
    wanted = re.search(r"\b(\d{1,2})\s+(?:hash)?tags?\b", f"{prompt.instructions()}\n{said}")
    most = min(int(wanted[1]), 20) if wanted else 5
    found = prose.phrases(_material(said), 2 * most, _acts)
    # What a phrase is about stands at its end.
    return list(dict.fromkeys("-".join(phrase.lower().split()[-2:]) for phrase in found))[:most]


def _acts(word: str) -> bool:
    """Whether a word says what is done or how, rather than what there is."""
    return not word[:1].isupper() and (word in _words("verbs") or (word.endswith(("ed", "ly")) and word not in _words("things")))


@cache
def _words(use: str) -> frozenset[str]:
    return frozenset(_data()["keywords"][use].split())


def _translate(prompt: Prompt, said: str, stream: Stream) -> list[str]:
    target = _target(f"{prompt.instructions()}\n{said}")
    if target is None:
        return []
    text = _material(said)
    if text == said:
        text = _GOAL.sub("", _ORDER.sub("", text))
    done = _translated(_long_forms(text.strip()), target)
    return [done] if done else []


def _target(asked: str) -> int | None:
    """The column of the language that a text names as the goal, last of all; None if it names none."""
    named = [found[1].lower() for found in _INTO.finditer(asked)] or [found[1].lower() for found in _IN.finditer(asked)]
    return _LANGUAGES.index(named[-1]) if named else None


def _translated(text: str, target: int) -> str:
    """A text as the entries of the fixture say it; from a language other than English by way of English."""
    tries = [_replaced(text, source, target if source == 0 else 0) for source in range(len(_LANGUAGES)) if source != target]
    done, _ = best = max(tries, key=lambda made: made[1])
    if target and tries.index(best) > 0:
        done, _ = _replaced(done, 0, target)
    done = _punctuated(done, _LANGUAGES[target])
    return re.sub(r"\w", lambda first: first.group().upper(), done, count=1)


def _replaced(text: str, source: int, target: int) -> tuple[str, int]:
    """A text with its entries in another language, the longest first, and how many words were entries."""
    entries, longest = _glossary(source, target)
    tokens = list(_TOKEN.finditer(text))
    folded = [token.group().lower().replace("’", "'") for token in tokens]
    made: list[str] = []
    known = place = end = 0
    while place < len(tokens):
        first = tokens[place]
        gap = text[end : first.start()]
        size = min(longest, len(tokens) - place)
        while size and not (tuple(folded[place : place + size]) in entries and _adjacent(text, tokens[place : place + size])):
            size -= 1
        word = entries[tuple(folded[place : place + size])] if size else first.group()
        begins = not place or re.search(r"[.!?\n]\W*$", gap)
        if begins and first.group()[:1].isupper():
            word = word[:1].upper() + word[1:]
        made += (gap, word)
        known += size
        place += size or 1
        end = tokens[place - 1].end()
    return "".join(made) + text[end:], known


def _adjacent(text: str, tokens: list[re.Match[str]]) -> bool:
    return all(text[left.end() : right.start()].isspace() for left, right in pairwise(tokens))


def _punctuated(text: str, language: str) -> str:
    """Marks as the language sets them: Spanish opens a question, the others close it only, without the distance that French keeps."""
    if language == "spanish":
        return _CLOSED.sub(lambda found: _opened(found[1], found[2]), text)
    return re.sub(r"\s+([?!])", r"\1", re.sub("[¿¡]", "", text))


def _opened(said: str, mark: str) -> str:
    """A Spanish question or exclamation with its first mark; what is called before it, as in "hola,", stays outside."""
    lead, comma, rest = said.rpartition(", ")
    lead, rest = (lead + comma, rest) if comma else (said[: len(said) - len(said.lstrip())], said.lstrip())
    opening = "¿" if mark == "?" else "¡"
    return f"{lead}{opening}{rest}{mark}"


@cache
def _entries() -> tuple[tuple[str, ...], ...]:
    """The rows of the fixture, one entry for each language; nouns with each of their articles and with none."""
    texts = fixtures.load("replies/translations.toml")
    tables = {name: [tuple(line.split(" | ")) for line in text.split("\n") if line] for name, text in texts.items()}
    rows = list(tables["phrases"])
    for english, *others in tables["nouns"]:
        forms = [_with_articles(language, noun) for language, noun in zip(_LANGUAGES[1:], others, strict=True)]
        own = (f"the {english}", f"{'an' if english[0] in 'aeiou' else 'a'} {english}", english, f"my {english}", f"your {english}")
        rows += ((word, *(form[kind] for form in forms)) for kind, word in enumerate(own))
    return (*rows, *tables["words"])


def _with_articles(language: str, noun: str) -> tuple[str, str, str, str, str]:
    """A noun with "the", "a", nothing, "my" and "your"."""
    marked, noun = noun.endswith("*"), noun.rstrip("*")
    article, _, bare = noun.replace("l'", "l' ").partition(" ")
    feminine = marked or article in ("la", "die", "a")
    elided = feminine and article == "l'"
    if language == "french":
        a, my, your = ("une" if feminine else "un"), ("ma" if feminine and not elided else "mon"), "votre"
    elif language == "spanish":
        a, my, your = ("un" if article == "el" else "una"), "mi", "tu"
    elif language == "german":
        ending = "e" if feminine else ""
        a, my, your = f"ein{ending}", f"mein{ending}", f"dein{ending}"
    elif language == "italian":
        a = "un'" if elided else "una" if feminine else "uno" if article == "lo" else "un"
        my, your = ("la mia", "la tua") if feminine else ("il mio", "il tuo")
    else:
        a, my, your = ("uma", "minha", "sua") if feminine else ("um", "meu", "seu")
    return noun, f"{a}{'' if a[-1] == chr(39) else ' '}{bare}", bare, f"{my} {bare}", f"{your} {bare}"


@cache
def _glossary(source: int, target: int) -> tuple[dict[tuple[str, ...], str], int]:
    """What words of one language become in another, and how many words the longest entry has."""
    entries: dict[tuple[str, ...], str] = {}
    for row in _entries():
        entries.setdefault(tuple(token.lower() for token in _TOKEN.findall(row[source])), row[target])
    return entries, max(map(len, entries))


def _long_forms(text: str) -> str:
    """A text with its English contractions written out."""
    for short, long in _CONTRACTIONS:
        text = short.sub(long, text)
    return text
