"""Fine-tuning as it looks: reading a training file, what `auto` comes to, and losses that fall (api-facts C.9, G.4)."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from typing import Any, Literal

from mockapi import json
from mockapi.engine.tokens import Encoding
from mockapi.seed import Stream

Method = Literal["supervised", "dpo", "reinforcement"]
_LEAST_EXAMPLES = 10
_ROLES = frozenset(("system", "user", "assistant", "function", "tool", "developer"))


class TrainingFault(Exception):
    """Why a job fails: `code` and the sentence."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(message)
        self.code = code
        self.message = message


@dataclass(slots=True, eq=False, repr=False)
class TrainingSet:
    """What a training file holds: how many examples and tokens, and for each turn to be learned what leads to it and what it says."""

    examples: int = 0
    tokens: int = 0
    lessons: list[dict[str, Any]] = field(default_factory=list)


def read(content: bytes, method: Method, vocabulary: Encoding, what: str = "training") -> TrainingSet:
    """Read a file of examples. Raises TrainingFault in the API's words; lines and messages are counted from 1."""
    found = TrainingSet()
    for number, line in enumerate((line for line in content.splitlines() if line.strip()), 1):
        try:
            example = json.read_sent(line)
        except ValueError:
            raise _invalid(what, f"Invalid file format. Line {number} is not valid JSON.") from None
        if not isinstance(example, dict):
            raise _invalid(what, f"Invalid file format. Line {number} is not a JSON object.")
        _READERS[method](example, f"Line {number}", found, what)
        found.examples += 1
    if what == "training" and found.examples < _LEAST_EXAMPLES:
        # seen: C.9
        message = f"Training file has {found.examples} example(s), but must have at least {_LEAST_EXAMPLES} examples"
        raise TrainingFault("invalid_n_examples", message)
    if found.examples == 0:
        raise _invalid(what, "Invalid file format. The file has no examples.")
    texts = sum(vocabulary.count(text) for lesson in found.lessons for text in _texts(lesson))
    found.tokens = texts + 4 * found.examples
    return found


def _texts(lesson: dict[str, Any]) -> list[str]:
    return [*(text for _, text in lesson["before"]), lesson["says"] or ""]


def _invalid(what: str, reason: str) -> TrainingFault:
    # seen: C.9, the first sentence; the reasons after it are told by users
    return TrainingFault(f"invalid_{what}_file", f"The job failed due to an invalid {what} file. {reason}")


def _chat(example: dict[str, Any], place: str, found: TrainingSet, what: str) -> None:
    if "messages" not in example and "prompt" in example and "completion" in example:
        _completion(example, place, found, what)
        return
    messages = _messages(example.get("messages"), place, what)
    if not any(message["role"] == "assistant" for message in messages):
        raise _invalid(what, f"Invalid file format. {place}: expected at least one message with the role 'assistant'.")
    if messages[-1]["role"] != "assistant":
        raise _invalid(what, f"Invalid file format. {place}: the last message must be from the assistant.")
    for at, message in enumerate(messages):
        if message["role"] == "assistant" and message.get("weight", 1) != 0:
            found.lessons.append(_lesson(messages[:at], message))


def _completion(example: dict[str, Any], place: str, found: TrainingSet, what: str) -> None:
    if not all(isinstance(example[name], str) for name in ("prompt", "completion")):
        raise _invalid(what, f"Invalid file format. {place}: 'prompt' and 'completion' must be strings.")
    found.lessons.append({"before": [("user", example["prompt"])], "says": example["completion"], "calls": []})


def _preference(example: dict[str, Any], place: str, found: TrainingSet, what: str) -> None:
    given = example.get("input")
    before = _messages(given.get("messages") if isinstance(given, dict) else None, f"{place}, input", what)
    preferred = _messages(example.get("preferred_output"), f"{place}, preferred_output", what)
    _messages(example.get("non_preferred_output"), f"{place}, non_preferred_output", what)
    found.lessons.append(_lesson(before, preferred[-1]))


def _reward(example: dict[str, Any], place: str, found: TrainingSet, what: str) -> None:
    messages = _messages(example.get("messages"), place, what)
    if messages[-1]["role"] == "assistant":
        raise _invalid(what, f"Invalid file format. {place}: the last message must not be from the assistant.")
    answers = [str(value) for name, value in example.items() if name != "messages" and isinstance(value, (str, int, float))]
    found.lessons.append(_lesson(messages, {"role": "assistant", "content": answers[0] if answers else None}))


