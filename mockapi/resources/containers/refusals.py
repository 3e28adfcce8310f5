"""What the containers say of what they do not do (api-facts C.10)."""

from __future__ import annotations

from mockapi.errors import ApiError, bad_request


def no_such_container(container_id: str) -> ApiError:
    # seen: quoted from the API by several clients, of unknown and of deleted containers
    return ApiError(404, f"Container with id '{container_id}' not found.")


def container_expired() -> ApiError:
    # seen: C.10, status and words told by users of the code interpreter; guess: the files of a container say the same
    return bad_request("Container is expired.")


def no_such_container_file() -> ApiError:
    # seen: quoted from the API by a client
    return ApiError(404, "File not found.")


def file_or_file_id() -> ApiError:
    # guess: no recording of a container's file that is neither sent nor named, or both
    return bad_request("You must provide exactly one of 'file' or 'file_id'.", "file")
