"""What ChatKit says of what it does not do. guess: no answer is recorded; the words are those of other resources."""

from __future__ import annotations

from mockapi.errors import ApiError, bad_request


def no_such_session(session_id: str) -> ApiError:
    return ApiError(404, f"Session with id '{session_id}' not found.")


def no_such_thread(thread_id: str) -> ApiError:
    return ApiError(404, f"Thread with id '{thread_id}' not found.")


def session_not_active(status: str) -> ApiError:
    return bad_request(f"Cannot cancel session with status '{status}'.")
