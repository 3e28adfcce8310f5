"""What a model lets a request ask of it, by its card. Sentences and order: api-facts C.3."""

from __future__ import annotations

from typing import Any

from mockapi.catalogue import Card
from mockapi.contract import chat
from mockapi.contract.wording import invalid_value, quoted_list, too_large, unknown
from mockapi.errors import ApiError, bad_request

# Parameters that any classic model takes as they are; what is left to check of them is their size.
_EVERYWHERE = frozenset((
    "model", "messages", "temperature", "top_p", "max_tokens", "max_completion_tokens", "stream", "stream_options", "user", "seed",
    "store", "metadata", "stop",
))  # fmt: skip
_DEFAULTS = {"temperature": 1, "top_p": 1, "presence_penalty": 0, "frequency_penalty": 0, "logprobs": False, "n": 1}


def check(request: chat.CreateChatCompletionRequest, card: Card) -> None:
    """Raise the first thing that the model does not do."""
    if request.model_fields_set <= _EVERYWHERE and not card.reasons and "unsupported" not in card.rules and not _in_parts(request):
        _limits(request, card)
        if card.rules.get("requires_audio"):
            _modalities(request, card)
        return
    rules = card.rules
    for name in rules.get("unknown", ()):
        if getattr(request, name) is not None:
            raise unknown(name)
    _parts(request, card)
    _custom_tools(request, card)
    most = int(rules.get("max_choices", 128))
    if request.n is not None and request.n > most:
        raise too_large("n", "integer", most, request.n)
    most_logprobs = int(rules.get("max_top_logprobs", 20))
    if request.top_logprobs is not None and request.top_logprobs > most_logprobs:
        raise bad_request(f"Invalid value for 'top_logprobs': must be less than or equal to {most_logprobs}.", "top_logprobs")
    _response_format(request, card)
    _limits(request, card)
    _effort(request, card)
    for name in ("logit_bias", "stop", "prediction"):
        if name in rules.get("unsupported", ()) and getattr(request, name) is not None:
            raise unsupported(name)
    _prediction(request)
    if request.verbosity not in (None, "medium") and not card.reasons:
        # guess: the general form of C.1 with the one value that older models take
        raise unsupported_value("verbosity", request.verbosity, ("medium",))
    _fixed(request, card)
    _modalities(request, card)
    if request.web_search_options is not None and "web_search" not in card.features:
        raise bad_request("Web search options not supported with this model.", "web_search_options")


def unsupported(name: str) -> ApiError:
    return bad_request(f"Unsupported parameter: '{name}' is not supported with this model.", name, "unsupported_parameter")


def unsupported_value(name: str, value: Any, supported: tuple[str, ...]) -> ApiError:
    message = f"Unsupported value: '{name}' does not support {value!r} with this model. Supported values are: "
    return bad_request(f"{message}{quoted_list(supported, 'and')}.", name, "unsupported_value")


def _parts(request: chat.CreateChatCompletionRequest, card: Card) -> None:
    for number, message in enumerate(request.messages):
        for place, part in enumerate(message.content if isinstance(message.content, list) else ()):
            if isinstance(part, chat.ImagePart) and "image" not in card.input:
                # seen: param and words of a recorded refusal
                raise bad_request(
                    "Invalid content type. image_url is only supported by certain models.",
                    f"messages.[{number}].content.[{place}].type",
                )
            if isinstance(part, chat.AudioPart) and "audio" not in card.input:
                raise bad_request(
                    f"Invalid 'messages[{number}]'. Content blocks are expected to be either text or image_url type.",
                    f"messages[{number}]",
                    "invalid_value",
                )


def _custom_tools(request: chat.CreateChatCompletionRequest, card: Card) -> None:
    if "custom_tools" in card.features:
        return
    for number, tool in enumerate(request.tools or ()):
        if isinstance(tool, chat.CustomTool):
            # seen: the same words on a model without custom tools
            raise invalid_value("custom", ("function",), f"tools[{number}].type")


def _response_format(request: chat.CreateChatCompletionRequest, card: Card) -> None:
    if isinstance(request.response_format, chat.JsonSchemaFormat) and "structured_outputs" not in card.features:
        raise bad_request(
            "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model. Learn more about "
            "supported models at the Structured Outputs guide: https://platform.openai.com/docs/guides/structured-outputs",
            "response_format",
        )


