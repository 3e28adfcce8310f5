"""What the administration says of what it does not do. No recordings: the words are guesses unless a mark says otherwise."""

from __future__ import annotations

from mockapi.errors import ApiError, bad_request


def unknown(noun: str, id: str) -> ApiError:
    # doc: of a project, in the document's examples of errors; guess: of everything else, and that it comes in the usual envelope
    return ApiError(404, f"The {noun} {id} was not found")


def unknown_member(noun: str, id: str, holder: str) -> ApiError:
    # guess
    return ApiError(404, f"The {noun} {id} was not found in {holder}")


def nothing_set(noun: str) -> ApiError:
    # guess
    return ApiError(404, f"No {noun} is set")


def archived(project_id: str) -> ApiError:
    # doc: a 400; guess: its words
    return bad_request(f"The project {project_id} is archived")


def default_project(done: str) -> ApiError:
    # doc: a 400 where it is modified; guess: its words, and where it is archived
    return bad_request(f"The default project cannot be {done}")


def last_owner(done: str) -> ApiError:
    # guess: nobody could undo it
    return bad_request(f"The last owner of an organization cannot be {done}")


def already(noun: str, id: str, holder: str) -> ApiError:
    # guess
    return bad_request(f"The {noun} {id} is already in {holder}")


def not_in_organization(who: str) -> ApiError:
    # doc: only members of the organization can be added to a project; guess: the words
    return bad_request(f"The user {who} is not a member of the organization")


def key_of_account(key_id: str) -> ApiError:
    # doc: an error; guess: its status and words
    return bad_request(f"The API key {key_id} belongs to a service account. Delete the service account instead.")


def invite_accepted(invite_id: str) -> ApiError:
    # doc: it cannot be deleted; guess: the words
    return bad_request(f"The invite {invite_id} has already been accepted")


def predefined(role_id: str, done: str) -> ApiError:
    # guess
    return bad_request(f"The role {role_id} is predefined and cannot be {done}")


def active_certificate(certificate_id: str) -> ApiError:
    # doc: it must be inactive everywhere; guess: the words
    return bad_request(f"The certificate {certificate_id} is active. Deactivate it for the organization and all projects first.")


def unreadable_certificate() -> ApiError:
    # guess
    return bad_request("The certificate is not a valid certificate in PEM format", "certificate", "invalid_value")


def too_many_certificates(most: int) -> ApiError:
    # doc: the number; guess: the words
    return bad_request(f"An organization can have at most {most} certificates")


def limit_not_for(model: str, name: str) -> ApiError:
    # guess
    return bad_request(f"The model {model} has no such rate limit", name, "invalid_value")


def limit_above(name: str, most: int, asked: int) -> ApiError:
    # guess: the general form of C.1; a project gets no more than its organization has
    message = f"Invalid '{name}': integer above maximum value. Expected a value <= {most}, but got {asked} instead."
    return bad_request(message, name, "integer_above_max_value")


def bad_page(page: str) -> ApiError:
    # guess
    return bad_request(f"Invalid 'page': '{page}'.", "page", "invalid_value")
