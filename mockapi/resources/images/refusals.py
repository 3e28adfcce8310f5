"""The sentences of the image endpoints, beside those of faults in a contract. Source: api-facts C.2 and C.6, and users' quotes."""

from __future__ import annotations

from mockapi.errors import ApiError, bad_request


def image_fault(message: str, param: str | None, code: str | None) -> ApiError:
    """What the image model finds wrong with a request."""
    return ApiError(400, message, type="image_generation_user_error", param=param, code=code)


def unknown_image_model(model: str) -> ApiError:
    # seen: C.2; guess: the same is said of a model that makes no pictures
    return image_fault(f"The model '{model}' does not exist.", "model", "invalid_value")


def only_dalle(model: str) -> ApiError:
    # seen: quoted by users of edits and variations with another model
    return bad_request(f"Invalid value: '{model}'. Value must be 'dall-e-2'.", "model", "invalid_value")


def one_image_only() -> ApiError:
    # seen: dall-e-3, quoted by users
    return bad_request("You must provide n=1 for this model.")


def size_not_supported() -> ApiError:
    # seen: dall-e-3 with a size of dall-e-2, quoted by users
    return bad_request("The size is not supported by this model.", None, "invalid_size")


def png_compression() -> ApiError:
    # seen: C.6
    return image_fault("Compression less than 100 is not supported for PNG output format", None, "invalid_png_output_compression")


def no_transparent_jpeg() -> ApiError:
    # seen: quoted by the documentation of a gateway; guess: the type
    return image_fault("Transparent background is not supported for JPEG output format", "background", "invalid_value")


def no_input_fidelity(model: str) -> ApiError:
    # seen: gpt-image-2, quoted by users
    message = f"The model '{model}' does not support the 'input_fidelity' parameter."
    return image_fault(message, "input_fidelity", "invalid_input_fidelity_model")


def content_policy_violation() -> ApiError:
    # seen: C.6, the DALL·E models
    return bad_request(
        "Your request was rejected as a result of our safety system. Your prompt may contain text that is not allowed by our safety "
        "system.",
        None,
        "content_policy_violation",
    )


def moderation_blocked(request_id: str, violations: list[str]) -> ApiError:
    # seen: C.6, the GPT image models
    return image_fault(
        "Your request was rejected by the safety system. If you believe this is an error, contact us at help.openai.com and include "
        f"the request ID {request_id}.  safety_violations=[{', '.join(violations)}].",
        None,
        "moderation_blocked",
    )


def unsupported_mimetype(param: str, given: str, supported: str) -> ApiError:
    # seen: as users of edits quote it, with one supported type and with three
    message = f"Invalid file '{param}': unsupported mimetype ('{given}'). Supported file formats are {supported}."
    return bad_request(message, param, "unsupported_file_mimetype")


def uploaded_image() -> ApiError:
    # seen: C.6, dall-e-2
    return bad_request("Uploaded image must be a PNG and less than 4 MB.", None, "invalid_image_format")


def input_image_mode(modes: list[str], mode: str) -> ApiError:
    # seen: C.6, edits of dall-e-2
    return bad_request(f"Invalid input image - format must be in {modes}, got {mode}.")


def image_not_square() -> ApiError:
    # doc: dall-e-2 takes square pictures; guess: the words
    return bad_request("Uploaded image must be square.", None, "invalid_image_format")


def invalid_image_file(number: int) -> ApiError:
    # seen: a form's picture, quoted by users in 2026 and recorded in 2025 with other words and counting from 0
    message = f"Invalid image file or mode for image {number}, please check your image file."
    return image_fault(message, None, "invalid_image_file")


def invalid_image_data(place: str) -> ApiError:
    # seen: C.6, a picture in JSON
    return image_fault("Invalid image data.", place, "invalid_image_file")


def not_downloaded() -> ApiError:
    # seen: C.6; nothing is fetched here, so no address is there
    return bad_request("Error while downloading file. Upstream status code: 404.", "url", "invalid_value")


def two_references(place: str) -> ApiError:
    # guess: the general form of C.1
    return bad_request(
        f"Mutually exclusive parameters: ''. Ensure you are only providing one of: '{place}.image_url' or '{place}.file_id'.",
        None,
        "mutually_exclusive_parameters",
    )


def invalid_mask(fault: str) -> ApiError:
    # seen: a missing channel and another size, quoted by users
    return image_fault(f"Invalid mask image format - {fault}", None, "invalid_mask_image_format")
