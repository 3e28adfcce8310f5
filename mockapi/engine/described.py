"""The JSON that a prompt describes in words: a JSON Schema in the text, an example, a sketch, or names of keys."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, NamedTuple

from mockapi import json
from mockapi.engine.hints import words, words_of
from mockapi.engine.prompt import Prompt

# Only the end of a text is looked at: for objects, of which there are at most so many, and for names; a sketch is no longer than this.
_LOOKED_AT = 65_536
_BEGINNINGS = 64
_LISTS_IN = 8_000
_LONGEST_SKETCH = 4_000
_ORDERED = re.compile(
    r"\b(?:respond|response|return|reply|answer|output|produce|generate|give|provide|extract|format(?:ted)?)\b[^.]{0,80}\bjson\b"
    r"|\bjson\b[^.]{0,80}\b(?:conform|match|adher|compatible|format)",
    re.IGNORECASE,
)
_FENCED = re.compile(r"```json|code ?block", re.IGNORECASE)
_UNFENCED = re.compile(r"\b(?:no|not|never|without|don.t)\b[^.]{0,40}(?:markdown|fenc|code ?block|```)", re.IGNORECASE)
# What stands before an example of the answer, unlike before data to work on.
_EXAMPLE = re.compile(
    r"\b(?:format|schema|structure|shape|template|example|like|form|respond|return|output|reply|answer|keys|fields)\b", re.IGNORECASE
)
_SKETCHED = re.compile(r"[\"']?(?P<name>[A-Za-z_]\w*)[\"']?\s*\??:\s*(?P<value>[^,\n}]*)")
_NAME = r"(?:\"[\w -]+\"|'[\w -]+'|`[\w -]+`|[A-Za-z_]\w*)"
_MARKED = r"(?:\"[\w -]+\"|'[\w -]+'|`[\w -]+`)"
_THEN = r"(?:\s{0,3},\s{0,3}(?:and\s|or\s)?|\s{1,3}and\s{1,3})"
_KEYS = r"\b(?:keys?|fields?|propert(?:y|ies)|attributes?)\b"
_NAMED = re.compile(
    rf"{_KEYS}(?:\s(?:named|called|are|is|of|for)\b)?\s?:?\s{{0,3}}(?P<after>{_NAME}(?:{_THEN}{_NAME})*)"
    rf"|(?P<before>{_MARKED}(?:{_THEN}{_MARKED})*)\s{_KEYS}"
    rf"|\bextract\s(?:the\s)?(?P<extracted>{_NAME}(?:{_THEN}(?:the\s)?{_NAME})+)\s(?:from|of|in)\b"
    rf"|\b(?:with|containing|including)\s(?:the\s|its\s)?(?!{_KEYS})(?P<held>{_NAME}(?:{_THEN}{_NAME})+)",
    re.IGNORECASE,
)
_QUOTED_NAME = re.compile(_NAME)


class Description(NamedTuple):
    """The text of the schema, whether the answer stands in a code block, and the places of the description in its text."""

    schema: bytes
    fenced: bool
    places: tuple[tuple[int, int], ...] = ()


def ordered(prompt: Prompt) -> Description | None:
    """What a prompt without a response format orders: JSON of a form that it shows. None if it orders none."""
    text = "\n".join(turn.said for turn in prompt.turns if turn.role in ("system", "developer", "user"))
    if "{" not in text or not _ORDERED.search(text[-_LOOKED_AT:]):
        return None
    found = _newest(prompt, _shown)
    fenced = _FENCED.search(text) is not None and _UNFENCED.search(text) is None
    return found and found._replace(fenced=fenced)


def wanted(prompt: Prompt) -> Description | None:
    """What the JSON of a JSON-mode answer is to look like; None if the prompt does not say."""
    return _newest(prompt, _shown) or _newest(prompt, _listed)


def rest(text: str, found: Description) -> str:
    """A text without the description in it, if it is the one that has it."""
    if found.places and _shown(text) == found._replace(fenced=False):
        for start, end in reversed(found.places):
            text = text[:start] + text[end:]
    return text


def _newest(prompt: Prompt, look: Any) -> Description | None:
    for turn in reversed(prompt.turns):
        if turn.role in ("system", "developer", "user"):
            found: Description | None = look(turn.said)
            if found is not None:
                return found
    return None


@lru_cache(maxsize=256)
def _shown(text: str) -> Description | None:
    """A schema or an example in a text: the last schema, else the last example."""
    if "{" not in text:
        return None
    skipped = max(0, len(text) - _LOOKED_AT)
    objects = list(_objects(text[skipped:]))
    places = tuple((skipped + start, skipped + end) for start, end, _ in objects)
    for _, _, value in reversed(objects):
        schema = _schema(value)
        if schema is not None:
            return Description(json.write(schema), False, places)
    for start, end, value in reversed(objects):
        if _EXAMPLE.search(text, max(0, skipped + start - 160), skipped + start):
            made = _like(value) if value is not None else _sketched(text[skipped + start : skipped + end])
            if made.get("properties"):
                return Description(json.write(made), False, places)
    return None


@lru_cache(maxsize=256)
def _listed(text: str) -> Description | None:
    """Names of keys that a text lists."""
    for found in _NAMED.finditer(text[-_LISTS_IN:]):
        said = next(filter(None, found.groups()))
        names = [name.strip("\"'`") for name in _QUOTED_NAME.findall(said)]
        names = [name for name in dict.fromkeys(names) if name.lower() not in words("connecting")]
        if names:
            return Description(json.write(_object({name: _guessed(name) for name in names})), False)
    return None


def _objects(text: str) -> Iterator[tuple[int, int, dict[str, Any] | None]]:
    """Start, end and value of the outermost objects in a text; None for braces that hold something else than JSON."""
    place = 0
    for _ in range(_BEGINNINGS):
        place = text.find("{", place)
        if place < 0:
            return
        value, end = json.read_first(text, place)
        if end < 0:
            end = _closing(text, place)
        if end < 0:
            return
        yield place, end, value
        place = end


def _closing(text: str, start: int) -> int:
    depth = 0
    for found in re.finditer(r"[{}]", text[start:]):
        depth += 1 if found.group() == "{" else -1
        if depth == 0:
            return start + found.end()
    return -1


def _schema(value: dict[str, Any] | None) -> dict[str, Any] | None:
    """The object as a JSON Schema, also under the names that wrap one; None if it is none."""
    if value is None:
        return None
    for wrapper in ("json_schema", "schema"):
        if isinstance(value.get(wrapper), dict):
            return _schema(value[wrapper])
    if isinstance(value.get("properties"), dict) and all(isinstance(child, dict) for child in value["properties"].values()):
        return value
    return value if isinstance(value.get("$ref"), str) and isinstance(value.get("$defs"), dict) else None


def _object(properties: dict[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties)}


def _like(value: Any, name: str = "") -> dict[str, Any]:
    """The schema of an example's kind of value; a string may only name the type that is wanted."""
    if isinstance(value, dict):
        return _object({key: _like(child, key) for key, child in value.items()})
    if isinstance(value, list):
        return {"type": "array", "items": _like(value[0], name) if value else {"type": "string"}, "minItems": 1}
    if isinstance(value, bool):
        return {"type": "boolean"}
    if isinstance(value, int | float):
        return {"type": "integer" if isinstance(value, int) else "number"}
    return _told(value, name) if isinstance(value, str) else _guessed(name)


