"""What the Assistants API says of what it does not do (api-facts C.10)."""

from __future__ import annotations

from mockapi.errors import ApiError, bad_request


def no_such(noun: str, id: str) -> ApiError:
    # seen: C.10, assistants, threads, messages, runs and run steps
    return ApiError(404, f"No {noun} found with id '{id}'.")


def no_such_file(file_id: str, param: str) -> ApiError:
    # guess: in the words of its neighbours
    return bad_request(f"No file found with id '{file_id}'.", param)


def not_here(model: str) -> ApiError:
    # seen: told by users of models that only other endpoints serve
    return bad_request(f"The requested model '{model}' cannot be used with the Assistants API.", "model", "unsupported_model")


def no_effort() -> ApiError:
    # guess: the general form of C.1
    return bad_request(
        "Unsupported parameter: 'reasoning_effort' is not supported with this model.", "reasoning_effort", "unsupported_parameter"
    )


def stores_twice() -> ApiError:
    # guess: the document lets only one of them be there
    return bad_request(
        "Mutually exclusive parameters: ''. Ensure you are only providing one of: 'vector_store_ids' or 'vector_stores'.",
        None,
        "mutually_exclusive_parameters",
    )


def empty_content() -> ApiError:
    # guess: told by users
    return bad_request("Message content must be non-empty.", "content")


def busy(thread_id: str, run_id: str) -> ApiError:
    # seen: C.10
    return bad_request(f"Thread {thread_id} already has an active run {run_id}.")


def no_messages_now(thread_id: str, run_id: str) -> ApiError:
    # seen: C.10
    return bad_request(f"Can't add messages to {thread_id} while a run {run_id} is active.")


def nothing_to_do() -> ApiError:
    # seen: C.10
    return bad_request("Run creation requires a Thread with a user message or an assistant with instructions.", None, "invalid_thread")


def not_to(verb: str, status: str) -> ApiError:
    # seen: C.10, update and cancel
    return bad_request(f"Cannot {verb} run with status '{status}'.")


def no_outputs_now(status: str) -> ApiError:
    # seen: C.10
    return bad_request(f'Runs in status "{status}" do not accept tool outputs.')


def other_outputs(expected: list[str], got: list[str]) -> ApiError:
    # seen: told by users, the lists as Python writes them
    return bad_request(f"Expected tool outputs for call_ids {expected}, got {got}")


def no_such_tool(name: str) -> ApiError:
    # guess: in the words of chats
    return bad_request(f"Tool choice '{name}' not found in 'tools' parameter.", "tool_choice")
