"""What the Responses API says of what it does not do (api-facts C.5)."""

from __future__ import annotations

from mockapi.errors import ApiError, bad_request


def unknown_model(model: str) -> ApiError:
    # seen: C.2; unlike other endpoints it is a fault of the request
    return bad_request(f"The requested model '{model}' does not exist.", "model", "model_not_found")


def not_found(response_id: str) -> ApiError:
    # seen: C.5, retrieve, delete and cancel
    return ApiError(404, f"Response with id '{response_id}' not found.")


def previous_not_found(response_id: str) -> ApiError:
    # seen: C.5
    return bad_request(f"Previous response with id '{response_id}' not found.", "previous_response_id", "previous_response_not_found")


def prompt_not_found(prompt_id: str) -> ApiError:
    # seen: C.5
    return ApiError(404, f"Prompt with id '{prompt_id}' not found.")


def missing_variables(names: list[str]) -> ApiError:
    # guess: the sentence is told by users
    listed = ", ".join(f"'{name}'" for name in names)
    return bad_request(f"Missing prompt variables: {listed}", "prompt.variables", "missing_prompt_variables")


def unknown_variables(names: list[str]) -> ApiError:
    # guess: the sentence is told by users
    listed = ", ".join(f"'{name}'" for name in names)
    return bad_request(f"Unknown prompt variables: {listed}", "prompt.variables", "unknown_prompt_variables")


def not_here(model: str) -> ApiError:
    # guess: the twin of the sentence on models that only chat completions do not serve
    return ApiError(404, f"The model '{model}' is not supported in v1/responses.", param="model", code="model_not_found")


def synchronous() -> ApiError:
    # seen: C.5, told by users
    return bad_request("Cannot cancel a synchronous response.")


def finished(status: str) -> ApiError:
    # guess: no recording of a background response that is cancelled too late
    return bad_request(f"Cannot cancel a response with status '{status}'.")


def not_streamed() -> ApiError:
    # guess: C.5, the words are not recorded
    return bad_request("Only responses that were created with 'background' set to true can be streamed again.", "stream")


def unsupported(name: str, *, code: bool = True) -> ApiError:
    # seen: C.5; temperature and top_p have no code
    message = f"Unsupported parameter: '{name}' is not supported with this model."
    return bad_request(message, name, "unsupported_parameter" if code else None)


def no_logprobs(param: str) -> ApiError:
    # seen: C.5
    return bad_request("logprobs are not supported with reasoning models.", param, "unsupported_parameter")


def effort(value: str, model: str, supported: str) -> ApiError:
    # seen: C.5
    message = f"Unsupported value: '{value}' is not supported with the '{model}' model. Supported values are: {supported}."
    return bad_request(message, "reasoning.effort", "unsupported_value")


def too_long() -> ApiError:
    # seen: C.5
    return bad_request(
        "Your input exceeds the context window of this model. Please adjust your input and try again.", "input", "context_length_exceeded"
    )


def not_json() -> ApiError:
    # guess: no recording of a frame that is no JSON
    return bad_request("Invalid JSON in WebSocket message.", None, "invalid_json")


def unknown_event(kind: object) -> ApiError:
    # guess: the API's form for a value that is none of its list
    if kind is None:
        return bad_request("Missing required parameter: 'type'.", "type", "missing_required_parameter")
    return bad_request(f"Invalid value: '{kind}'. Supported values are: 'response.create'.", "type", "invalid_value")


def no_background_here() -> ApiError:
    # guess: the document says that it is not supported, not in which words
    return bad_request("Background responses are not supported over WebSocket.", "background", "unsupported_parameter")


def too_many_lanes() -> ApiError:
    # doc: the document's own example
    return bad_request("This WebSocket connection has reached its stream limit.", "stream_id", "websocket_stream_limit_reached")


def open_for_too_long() -> ApiError:
    # doc: the code; guess: the words
    return bad_request(
        "The WebSocket connection reached its limit of 60 minutes. Open a new one to go on.", None, "websocket_connection_limit_reached"
    )