_READERS = {"supervised": _chat, "dpo": _preference, "reinforcement": _reward}


def _messages(value: Any, place: str, what: str) -> list[dict[str, Any]]:
    if not isinstance(value, list) or not value:
        raise _invalid(what, f"Invalid file format. {place}: 'messages' must be a list with at least one message.")
    for number, message in enumerate(value, 1):
        here = f"{place}, message {number}"
        if not isinstance(message, dict):
            raise _invalid(what, f"Invalid file format. {here}: a message must be an object.")
        if message.get("role") not in _ROLES:
            raise _invalid(what, f"Invalid file format. {here}: the role {message.get('role')!r} is not known.")
        content = message.get("content")
        if not isinstance(content, (str, list)) and not message.get("tool_calls") and not message.get("function_call"):
            raise _invalid(what, f"Invalid file format. {here}: 'content' must be a string.")
        if message.get("weight", 1) not in (0, 1):
            raise _invalid(what, f"Invalid file format. {here}: 'weight' must be 0 or 1.")
    return value


def _lesson(before: list[dict[str, Any]], message: dict[str, Any]) -> dict[str, Any]:
    calls = [
        call["function"] for call in message.get("tool_calls") or () if isinstance(call, dict) and isinstance(call.get("function"), dict)
    ]
    said = _text(message.get("content"))
    return {
        "before": [(turn["role"], _text(turn.get("content")) or "") for turn in before],
        "says": said,
        "calls": [(str(call.get("name", "")), str(call.get("arguments", "{}"))) for call in calls],
    }


def _text(content: Any) -> str | None:
    if isinstance(content, str):
        return content
    if isinstance(content, list):
        return "".join(part.get("text", "") for part in content if isinstance(part, dict) and isinstance(part.get("text"), str))
    return None


def epochs(examples: int) -> int:
    """What `auto` comes to: some hundred examples are seen in all (doc: the cookbook on preparing data for fine-tuning)."""
    if examples * 3 < 100:
        return max(1, min(25, 100 // examples))
    return max(1, 25_000 // examples) if examples * 3 > 25_000 else 3


def batch_size(examples: int) -> int:
    """What `auto` comes to: a five-hundredth of the examples (doc: an older guide), at least one."""
    return max(1, min(256, round(examples / 500)))


def steps(examples: int, epochs_: int, batch: int) -> int:
    return max(1, math.ceil(examples / batch)) * epochs_


def metrics(step: int, total: int, stream: Stream, *, validated: bool) -> dict[str, float]:
    """A step's numbers: a loss that falls from above two to below a half, an accuracy that rises, both with noise."""
    own = stream.child(step)
    progress = (step - 1) / max(1, total - 1)
    floor = 0.12 + 0.3 * stream.child(0).unit()
    loss = floor + (2.4 - floor) * math.exp(-4.2 * progress) * (0.9 + 0.2 * own.unit()) + 0.08 * own.unit()
    accuracy = min(1.0, 0.46 + 0.5 * (1 - math.exp(-3.6 * progress)) + 0.06 * own.unit())
    made = {"train_loss": round(loss, 4), "train_mean_token_accuracy": round(accuracy, 4)}
    if validated:
        made["valid_loss"] = round(loss * (1.02 + 0.14 * own.unit() + 0.1 * progress), 4)
        made["valid_mean_token_accuracy"] = round(max(0.0, accuracy - 0.01 - 0.05 * own.unit()), 4)
    return made


def results(total: int, stream: Stream, *, validated: bool, every: int = 1) -> bytes:
    """The results file: a line of numbers for each step (api-facts G.4)."""
    rows = ["step,train_loss,train_accuracy,valid_loss,valid_mean_token_accuracy"]
    for step in shown_steps(total, every):
        numbers = metrics(step, total, stream, validated=validated)
        valid = f"{numbers['valid_loss']},{numbers['valid_mean_token_accuracy']}" if validated else ","
        rows.append(f"{step},{numbers['train_loss']},{numbers['train_mean_token_accuracy']},{valid}")
    return ("\n".join(rows) + "\n").encode()


def shown_steps(total: int, every: int) -> list[int]:
    """Every so manieth step, the last among them."""
    found = list(range(1, total + 1, every))
    return found if found[-1] == total else [*found, total]
