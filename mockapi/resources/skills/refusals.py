"""What the skills say of what they do not do. guess: no answer is recorded; the rules are the guide's, the words those of others."""

from __future__ import annotations

from mockapi.errors import ApiError, bad_request


def no_such_skill(skill_id: str) -> ApiError:
    return ApiError(404, f"Skill with id '{skill_id}' not found.")


def no_such_version(skill_id: str, version: str) -> ApiError:
    return ApiError(404, f"Version '{version}' of skill '{skill_id}' not found.")


def unknown_default(version: str) -> ApiError:
    return bad_request(f"Invalid 'default_version': the skill has no version '{version}'.", "default_version", "invalid_value")


def default_version_stays(version: str) -> ApiError:
    return bad_request(f"Version '{version}' is the default version of the skill. Set another default version before you delete it.")


def wrong_bundle(why: str) -> ApiError:
    return bad_request(f"Invalid skill: {why}", "files", "invalid_value")
