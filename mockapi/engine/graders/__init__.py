"""Graders: what a grader makes of what a model said about a row of data, as a reward. Pure functions of the grader and a seed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from mockapi.catalogue import Card
from mockapi.engine.graders import formula, judges
from mockapi.engine.graders.checks import Fault, faults, is_slow, models, names, parts
from mockapi.engine.graders.execution import execute
from mockapi.engine.graders.judges import Usage
from mockapi.engine.graders.measures import likeness
from mockapi.engine.graders.templates import Variables
from mockapi.seed import Stream, label

__all__ = ["Fault", "Outcome", "Usage", "faults", "is_slow", "models", "run"]

# guess: microseconds, by the sizes of what is read and said; the reference's example takes 4.4 seconds for 134 tokens
_START, _CHARACTER, _SANDBOX, _ANSWER, _TOKEN = 150, 0.02, 350_000, 400_000, 29_500


@dataclass(slots=True, eq=False, repr=False)
class Outcome:
    """A grader's reward and how it came about. `errors` are the API's names of what went wrong, `model` the snapshot that was asked."""

    reward: float = 0.0
    errors: set[str] = field(default_factory=set)
    python: str | None = None
    server: str | None = None
    micros: int = _START
    model: str | None = None
    usage: dict[str, Usage] = field(default_factory=dict)
    parts: dict[str, float] = field(default_factory=dict)


def run(grader: dict[str, Any], item: dict[str, Any], sample: str, cards: Mapping[str, Card], stream: Stream) -> Outcome:
    """Run a grader; one that `is_slow` waits for a process. `cards` holds the models that are there, by the names that graders give; the
    stream is the same for any sample."""
    if grader["type"] == "multi":
        return _multi(grader, item, sample, cards, stream)
    outcome, variables = Outcome(), Variables(item, sample)
    reward = _RUN[grader["type"]](grader, variables, cards, stream, outcome)
    if variables.missing:
        outcome.errors.add("invalid_variable_error")
    if variables.unread:
        outcome.errors.add("sample_parse_error")
    if variables.cut:
        outcome.errors.add("truncated_observation_error")
    outcome.reward = 0.0 if outcome.errors - {"truncated_observation_error"} else reward
    return outcome


def _string_check(grader: dict[str, Any], variables: Variables, _: Any, __: Any, outcome: Outcome) -> float:
    text, reference = variables.fill(grader["input"]), variables.fill(grader["reference"])
    outcome.micros += round(_CHARACTER * (len(text) + len(reference)))
    match grader["operation"]:
        case "eq":
            return float(text == reference)
        case "ne":
            return float(text != reference)
        case "like":
            return float(reference in text)
        case _:
            return float(reference.casefold() in text.casefold())


def _text_similarity(grader: dict[str, Any], variables: Variables, _: Any, __: Any, outcome: Outcome) -> float:
    text, reference = variables.fill(grader["input"]), variables.fill(grader["reference"])
    outcome.micros += round(40 * _CHARACTER * (len(text) + len(reference)))
    if variables.missing:
        return 0.0
    return likeness(grader["evaluation_metric"], text, reference)


def _python(grader: dict[str, Any], variables: Variables, _: Any, stream: Stream, outcome: Outcome) -> float:
    outcome.micros += _SANDBOX + len(grader["source"])
    reward, outcome.python = execute(grader["source"], variables.named_sample(), variables.item, stream.between(0, 2**32))
    if outcome.python is not None:
        outcome.errors.add("python_grader_runtime_error")
    return reward


def _model(grader: dict[str, Any], variables: Variables, cards: Mapping[str, Card], stream: Stream, outcome: Outcome) -> float:
    card = cards.get(grader["model"])
    if card is None:
        outcome.errors.add("model_grader_server_error")
        outcome.server = f"The model `{grader['model']}` does not exist or you do not have access to it."
        return 0.0
    usage, complete = judges.ask(grader, card, variables, stream)
    if variables.missing:
        return 0.0
    outcome.model, outcome.usage = card.snapshot, {card.snapshot: usage}
    outcome.micros += _ANSWER + _TOKEN * usage.completion + 20 * usage.prompt
    if complete and grader["type"] == "score_model":
        return judges.score(grader, variables, stream)
    chosen = judges.label(grader, variables, stream) if complete else None
    if chosen is None:
        outcome.errors.add("model_grader_parse_error")
    return float(chosen in grader.get("passing_labels", ()))


_RUN = {
    "string_check": _string_check, "text_similarity": _text_similarity, "python": _python, "score_model": _model, "label_model": _model,
}  # fmt: skip


def _multi(grader: dict[str, Any], item: dict[str, Any], sample: str, cards: Mapping[str, Card], stream: Stream) -> Outcome:
    """All graders of a multi grader, at the same time; the faults of each are the whole's."""
    whole = Outcome()
    for name, (part, _) in parts(grader).items():
        found = run(part, item, sample, cards, stream.child(label(name)))
        whole.parts[name] = found.reward
        whole.errors |= found.errors
        whole.python, whole.server = whole.python or found.python, whole.server or found.server
        whole.micros = max(whole.micros, _START + found.micros)
        for model, usage in found.usage.items():
            known = whole.usage.get(model, Usage(0, 0))
            whole.usage[model] = Usage(known.prompt + usage.prompt, known.completion + usage.completion)
    called = names(grader)
    try:
        tree = formula.parse(grader["calculate_output"], called)
        whole.reward = formula.value(tree, {alias: whole.parts[name] for alias, name in called.items()})
    except formula.FormulaFault:
        whole.errors.add("formula_parse_error")
    return whole
