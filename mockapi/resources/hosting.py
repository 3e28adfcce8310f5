"""What hosted tools do, whichever endpoint offers them: which of them is used, what it finds, and what the model is told of that.

At most one of them is used, once a turn, and only where no function is called: so every loop ends.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from mockapi import json
from mockapi.engine import tasks
from mockapi.engine import tools as functions
from mockapi.engine.prompt import Prompt, Turn
from mockapi.seed import Seed

if TYPE_CHECKING:
    from mockapi.resources.vector_stores.searching import Hit

_CUES = {
    "image_generation": re.compile(r"\b(?:draw|paint|picture|image|illustration|logo|sketch|photo)\b", re.IGNORECASE),
    "code_interpreter": re.compile(r"\b(?:calculate|compute|python|code|plot|run|sum|solve|csv)\b|\d\s*[-+*/x]\s*\d", re.IGNORECASE),
    "file_search": re.compile(r"\b(?:files?|documents?|docs?|manual|policy|report|knowledge|contract)\b", re.IGNORECASE),
    "web_search": re.compile(r"\b(?:news|today|latest|current|web|online|search|weather|price|recent)\b", re.IGNORECASE),
    "shell": re.compile(r"\b(?:shell|command|terminal|run|list|ls|directory)\b", re.IGNORECASE),
    "apply_patch": re.compile(r"\b(?:patch|edit|change|fix|rename|refactor)\b", re.IGNORECASE),
    "computer": re.compile(r"\b(?:click|open|browser|screen|page|type)\b", re.IGNORECASE),
}
# Those that are used to answer a question that names none.
_PLAIN = ("file_search", "web_search", "mcp")
# doc: how many results are wanted where nothing is said; and how much of the best of them is told
HITS = 10
_EXCERPT = 300


def chosen(kinds: Sequence[str], prompt: Prompt, *, required: bool) -> str | None:
    """The kind of the tool that is used; None where none is. `required` is whether some tool has to be."""
    if prompt.called() or not kinds or (prompt.forced and prompt.choice != "none"):
        return None
    if prompt.tools and functions.named(prompt):
        return None
    said = prompt.last_said()
    cued = [kind for kind in kinds if kind in _CUES and _CUES[kind].search(said)]
    if cued:
        return cued[0]
    plain = [kind for kind in kinds if kind in _PLAIN]
    if required and not prompt.tools:
        return (plain or kinds)[0]
    return plain[0] if plain and not prompt.tools and len(said) > 12 else None


def query(prompt: Prompt) -> str:
    """What files are searched for."""
    return prompt.last_said().strip()[:200] or "everything"


def found(hits: Sequence[Hit]) -> tuple[str, str]:
    """What a search tells, and who tells it: the best file, or the tool where there is none."""
    if not hits:
        return "file_search", "there is nothing about this in the files"
    return hits[0].filename, " ".join(hits[0].text.split())[:_EXCERPT].rstrip(". ")


def computed(prompt: Prompt, seed: Seed) -> tuple[str, str]:
    """The code that does what was said, and what it prints: the same for the same prompt, as all that the model says."""
    result = tasks.do(prompt, seed.stream(b"code", *prompt.shape())) or "done"
    return f"result = {json.write(result).decode()}\nprint(result)", result


def informed(prompt: Prompt, told: Sequence[tuple[str, str]], *, searches: bool = False) -> Prompt:
    """A prompt with what hosted tools told, as results that the answer is made of."""
    if not told and not searches:
        return prompt
    turns = [*prompt.turns, *(Turn("tool", text, name=name) for name, text in told)]
    return replace(prompt, turns=turns, searches=prompt.searches or searches, tools=[], choice="none", forced=False)
