"""What a session says of events that cannot be carried out (api-facts H.4)."""

from __future__ import annotations

from collections.abc import Iterable

from mockapi.errors import ApiError, bad_request


def not_json() -> ApiError:
    # guess: no recording
    return bad_request("Invalid JSON in event: the event could not be parsed.", None, "invalid_json")


def no_object() -> ApiError:
    # guess: as a body that is no object
    return bad_request("Invalid type for event: expected an object.", None, "invalid_type")


def no_type() -> ApiError:
    # seen: the sentence, of session.type
    return bad_request("Missing required parameter: 'type'.", "type", "missing_required_parameter")


def unknown_type(kind: object, known: Iterable[str]) -> ApiError:
    # seen: H.4
    names = [f"'{name}'" for name in known]
    listed = f"{', '.join(names[:-1])}, and {names[-1]}"
    return bad_request(f"Invalid value: '{kind}'. Supported values are: {listed}.", "type", "invalid_value")


def other_kind(mine: str, theirs: str) -> ApiError:
    # guess: told by users, not recorded
    return bad_request(f"Passing a {theirs} session update event to a {mine} session is not allowed.", None, "invalid_parameter")


def voice_is_set() -> ApiError:
    # guess: H.2 has the code alone
    return bad_request(
        "Cannot update a conversation's voice if assistant audio is present.", "session.audio.output.voice", "cannot_update_voice"
    )


def model_is_set() -> ApiError:
    # guess: no recording
    return bad_request("The model of a session cannot be changed.", "session.model", "invalid_parameter")


def speaks_already(response_id: str) -> ApiError:
    # seen: H.4
    return bad_request(
        f"Conversation already has an active response in progress: {response_id}. Wait until the response is finished before creating a "
        "new one.",
        None,
        "conversation_already_has_active_response",
    )


def nothing_to_cancel() -> ApiError:
    # seen: H.4
    return bad_request("Cancellation failed: no active response found", None, "response_cancel_not_active")


def no_responses_here() -> ApiError:
    # guess: no recording
    return bad_request("Responses cannot be created in a transcription session.", "type", "invalid_value")


def too_little_sound(needed_ms: int, has_ms: float) -> ApiError:
    # seen: H.4
    return bad_request(
        f"Error committing input audio buffer: buffer too small. Expected at least {needed_ms}ms of audio, but buffer only has "
        f"{has_ms:.2f}ms of audio.",
        None,
        "input_audio_buffer_commit_empty",
    )


def buffer_full() -> ApiError:
    # guess: no recording
    return bad_request("The input audio buffer is full. Commit or clear it first.", "audio", "input_audio_buffer_full")


def no_base64(param: str) -> ApiError:
    # guess: told by users, not recorded
    return bad_request(f"Invalid '{param}'. Expected base64-encoded audio bytes, but got an invalid value.", param, "invalid_value")


def no_item(what: str, item_id: str) -> ApiError:
    # seen: H.4, of deleting; guess: the same of the others
    verbs = {"delete": "deleting", "truncate": "truncating", "retrieve": "retrieving", "create": "creating"}
    code = f"item_{what}_invalid_item_id"
    return bad_request(f"Error {verbs[what]} item: the item with id '{item_id}' does not exist.", "item_id", code)


def no_such_previous(item_id: str) -> ApiError:
    # guess: no recording
    message = f"Error creating item: previous item with id '{item_id}' does not exist."
    return bad_request(message, "previous_item_id", "item_create_invalid_previous_item_id")


def known_item(item_id: str) -> ApiError:
    # guess: no recording
    message = f"Error adding item: an item with id '{item_id}' already exists in the conversation."
    return bad_request(message, "item.id", "item_create_duplicate_item_id")


def no_call(call_id: str) -> ApiError:
    # guess: told by users, not recorded
    return bad_request(f"Tool call ID '{call_id}' not found in conversation.", "item.call_id", "invalid_tool_call_id")


def not_spoken(item_id: str) -> ApiError:
    # guess: no recording
    return bad_request(f"Only model output audio messages can be truncated; '{item_id}' is none.", "item_id", "invalid_value")


def is_shorter(has_ms: int, asked_ms: int) -> ApiError:
    # guess: told by users, not recorded
    return bad_request(f"Audio content of {has_ms}ms is already shorter than {asked_ms}ms", "audio_end_ms", "invalid_value")


def session_expired(minutes: int) -> ApiError:
    # seen: H.1
    return bad_request(f"Your session hit the maximum duration of {minutes} minutes.", None, "session_expired")


def unknown_model(model: str) -> ApiError:
    # guess: the sentence of other endpoints; the code is told by users (H.1)
    return bad_request(f"The model `{model}` does not exist or you do not have access to it.", "model", "model_not_found")


def not_realtime(model: str) -> ApiError:
    # guess: told by users, not recorded
    return bad_request(f"The model `{model}` is not supported in realtime mode.", "model", "invalid_model")


def no_model() -> ApiError:
    # seen: the sentence of other parameters
    return bad_request("Missing required parameter: 'model'.", "model", "missing_required_parameter")


def call_not_found(call_id: str) -> ApiError:
    # guess: no recording
    return ApiError(404, f"No session found for call_id: {call_id}", code="call_id_not_found")


def call_has_ended(call_id: str) -> ApiError:
    # guess: no recording
    return ApiError(404, f"The call {call_id} has ended.", code="call_id_not_found")


def not_accepted(call_id: str) -> ApiError:
    # guess: no recording
    return bad_request(f"The call {call_id} was not accepted yet.", "call_id", "call_not_accepted")


def server_twice(label: str, param: str) -> ApiError:
    # guess: no recording
    return bad_request(f"Duplicate server_label found in MCP tools: '{label}'.", param, "invalid_value")


def one_address(param: str) -> ApiError:
    # guess: no recording
    return bad_request("An MCP tool needs exactly one of 'server_url' and 'connector_id'.", param, "invalid_value")


def no_approval_request(item_id: str) -> ApiError:
    # guess: no recording
    message = f"Error creating item: the MCP approval request with id '{item_id}' does not exist."
    return bad_request(message, "item.approval_request_id", "invalid_value")


def too_long() -> ApiError:
    # guess: no recording
    return bad_request("The conversation is longer than the model's context window.", None, "context_length_exceeded")