def _told(text: str, name: str) -> dict[str, Any]:
    """The schema that a value such as `string`, `<number>` or `"a" | "b"` stands for."""
    plain = text.strip().strip("\"'<>[]()… .").lower()
    options = [option.strip().strip("\"'") for option in text.split("|")]
    if len(options) > 1 and all(re.fullmatch(r"[\w -]+", option) for option in options):
        if not set(map(str.lower, options)) & words("types"):
            return {"type": "string", "enum": list(dict.fromkeys(options))}
        plain = options[0].lower()
    if plain in ("int", "integer"):
        return {"type": "integer"}
    if plain in ("float", "number", "double", "decimal"):
        return {"type": "number"}
    if plain in ("bool", "boolean", "true", "false", "true or false"):
        return {"type": "boolean"}
    if re.fullmatch(r"(?:list|array)\b.*", plain) or text.lstrip().startswith("["):
        return {"type": "array", "items": {"type": "string"}, "minItems": 1}
    return {"type": "string"}


def _guessed(name: str) -> dict[str, Any]:
    """The schema of a key of which only the name is known."""
    parts = words_of(name)
    last = parts[-1] if parts else ""
    if parts and parts[0] in ("is", "has", "can", "should", "was"):
        return {"type": "boolean"}
    if last in words("whole_numbers"):
        return {"type": "integer"}
    if last in words("numbers"):
        return {"type": "number"}
    if last in words("lists"):
        return {"type": "array", "items": {"type": "string"}, "minItems": 1}
    return {"type": "string"}


def _sketched(text: str) -> dict[str, Any]:
    """The schema of braces that are not JSON: the names on their first level and what stands for their values."""
    properties: dict[str, Any] = {}
    for found in _SKETCHED.finditer(text[:_LONGEST_SKETCH]):
        before = text[: found.start()]
        if before.count("{") - before.count("}") == 1 and before.count("[") == before.count("]"):
            value = found["value"].strip()
            properties[found["name"]] = {"type": "object"} if value.startswith("{") else _told(value, found["name"])
    return _object(properties)
