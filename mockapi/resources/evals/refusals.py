"""What the evals say of what they do not do."""

from __future__ import annotations

from mockapi.contract.wording import Place
from mockapi.errors import ApiError, bad_request


def no_such_eval(eval_id: str) -> ApiError:
    # guess: the status is documented, the words are not recorded; here and below those of other resources
    return ApiError(404, f"Eval with id '{eval_id}' not found.")


def no_such_run(run_id: str) -> ApiError:
    return ApiError(404, f"Eval run with id '{run_id}' not found.")


def no_such_output_item(item_id: str) -> ApiError:
    return ApiError(404, f"Eval run output item with id '{item_id}' not found.")


def run_not_cancellable(status: str) -> ApiError:
    return bad_request(f"Cannot cancel eval run with status '{status}'.")


def no_schema(why: str) -> ApiError:
    # guess: in the words for schemas of structured outputs
    param = "data_source_config.item_schema"
    return bad_request(f"Invalid schema for '{param}': {why}.", param, "invalid_value")


def no_row(line: int) -> ApiError:
    # guess: in the words that batches have for their lines
    message = f"Line {line} of the file is not parseable as a JSON object with an 'item'."
    return bad_request(message, "data_source.source.id", "invalid_json_line")


def unlike_schema(place: Place, why: str) -> ApiError:
    # guess: that the schema is checked when a run is created is documented, the words are not recorded
    return bad_request(f"Invalid '{place.shown}': {why}.", place.param, "invalid_value")


def incomplete_sampling(missing: str) -> ApiError:
    # guess: in the general words of C.1
    return bad_request(f"Missing required parameter: 'data_source.{missing}'.", f"data_source.{missing}", "missing_required_parameter")
