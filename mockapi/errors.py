"""ApiError, and every sentence the API says outside the wording of contract faults (see `contract/explain.py`).

Sources: `# seen:` a recording of the API, `# doc:` its documentation, `# guess:` neither; api-facts sections B.4, C.2 and C.3.
"""

from __future__ import annotations

from typing import Any

_READ_LIMITS = "Visit https://platform.openai.com/account/rate-limits to learn more."


class ApiError(Exception):
    """An answer that is an error, in the API's envelope.

    `edge` errors come from the front of the service: four-space layout, a charset in the content type, no handler headers.
    """

    def __init__(
        self,
        status: int,
        message: str,
        *,
        type: str = "invalid_request_error",
        param: str | None = None,
        code: str | None = None,
        edge: bool = False,
        headers: tuple[tuple[bytes, bytes], ...] = (),
        beside: dict[str, Any] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.type = type
        self.param = param
        self.code = code
        self.edge = edge
        self.headers = headers
        self.beside = beside or {}

    def envelope(self) -> dict[str, Any]:
        return {"error": {"message": self.message, "type": self.type, "param": self.param, "code": self.code}, **self.beside}


def bad_request(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    return ApiError(400, message, param=param, code=code)


def no_key() -> ApiError:
    # seen: C.2
    return ApiError(
        401,
        "You didn't provide an API key. You need to provide your API key in an Authorization header using Bearer auth "
        "(i.e. Authorization: Bearer YOUR_KEY), or as the password field (with blank username) if you're accessing the API "
        "from your browser and are prompted for a username and password. You can obtain an API key from "
        "https://platform.openai.com/account/api-keys.",
        edge=True,
    )


def incorrect_key(key: str) -> ApiError:
    # seen: keys of up to 12 characters are echoed whole, longer ones keep the first 8 and the last 4
    masked = key if len(key) <= 12 else f"{key[:8]}{'*' * (len(key) - 12)}{key[-4:]}"
    message = f"Incorrect API key provided: {masked}. You can find your API key at https://platform.openai.com/account/api-keys."
    return ApiError(401, message, code="invalid_api_key", edge=True)


def missing_scope() -> ApiError:
    # seen: C.2
    return ApiError(
        401,
        "You have insufficient permissions for this operation. Missing scopes: model.request. Check that you have the correct "
        "role in your organization (Reader, Writer, Owner) and project (Member, Owner), and if you're using a restricted API "
        "key, that it has the necessary scopes.",
        edge=True,
    )


def unsupported_country() -> ApiError:
    # seen: C.2
    return ApiError(
        403,
        "Country, region, or territory not supported",
        type="request_forbidden",
        code="unsupported_country_region_territory",
        edge=True,
    )


def insufficient_quota() -> ApiError:
    # seen: B.4, 337 bytes on the chat endpoint
    return ApiError(
        429,
        "You exceeded your current quota, please check your plan and billing details. For more information on this error, "
        "read the docs: https://platform.openai.com/docs/guides/error-codes/api-errors.",
        type="insufficient_quota",
        code="insufficient_quota",
        edge=True,
    )


def no_credits() -> ApiError:
    # seen: B.4, since mid 2026
    return ApiError(
        429,
        "You have no credits remaining. Add credits to continue using the API at "
        "https://platform.openai.com/settings/organization/billing/.",
        type="insufficient_quota",
        code="credit_balance_exhausted",
        edge=True,
    )


def unknown_model(model: str) -> ApiError:
    # seen: C.2, chat and embeddings
    message = f"The model `{model}` does not exist or you do not have access to it."
    return ApiError(404, message, code="model_not_found", edge=True)


def model_without_access(model: str, project: str) -> ApiError:
    # seen: C.2; no final period
    return ApiError(403, f"Project `{project}` does not have access to model `{model}`", code="model_not_found", edge=True)


def deprecated_model(model: str) -> ApiError:
    # seen: C.2
    message = f"The model `{model}` has been deprecated, learn more here: https://platform.openai.com/docs/deprecations"
    return ApiError(404, message, code="model_not_found", edge=True)


def not_a_chat_model() -> ApiError:
    # seen: C.2
    return ApiError(
        404,
        "This is not a chat model and thus not supported in the v1/chat/completions endpoint. Did you mean to use v1/completions?",
        param="model",
    )


def not_a_completion_model() -> ApiError:
    # seen: C.2
    return ApiError(
        404,
        "This is a chat model and not supported in the v1/completions endpoint. Did you mean to use v1/chat/completions?",
        param="model",
    )


def no_sampling() -> ApiError:
    # seen: C.2, an embedding model on completions
    return ApiError(403, "You are not allowed to sample from this model")


def only_in_responses() -> ApiError:
    # seen: C.2
    return ApiError(404, "This model is only supported in v1/responses and not in v1/chat/completions.", param="model")


def model_not_listed(model: str) -> ApiError:
    # seen: C.2, GET and DELETE /v1/models/{model}: single quotes, no period
    return ApiError(404, f"The model '{model}' does not exist", param="model", code="model_not_found")


def not_owner() -> ApiError:
    # seen: C.9
    return ApiError(403, "You have insufficient permissions for this operation. You need to be this role: Owner.")


def _reached(group: str, scope: str, per: str, limit: int, used: int, requested: int, wait: str) -> str:
    return (
        f"Rate limit reached for {group} in {scope} on {per}: Limit {limit}, Used {used}, Requested {requested}. "
        f"Please try again in {wait}. {_READ_LIMITS}"
    )


def rate_limited(
    *, group: str, organization: str, kind: str, per: str, limit: int, used: int, requested: int, wait: str, wait_ms: int
) -> ApiError:
    """A bucket that does not hold enough. `wait_ms` is the wait in milliseconds, `wait` the same as the API writes it."""
    message = _reached(group, f"organization {organization}", per, limit, used, requested, wait)
    if per.endswith("(RPD)"):
        # seen: B.4
        message += (
            " You can increase your rate limit by adding a payment method to your account at https://platform.openai.com/account/billing."
        )
    # seen: a recorded 429 of gpt-4o-mini pairs "45.175s" with retry-after-ms 45175 and retry-after 46 (rounded up)
    waits = ((b"retry-after", str(-(-wait_ms // 1000)).encode()), (b"retry-after-ms", str(wait_ms).encode()))
    return ApiError(429, message, type=kind, code="rate_limit_exceeded", edge=True, headers=waits)


def request_too_large(*, group: str, organization: str, kind: str, per: str, limit: int, requested: int) -> ApiError:
    # seen: B.4; waiting does not help, so there is no retry hint
    message = (
        f"Request too large for {group} in organization {organization} on {per}: Limit {limit}, Requested {requested}. "
        f"The input or output tokens must be reduced in order to run successfully. {_READ_LIMITS}"
    )
    return ApiError(429, message, type=kind, code="rate_limit_exceeded", edge=True)


def unknown_url(method: str, path: str) -> ApiError:
    # seen: C.2
    return ApiError(404, f"Invalid URL ({method} {path})")


def wrong_method(method: str, path: str) -> ApiError:
    # seen: C.2
    message = f"Not allowed to {method} on {path}. (HINT: Perhaps you meant to use a different HTTP method?)"
    return ApiError(405, message, code="method_not_supported")


def malformed_json() -> ApiError:
    # seen: C.2
    return bad_request(
        "We could not parse the JSON body of your request. (HINT: This likely means you aren't using your HTTP library "
        "correctly. The OpenAI API expects a JSON payload, but what was sent was not valid JSON. If you have trouble figuring "
        "out how to fix this, please contact us through our help center at help.openai.com.)"
    )


def malformed_form() -> ApiError:
    # guess: the twin of the sentence on JSON; no recording of a broken form
    return bad_request("We could not parse the multipart form data of your request.")


def unsupported_content_type(given: str, accepted: str) -> ApiError:
    # seen: C.2
    kind = given.partition(";")[0].strip()
    return bad_request(
        f"Unsupported content type: '{kind}'. This API method only accepts '{accepted}' requests, but you specified the header "
        f"'Content-Type: {given}'. Please try again with a supported content type.",
        None,
        "unsupported_content_type",
    )


def duplicate_parameter(key: str) -> ApiError:
    # seen: C.1
    return bad_request(
        f"Duplicate parameter: '{key}'. You provided multiple values for this parameter, whereas only one is allowed. "
        f"If you are trying to provide a list of values, use the array syntax instead e.g. '{key}[]=<value>'.",
        key,
        "duplicate_parameter",
    )


def body_too_large() -> ApiError:
    # guess: the edge's words are not recorded (C.2)
    return ApiError(413, "Request body too large")


def server_error(request_id: str) -> ApiError:
    # seen: C.1
    return ApiError(
        500,
        "The server had an error processing your request. Sorry about that! You can retry your request, or contact us through "
        "our help center at help.openai.com if you keep seeing this error. (Please include the request ID "
        f"{request_id} in your email.)",
        type="server_error",
    )


def completion_not_found(completion_id: str) -> ApiError:
    # seen: C.10
    return ApiError(404, f"Completion {completion_id} not found", param="completion_id", code="not_found")


def context_length_exceeded(limit: int, messages: int, functions: int) -> ApiError:
    # seen: C.3, both forms
    if functions:
        resulted = f"{messages + functions} tokens ({messages} in the messages, {functions} in the functions)"
        reduce = "messages or functions"
    else:
        resulted, reduce = f"{messages} tokens", "messages"
    return bad_request(
        f"This model's maximum context length is {limit} tokens. However, your messages resulted in {resulted}. "
        f"Please reduce the length of the {reduce}.",
        "messages",
        "context_length_exceeded",
    )


def completion_too_long(limit: int, prompt: int, completion: int) -> ApiError:
    # seen: C.4
    return bad_request(
        f"This model's maximum context length is {limit} tokens, however you requested {prompt + completion} tokens ({prompt} in your "
        f"prompt; {completion} for the completion). Please reduce your prompt; or completion length."
    )


def control_error(message: str, param: str | None = None, status: int = 400) -> ApiError:
    """A fault in a call to /_mock; its type tells it from an error of the API."""
    return ApiError(status, message, type="mock_error", param=param)


def not_ready(why: str) -> ApiError:
    return control_error(f"mockapi is {why}", status=503)


def upstream_failed(upstream: str, reason: str) -> ApiError:
    return control_error(f"The upstream {upstream} did not answer: {reason}", status=502)


def not_on_tape(method: str, path: str, nearest: str) -> ApiError:
    """A call that no tape has an answer to; `nearest` says what comes nearest."""
    return control_error(f"No exchange on the tapes answers {method} {path}. {nearest}", status=404)


def file_detail(error: ApiError) -> dict[str, Any]:
    """What the files endpoints put beside an error (seen: C.1)."""
    return {"detail": {"message": error.message, "code": error.code}}


def no_such(noun: str, id: str, param: str | None = None) -> ApiError:
    # seen: C.8, files, batches and uploads
    return ApiError(404, f"No such {noun} object: {id}", param=param)


def invalid_id_prefix(param: str, id: str, prefix: str) -> ApiError:
    # seen: C.10
    return bad_request(f"Invalid '{param}': '{id}'. Expected an ID that begins with '{prefix}'.", param, "invalid_value")


def beta_header(beta: str) -> ApiError:
    # seen: C.10
    name = "Chatkit" if beta.startswith("chatkit") else "Assistants"
    return bad_request(
        f"You must provide the 'OpenAI-Beta' header to access the {name} API. Please try again by setting the header 'OpenAI-Beta: "
        f"{beta}'.",
        None,
        "invalid_beta",
    )


def conversation_not_found(conversation_id: str) -> ApiError:
    # seen: C.10
    return ApiError(404, f"Conversation with id '{conversation_id}' not found.")


def item_not_found(item_id: str, param: str | None = None) -> ApiError:
    # seen: C.5 of an input; guess: the same of a conversation's items
    hint = (
        " Items are not persisted when `store` is set to false. Try again with `store` set to true, or remove this item from your input."
        if param == "input"
        else ""
    )
    return ApiError(404, f"Item with id '{item_id}' not found.{hint}", param=param)


def duplicate_item(item_id: str, param: str) -> ApiError:
    # seen: C.5 of an input; guess: the same of a conversation's items
    return bad_request(f"Duplicate item found with id {item_id}. Remove duplicate items from your input and try again.", param)


def not_downloadable(purpose: str) -> ApiError:
    # seen: C.8
    return bad_request(f"Not allowed to download files of purpose: {purpose}")


def not_jsonl(what: str) -> ApiError:
    # seen: C.8
    return bad_request(f"Invalid file format for {what}. Must be .jsonl")


def file_too_large(limit: int, size: int) -> ApiError:
    # guess: C.8, the words are not recorded; those of too large a recording
    return ApiError(413, f"Maximum content size limit ({limit}) exceeded ({size} bytes read)")


def upload_size(size: int, largest: int) -> ApiError:
    # guess: C.8, here and below the words on uploads are not recorded
    if size < 1:
        message = f"Invalid 'bytes': integer below minimum value. Expected a value >= 1, but got {size} instead."
        return bad_request(message, "bytes", "integer_below_min_value")
    message = f"Invalid 'bytes': integer above maximum value. Expected a value <= {largest}, but got {size} instead."
    return bad_request(message, "bytes", "integer_above_max_value")


def upload_not_pending(upload_id: str, status: str) -> ApiError:
    return bad_request(f"Upload {upload_id} has status '{status}'. Only uploads with status 'pending' can be changed.")


def unknown_part(part_id: str, place: int) -> ApiError:
    return bad_request(f"Part {part_id} does not belong to this upload or was named before.", f"part_ids[{place}]", "invalid_value")


def upload_bytes(expected: int, got: int) -> ApiError:
    return bad_request(f"The number of bytes uploaded ({got}) does not match the number of bytes of the upload ({expected}).")


def upload_digest(expected: str, got: str) -> ApiError:
    return bad_request(f"The MD5 checksum '{expected}' does not match that of the uploaded bytes, '{got}'.", "md5", "invalid_value")


def file_not_for(purpose: str, file_id: str, param: str) -> ApiError:
    # guess: C.9, the words are not recorded
    return bad_request(f"File '{file_id}' does not have the purpose '{purpose}'.", param)


def batch_not_cancellable(status: str) -> ApiError:
    # seen: C.8
    return ApiError(409, f"Cannot cancel a batch with status '{status}'.")


def no_streams_in_batches() -> ApiError:
    # guess: the documentation says that batches do not stream; the words are not recorded
    return bad_request("Streaming is not supported in the Batch API.", "stream", "invalid_value")


def model_not_tunable(model: str) -> ApiError:
    # seen: C.2
    return bad_request(f"Model {model} is not available for fine-tuning or does not exist.", None, "model_not_available")


def invalid_training_file(param: str, file_id: str) -> ApiError:
    # seen: C.9, training and validation files
    return bad_request(f"invalid {param}: {file_id}", param)


def method_not_available(model: str, method: str) -> ApiError:
    # guess: no recording of a method that a model lacks
    return bad_request(f"Fine-tuning method '{method}' is not available for model {model}.", "method", "invalid_value")


def missing_method(method: str) -> ApiError:
    # guess: the general form of C.1
    return bad_request(f"Missing required parameter: 'method.{method}'.", f"method.{method}", "missing_required_parameter")


def no_such_job(job_id: str) -> ApiError:
    # seen: C.9
    return ApiError(404, f"Could not find fine tune: {job_id}", param="fine_tune_id", code="fine_tune_not_found")


def job_already_completed(job_id: str) -> ApiError:
    # guess: C.9, told by users
    return bad_request(f"Job has already completed: {job_id}")


def job_not_in(job_id: str, status: str, needed: str, change: str) -> ApiError:
    # guess: no recording of a pause that is refused
    return bad_request(f"Job {job_id} has status '{status}'. Only jobs with status '{needed}' can be {change}.")


def not_an_embedding_model() -> ApiError:
    # seen: C.2
    return ApiError(403, "You are not allowed to generate embeddings from this model")


def not_a_moderation_model(model: str) -> ApiError:
    # guess: told by users of chat models on this endpoint
    return bad_request(
        f"Invalid value for 'model' = {model}. Please check the OpenAI documentation and try again.", "model", "invalid_value"
    )


def invalid_input() -> ApiError:
    # seen: C.4
    return bad_request("'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference.")


def embedding_too_long(limit: int, requested: int, place: int | None) -> ApiError:
    # seen: C.4, both forms
    if place is not None:
        return bad_request(f"Invalid 'input[{place}]': maximum context length is {limit} tokens.")
    return bad_request(
        f"This model's maximum context length is {limit} tokens, however you requested {requested} tokens ({requested} in your prompt; 0 "
        "for the completion). Please reduce your prompt; or completion length."
    )


def too_many_embedding_tokens(requested: int, limit: int) -> ApiError:
    # seen: C.4
    message = f"Requested {requested} tokens, max {limit} tokens per request"
    return ApiError(400, message, type="max_tokens_per_request", code="max_tokens_per_request")


def dimensions_not_supported() -> ApiError:
    # seen: C.4
    return bad_request("This model does not support specifying dimensions.")


def too_many_dimensions(asked: int, most: int) -> ApiError:
    # guess: C.4, the wording is not recorded
    return bad_request(f"Invalid value for 'dimensions' = {asked}. Must be less than or equal to {most}.")


def check_id(param: str, id: str, prefix: str) -> None:
    """Raise what the API says of an id that cannot be one of its kind, wherever it is named."""
    if not id.isascii() or not f"{id}0".replace("_", "").replace("-", "").isalnum():
        # seen: C.10
        raise bad_request(
            f"Invalid '{param}': '{id}'. Expected an ID that contains letters, numbers, underscores, or dashes, but this value contained "
            "additional characters.",
            param,
            "invalid_value",
        )
    if not id.startswith(prefix):
        raise invalid_id_prefix(param, id, prefix)
