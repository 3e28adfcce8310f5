"""What the vector stores say of what they do not do (api-facts C.10)."""

from __future__ import annotations

from mockapi.errors import ApiError, bad_request


def no_such_vector_store(store_id: str) -> ApiError:
    # seen: C.10
    return ApiError(404, f"No vector store found with id '{store_id}'.")


def no_such_vector_store_file(store_id: str, file_id: str) -> ApiError:
    # seen: C.10
    return ApiError(404, f"No file found with id '{file_id}' in vector store '{store_id}'.")


def no_such_file_batch(batch_id: str) -> ApiError:
    # guess: C.10, in the words of its neighbours
    return ApiError(404, f"No file batch found with id '{batch_id}'.")


def no_text_yet() -> ApiError:
    # seen: C.10, the content of some files of vector stores; guess: of those that are not or could not be processed
    return ApiError(404, "Not found")


def vector_store_expired(store_id: str) -> ApiError:
    # seen: C.10, its beginning; guess: its end
    return bad_request(f"Vector store '{store_id}' has expired.")


def not_searchable(endings: list[str]) -> ApiError:
    # seen: quoted from the API by several clients, in 2026 of file batches too; guess: a file that is put in alone has the same param
    return bad_request(
        f"Files with extensions [{', '.join(endings)}] are not supported for retrieval. See "
        "https://platform.openai.com/docs/assistants/tools/file-search/supported-files",
        "file_ids",
        "unsupported_file",
    )


def mutually_exclusive(first: str, second: str) -> ApiError:
    # seen: C.1
    message = f"Mutually exclusive parameters: ''. Ensure you are only providing one of: '{first}' or '{second}'."
    return bad_request(message, None, "mutually_exclusive_parameters")


def file_batch_not_cancellable(status: str) -> ApiError:
    # guess: in the words that a run has (C.10)
    return bad_request(f"Cannot cancel file batch with status '{status}'.")
