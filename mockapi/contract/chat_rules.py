"""What the parts of a chat request demand of each other. Sentences and order: api-facts C.3 and E.1."""

from __future__ import annotations

from collections.abc import Iterator

from mockapi.contract import chat
from mockapi.contract.wording import missing
from mockapi.errors import bad_request, context_length_exceeded

# Parameters that demand nothing of each other.
_ALONE = frozenset((
    "model", "messages", "temperature", "top_p", "max_tokens", "max_completion_tokens", "stream", "user", "seed", "store", "metadata",
    "stop", "n",
))  # fmt: skip


def check(request: chat.CreateChatCompletionRequest) -> None:
    """Raise the first fault that lies between parameters."""
    # guess: `metadata` without `store` is taken; C.3 has a 400 for it of 2024-25, and nothing of today
    _tool_order(request.messages)
    if request.model_fields_set <= _ALONE:
        return
    _tools(request)
    _tool_choice(request)
    if request.top_logprobs is not None and not request.logprobs:
        raise bad_request("The 'top_logprobs' parameter is only allowed when 'logprobs' is enabled.", "top_logprobs")
    _response_format(request)
    if request.stream_options is not None and not request.stream:
        raise bad_request("The 'stream_options' parameter is only allowed when 'stream' is enabled.", "stream_options")
    if request.modalities and "audio" in request.modalities and request.audio is None:
        raise missing("audio")


def fits(*, prompt: int, functions: int, completion: int, window: int, most_input: int | None) -> None:
    """Raise for more tokens than a model reads. `functions` of the prompt's are tools; `completion` counts with the oldest models."""
    said = prompt - functions
    if most_input is not None and prompt > most_input:
        # seen: C.3; guess: what it says of functions
        resulted = f"{prompt} tokens" + (f" ({said} in the messages, {functions} in the functions)" if functions else "")
        reduce = "messages or functions" if functions else "messages"
        sentence = f"Input tokens exceed the configured limit of {most_input} tokens. Your messages resulted in {resulted}."
    elif completion and prompt + completion > window:
        # seen: C.3, and with functions in comments of public code
        parts = f"{said} in the messages, " + (f"{functions} in the functions, and " if functions else "")
        reduce = "messages, functions, or completion" if functions else "messages or completion"
        sentence = (
            f"This model's maximum context length is {window} tokens. However, you requested {prompt + completion} tokens "
            f"({parts}{completion} in the completion)."
        )
    elif prompt > window:
        raise context_length_exceeded(window, said, functions)
    else:
        return
    raise bad_request(f"{sentence} Please reduce the length of the {reduce}.", "messages", "context_length_exceeded")


def contents(messages: list[chat.Message]) -> None:
    """Raise for a message without content. The API looks for these last of all."""
    for number, message in enumerate(messages):
        if message.content is not None:
            continue
        if isinstance(message, chat.AssistantMessage) and (
            message.tool_calls or message.function_call or message.refusal is not None or message.audio
        ):
            continue
        raise bad_request("Invalid value for 'content': expected a string, got null.", f"messages.[{number}].content")


def _tool_order(messages: list[chat.Message]) -> None:
    """Calls and their results: each result after its call, each call with its result."""
    open_calls: list[str] = []
    answered: set[str] = set()
    for number, message in enumerate(messages):
        if message.role == "tool":
            _answers(message, number, open_calls)
            answered.add(message.tool_call_id)
            continue
        if open_calls:
            _all_answered(open_calls, answered)
            open_calls, answered = [], set()
        if message.role == "assistant" and message.tool_calls:
            open_calls = [call.id for call in message.tool_calls]
    _all_answered(open_calls, answered)


def _answers(message: chat.ToolMessage, number: int, open_calls: list[str]) -> None:
    if not open_calls:
        raise bad_request(
            "Invalid parameter: messages with role 'tool' must be a response to a preceeding message with 'tool_calls'.",
            f"messages.[{number}].role",
        )
    if message.tool_call_id not in open_calls:
        raise bad_request(
            f"Invalid parameter: 'tool_call_id' of '{message.tool_call_id}' not found in 'tool_calls' of previous message.",
            f"messages.[{number}].tool_call_id",
        )


def _all_answered(calls: list[str], answered: set[str]) -> None:
    lost = [call for call in calls if call not in answered]
    if lost:
        raise bad_request(
            "An assistant message with 'tool_calls' must be followed by tool messages responding to each 'tool_call_id'. "
            f"The following tool_call_ids did not have response messages: {', '.join(lost)}",
            "messages",
        )