def _limits(request: chat.CreateChatCompletionRequest, card: Card) -> None:
    if request.max_tokens is not None and "max_tokens" in card.rules.get("unsupported", ()):
        raise bad_request(
            "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
            "max_tokens",
            "unsupported_parameter",
        )
    if request.max_tokens is not None and request.max_completion_tokens is not None:
        # guess: told by users, not recorded
        raise bad_request(
            "Setting 'max_tokens' and 'max_completion_tokens' at the same time is not supported.",
            "max_tokens",
            "invalid_parameter_combination",
        )
    for name in ("max_tokens", "max_completion_tokens"):
        value = getattr(request, name)
        if value is not None and value > card.max_output_tokens:
            raise bad_request(
                f"{name} is too large: {value}. This model supports at most {card.max_output_tokens} completion tokens, whereas "
                f"you provided {value}.",
                name,
                "invalid_value",
            )


def _effort(request: chat.CreateChatCompletionRequest, card: Card) -> None:
    effort = request.reasoning_effort
    if effort is None:
        return
    if not card.reasons:
        raise bad_request("Unrecognized request argument supplied: reasoning_effort")
    if effort not in card.rules["efforts"]:
        raise unsupported_value("reasoning_effort", effort, tuple(card.rules["efforts"]))


def _fixed(request: chat.CreateChatCompletionRequest, card: Card) -> None:
    """Sampling parameters that a reasoning model has fixed, unless it was told not to reason."""
    effort = request.reasoning_effort or card.rules.get("default_effort")
    if card.reasons and effort == "none":
        return
    names = [*card.rules.get("fixed", ()), *(n for n in card.rules.get("unsupported", ()) if n in _DEFAULTS)]
    for name in names:
        value = getattr(request, name)
        if value is None or value == _DEFAULTS.get(name):
            continue
        if name == "temperature" and card.reasons:
            raise bad_request(
                f"Unsupported value: 'temperature' does not support {value:g} with this model. Only the default (1) value is supported.",
                "temperature",
                "unsupported_value",
            )
        raise unsupported(name)


def _prediction(request: chat.CreateChatCompletionRequest) -> None:
    """doc: what predicted outputs cannot be combined with."""
    if request.prediction is None:
        return
    clashes = {
        "n": (request.n or 1) > 1,
        "logprobs": bool(request.logprobs),
        "presence_penalty": (request.presence_penalty or 0) > 0,
        "frequency_penalty": (request.frequency_penalty or 0) > 0,
        "audio": request.audio is not None,
        "tools": bool(request.tools),
        "max_completion_tokens": request.max_completion_tokens is not None,
    }
    for name, clash in clashes.items():
        if clash:
            # guess: the words are not recorded
            raise bad_request(f"Unsupported parameter: '{name}' is not supported when using 'prediction'.", name, "unsupported_parameter")


def _modalities(request: chat.CreateChatCompletionRequest, card: Card) -> None:
    speaks = "audio" in (request.modalities or ())
    if speaks and "audio" not in card.output:
        # guess: the general form of C.1
        raise unsupported_value("modalities", "audio", ("text",))
    if request.audio is not None and "audio" not in card.output:
        raise unsupported("audio")
    if speaks and request.stream and request.audio is not None and request.audio.format != "pcm16":
        # seen: told by users of streamed audio
        raise bad_request(
            f"Unsupported value: 'audio.format' does not support '{request.audio.format}' when stream=true. Supported values are: 'pcm16'.",
            "audio.format",
            "unsupported_value",
        )
    if card.rules.get("requires_audio") and not speaks and not _hears(request):
        raise bad_request("This model requires that either input content or output modality contain audio.", "model", "invalid_value")


def _in_parts(request: chat.CreateChatCompletionRequest) -> bool:
    return list in [type(message.content) for message in request.messages]


def _hears(request: chat.CreateChatCompletionRequest) -> bool:
    return any(
        isinstance(part, chat.AudioPart)
        for message in request.messages
        for part in (message.content if isinstance(message.content, list) else ())
    )
