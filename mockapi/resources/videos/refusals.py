"""The sentences of the video endpoints, beside those of faults in a contract. Source: users' quotes and clients' tests."""

from __future__ import annotations

from typing import Any

from mockapi.contract.wording import invalid_value
from mockapi.errors import ApiError, bad_request

# seen: users' quotes of a video that failed
BLOCKED: dict[str, Any] = {"code": "moderation_blocked", "message": "Your request was blocked by our moderation system."}


def unknown_video_model(model: str) -> ApiError:
    # seen: quoted by a user in October 2025; guess: the same is said of a model that makes no videos
    return invalid_value(model, ("sora-2", "sora-2-pro"), "model")


def no_video(video_id: str, param: str | None = None) -> ApiError:
    # seen: in a client's tests; guess: the parameter
    return ApiError(404, f"Video with id '{video_id}' not found.", param=param)


def no_character(character_id: str) -> ApiError:
    # guess: as of a video
    return ApiError(404, f"Character with id '{character_id}' not found.")


def reference_size() -> ApiError:
    # seen: quoted by many users
    return bad_request("Inpaint image must match the requested width and height")


def invalid_reference(param: str) -> ApiError:
    # guess: no recording of a reference that is no picture
    return bad_request("Invalid image file or mode, please check your image file.", param, "invalid_image_file")


def invalid_video() -> ApiError:
    # guess: the twin of the sentence on pictures
    return bad_request("Invalid video file, please check your video file.", "video", "invalid_video_file")


def not_ready(video_id: str, status: str) -> ApiError:
    # guess: here and below no recording; the documentation says that a video must be completed
    return bad_request(f"Video with id '{video_id}' is not ready: its status is '{status}'.")


def expired(video_id: str) -> ApiError:
    return ApiError(404, f"The content of video with id '{video_id}' has expired.")


def not_deletable(status: str) -> ApiError:
    # doc: completed and failed videos can be deleted
    return bad_request(f"Cannot delete a video with status '{status}'.")


def too_long(most: int, seconds: int) -> ApiError:
    # doc: 120 seconds in all
    return bad_request(f"The total length of a video may be at most {most} seconds, but it would be {seconds} seconds.", "seconds")


def too_often(most: int) -> ApiError:
    # doc: six times
    return bad_request(f"A video can be extended at most {most} times.", "video")