def _tools(request: chat.CreateChatCompletionRequest) -> None:
    if request.tools and request.functions:
        # guess: E.5, the words are not recorded
        raise bad_request("'tools' and 'functions' cannot both be specified.", "functions")
    if not request.tools and not request.functions:
        return
    for number, tool in enumerate(request.tools or ()):
        if isinstance(tool, chat.FunctionTool):
            function(tool.function, f"tools[{number}].function.parameters")
    for number, legacy in enumerate(request.functions or ()):
        function(legacy, f"functions[{number}].parameters")
    _grammars(request.tools or [])


def function(offered: chat.Function | chat.LegacyFunction, place: str) -> None:
    """Raise for a function whose parameters are no schema that the API takes; they stand at a place."""
    if offered.parameters is None:
        return
    from mockapi.contract import strict

    is_strict = isinstance(offered, chat.Function) and offered.strict
    refuse = strict.refusal if is_strict else strict.loose_refusal
    reason = refuse(offered.parameters, head=f"function '{offered.name}'")
    if reason:
        raise bad_request(reason, place, "invalid_function_parameters")


def _grammars(tools: list[chat.Tool]) -> None:
    for number, tool in enumerate(tools):
        if isinstance(tool, chat.CustomTool) and isinstance(tool.custom.format, chat.GrammarFormat):
            form = tool.custom.format.grammar
            check_grammar(form.syntax, form.definition, f"tools[{number}].custom.format.grammar.definition")


def check_grammar(syntax: str, definition: str, place: str) -> None:
    """Raise for a grammar that the model could not write a text of."""
    from mockapi.engine import grammar

    reason = grammar.fault(syntax, definition)
    if reason is not None:
        # guess: that it is refused is documented (templates among others), the words are not recorded
        raise bad_request(f"Invalid '{place}': not a valid {syntax} grammar: {reason}.", place, "invalid_value")


def _tool_choice(request: chat.CreateChatCompletionRequest) -> None:
    offered = [_tool_name(tool) for tool in request.tools or ()]
    for parameter in ("tool_choice", "parallel_tool_calls"):
        if getattr(request, parameter) is not None and request.tools is None:
            raise bad_request(f"Invalid value for '{parameter}': '{parameter}' is only allowed when 'tools' are specified.", parameter)
    choice = request.tool_choice
    if isinstance(choice, (chat.NamedFunction, chat.NamedCustom)):
        name = choice.function.name if isinstance(choice, chat.NamedFunction) else choice.custom.name
        if name not in offered:
            raise bad_request(f"Tool choice '{name}' not found in 'tools' parameter.", "tool_choice")
    if isinstance(choice, chat.AllowedToolsChoice):
        for name in allowed_names(choice):
            if name not in offered:
                raise bad_request(f"Tool choice '{name}' not found in 'tools' parameter.", "tool_choice")
    if request.function_call is not None and request.functions is None:
        # guess: the older twin of the sentence on tool_choice
        raise bad_request(
            "Invalid value for 'function_call': 'function_call' is only allowed when 'functions' are specified.", "function_call"
        )
    if isinstance(request.function_call, chat.Named):
        names = [function.name for function in request.functions or ()]
        if request.function_call.name not in names:
            raise bad_request(
                f"Invalid value for 'function_call': no function named '{request.function_call.name}' was specified in the "
                "'functions' parameter",
                "function_call",
            )


def allowed_names(choice: chat.AllowedToolsChoice) -> list[str]:
    """The names an `allowed_tools` choice lists."""
    names = []
    for tool in choice.allowed_tools.tools:
        inner = tool.get(str(tool.get("type")), tool)
        name = inner.get("name") if isinstance(inner, dict) else None
        if isinstance(name, str):
            names.append(name)
    return names


def _tool_name(tool: chat.Tool) -> str:
    return tool.function.name if isinstance(tool, chat.FunctionTool) else tool.custom.name


def _response_format(request: chat.CreateChatCompletionRequest) -> None:
    form = request.response_format
    if isinstance(form, chat.JsonObjectFormat) and not any("json" in text.lower() for text in _texts(request.messages)):
        raise bad_request(
            "'messages' must contain the word 'json' in some form, to use 'response_format' of type 'json_object'.", "messages"
        )
    if isinstance(form, chat.JsonSchemaFormat):
        schema_form(form.json_schema)


def schema_form(wanted: chat.JsonSchema) -> None:
    """Raise for an output schema that must hold and that the API does not take."""
    if not wanted.strict:
        return
    if wanted.schema_ is None:
        raise missing("response_format.json_schema.schema")
    from mockapi.contract import strict

    reason = strict.refusal(wanted.schema_, head=f"response_format '{wanted.name}'")
    if reason:
        raise bad_request(reason, "response_format")


def _texts(messages: list[chat.Message]) -> Iterator[str]:
    for message in messages:
        if isinstance(message.content, str):
            yield message.content
        for part in message.content if isinstance(message.content, list) else ():
            if isinstance(part, chat.TextPart):
                yield part.text
