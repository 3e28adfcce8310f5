"""The sentences of the audio endpoints, beside those of faults in a contract. Source: api-facts C.7, and users' quotes."""

from __future__ import annotations

from typing import Any

from mockapi import errors
from mockapi.errors import ApiError, bad_request

LARGEST = 26_214_400  # bytes
# doc: 10 MiB
LARGEST_SAMPLE = 10_485_760


def no_seconds(error: ApiError) -> dict[str, Any]:
    """What a transcription's refusal tells beside the error (seen: C.1). Guess: but not where the endpoint is said not to be there."""
    return {} if error.status == 404 else {"usage": {"type": "duration", "seconds": 0}}


def not_here(method: str, path: str) -> ApiError:
    # seen: quoted by users of speech with a model that does not speak (openai-go#85, openai-dotnet#387); guess: the rest says the same
    return errors.unknown_url(method, path)


def unprocessable(faults: list[dict[str, Any]]) -> ApiError:
    """What the speech model says of a body: its validator's findings as they are printed (seen: C.7)."""
    return bad_request(str(faults))


def too_large(size: int) -> ApiError:
    # seen: C.7, with the limits' headers, so after the charge
    return ApiError(413, f"Maximum content size limit ({LARGEST}) exceeded ({size} bytes read)", type="server_error")


def wrong_format() -> ApiError:
    # seen: C.7
    from mockapi.engine.sound.hearing import NAMES

    return bad_request(f"Invalid file format. Supported formats: {list(NAMES)}")


def damaged(*, is_whisper: bool) -> ApiError:
    # seen: C.7, both
    if is_whisper:
        return bad_request("The audio file could not be decoded or its format is not supported.")
    return bad_request("Audio file might be corrupted or unsupported", "file", "invalid_value")


def too_short() -> ApiError:
    # seen: C.7
    return bad_request("Audio file is too short. Minimum audio length is 0.1 seconds.", "file", "audio_too_short")


def too_long(seconds: float, longest: int) -> ApiError:
    # seen: C.7
    message = f"audio duration {round(seconds, 6)} seconds is longer than {longest} seconds which is the maximum for this model"
    return bad_request(message, None, "invalid_value")


def invalid_language(language: str) -> ApiError:
    # seen: C.7
    message = f"Invalid language '{language}'. Language parameter must be specified in ISO-639-1 format."
    return bad_request(message, "language", "invalid_language_format")


def wrong_response_format(form: str, model: str) -> ApiError:
    # seen: C.7; in 2026 with the inner name of the model, for the diarizing one too (vercel/ai#11679)
    message = f"response_format '{form}' is not compatible with model '{model}'. Use 'json' or 'text' instead."
    return bad_request(message, "response_format", "unsupported_value")


def no_chunking_strategy() -> ApiError:
    # seen: quoted by users (riffado/riffado#101)
    return bad_request("chunking_strategy is required for diarization models", "chunking_strategy", "invalid_value")


def only_verbose() -> ApiError:
    # doc: granularities need verbose_json; guess: the words, quoted by users of the API and of one like it
    message = "`response_format` must be `verbose_json` if `timestamp_granularities[]` is provided"
    return bad_request(message, "timestamp_granularities", "invalid_value")


def not_with_model(name: str, model: str) -> ApiError:
    # doc: what does not work with which model; guess: the words
    return bad_request(f"{name} is not supported for model '{model}'.", name, "unsupported_parameter")


def logprobs_need_json() -> ApiError:
    # doc: only with response_format json; guess: the words
    return bad_request("include 'logprobs' is only supported with response_format 'json'.", "include", "unsupported_value")


def speakers_disagree(names: int, references: int) -> ApiError:
    # doc: the samples match the names; guess: the words
    message = f"known_speaker_names and known_speaker_references must have the same length, but got {names} and {references}."
    return bad_request(message, "known_speaker_references", "invalid_value")


def invalid_reference(number: int) -> ApiError:
    # doc: data URLs of recordings of 2 to 10 seconds; guess: the words
    place = f"known_speaker_references[{number}]"
    return bad_request(f"Invalid '{place}': expected a data URL of an audio sample between 2 and 10 seconds.", place, "invalid_value")


def sample_too_large(size: int, param: str) -> ApiError:
    # guess: here and below no answer of the voices is recorded; the words are those of other recordings
    return ApiError(413, f"Maximum content size limit ({LARGEST_SAMPLE}) exceeded ({size} bytes read)", param=param)


def no_sample(param: str) -> ApiError:
    return bad_request("Audio file might be corrupted or unsupported", param, "invalid_value")


def no_such_consent(consent_id: str) -> ApiError:
    return ApiError(404, f"Voice consent with id '{consent_id}' not found.")


def unknown_consent(consent_id: str) -> ApiError:
    return bad_request(f"Voice consent with id '{consent_id}' not found.", "consent", "invalid_value")
