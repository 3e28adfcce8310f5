"""Which scenario a call gets, and the script that comes of it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from itertools import chain
from typing import Any

from mockapi import json
from mockapi.engine.prompt import Scripted
from mockapi.scenario import template
from mockapi.scenario.book import Book, Entry, Played
from mockapi.scenario.match import Seen, Verdict, compare
from mockapi.scenario.shapes import But, Reply, Scenario
from mockapi.seed import label

_CHANCE = label("a scenario's chance")


@dataclass(eq=False)
class Script:
    """What one call gets: a reply, with what its places stand for."""

    name: str
    reply: Reply
    told: dict[str, Any] = field(default_factory=dict)

    def fill(self, value: Any) -> Any:
        return template.fill(value, self.told)

    @property
    def says(self) -> bool:
        """Whether the answer of the simulated model is another."""
        reply = self.reply
        said = (reply.text, reply.json_, reply.refusal, reply.tool_calls, reply.reasoning, reply.failed)
        return any(part is not None for part in said) or reply.but is not None

    def scripted(self) -> Scripted:
        """The same as the simulated model understands it."""
        reply, but = self.reply, self.reply.but or But()
        text = template.text(reply.text, self.told) if reply.text is not None else None
        if reply.json_ is not None:
            text = json.write(self.fill(reply.json_)).decode()
        return Scripted(
            text=text,
            refusal=template.text(reply.refusal, self.told) if reply.refusal is not None else None,
            calls=tuple((each.name, self._arguments(each.arguments)) for each in reply.tool_calls or ()),
            reasoning=template.text(reply.reasoning, self.told) if reply.reasoning is not None else None,
            finish=but.finish,
            spoil=but.spoil,
            input_tokens=but.input_tokens,
            output_tokens=but.output_tokens,
            failed=None if reply.failed is None else (reply.failed.code, template.text(reply.failed.message, self.told)),
        )

    def _arguments(self, given: dict[str, Any] | str) -> str:
        return template.text(given, self.told) if isinstance(given, str) else json.write(self.fill(given)).decode()


Missed = list[tuple[Scenario, Verdict]]


def pick(seen: Seen, book: Book, shared: Iterable[Entry], wanted: str | None) -> tuple[Script | None, Missed]:
    """The script of a call, if there is one for it, and the scenarios that came nearest where there is none.

    The world's own scenarios come before those that all worlds share. `wanted` is the name of the only one that may be used, whatever it
    is for.
    """
    missed: Missed = []
    for entry in chain(book, shared):
        scenario = entry.scenario
        if wanted is not None and scenario.name != wanted:
            continue
        verdict = compare(scenario.match, seen) if wanted is None else Verdict()
        if verdict.differs:
            missed.append((scenario, verdict))
            continue
        count = book.played(entry)
        count.matched += 1
        reply = _next(scenario, count, seen, verdict)
        if reply is None:
            missed.append((scenario, verdict))
            continue
        count.used += 1
        return Script(scenario.name or "unnamed", reply, _told(seen, verdict, count)), []
    missed.sort(key=lambda each: (len(each[1].differs), -each[1].held))
    return None, missed


def _next(scenario: Scenario, count: Played, seen: Seen, verdict: Verdict) -> Reply | None:
    """The reply that is due; None where the scenario is not for this call of those that are what it is for."""
    match, replies = scenario.match, scenario.all_replies
    calls = [match.call] if isinstance(match.call, int) else match.call
    if calls is not None and count.matched not in calls:
        verdict.differs.append(f"call: wanted number {', '.join(map(str, calls))}, got number {count.matched}")
    elif match.from_call is not None and count.matched < match.from_call:
        verdict.differs.append(f"from_call: wanted number {match.from_call} and later, got number {count.matched}")
    elif match.chance is not None and not seen.call.stream.child(_CHANCE).chance(match.chance):
        verdict.differs.append(f"chance: {match.chance} did not fall to this call")
    elif scenario.times is not None and count.used >= scenario.times:
        verdict.differs.append(f"times: it was used {count.used} times, as often as it may be")
    elif count.used >= len(replies) and scenario.then == "next":
        verdict.differs.append(f"then: all of its {len(replies)} replies were given")
    else:
        return replies[count.used % len(replies) if scenario.then == "again" else min(count.used, len(replies) - 1)]
    return None


def _told(seen: Seen, verdict: Verdict, count: Played) -> dict[str, Any]:
    return {
        "user": seen.user,
        "system": seen.system,
        "model": seen.model,
        "match": verdict.groups,
        "request": seen.body,
        "headers": {name.decode("latin-1"): value.decode("latin-1") for name, value in seen.call.headers.items()},
        "call": {"number": count.matched, "id": seen.call.id},
        "results": [text for _, text in seen.results],
    }
