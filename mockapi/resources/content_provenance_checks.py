"""Checks of where a picture or a sound comes from: create. `client.content_provenance_checks`."""

from __future__ import annotations

from typing import Any

from mockapi.aside import aside
from mockapi.contract import provenance as contract
from mockapi.errors import bad_request
from mockapi.operations import operation
from mockapi.resources import provenance
from mockapi.transport.call import Call

# Bytes of a file from which on it is looked at beside others.
_LARGE = 16_000


@operation(
    "POST /content_provenance_checks",
    id="Createcontentprovenancecheck",
    form=contract.CreateContentProvenanceForm,
    response=contract.ContentProvenanceCheck,
)
async def create(call: Call) -> dict[str, Any]:
    form: contract.CreateContentProvenanceForm = call.request
    content = form.file.content
    kind, is_ours = await aside(len(content) > _LARGE, lambda: _looked_at(content, form.file.filename))
    found = await provenance.of(call.world, content)
    is_ours = is_ours or found is not None
    told = {"model": found and found["model"], "generated_at": found and found["generated_at"]}
    results: list[dict[str, Any]] = [{"type": "synthid", "outcome": "detected" if is_ours else "not_detected", **told}]
    if kind == "picture":
        # guess: what others say of a picture's making is not read, so it counts as not there
        state, issuer = ("trusted", "OpenAI") if is_ours else ("not_present", None)
        results.insert(0, {"type": "c2pa", "outcome": results[0]["outcome"], "validation_state": state, "issuer": issuer, **told})
    return {"object": "content_provenance_check", "created_at": call.world.clock.seconds(), "results": results}


def _looked_at(content: bytes, name: str) -> tuple[str, bool]:
    """Whether a file is a picture or a sound, and whether a sound carries what only ours do. Raises for what is neither."""
    # Imported on first use: few clients ask.
    from mockapi.engine import pictures, sound

    try:
        pictures.read(content)
        return "picture", False
    except pictures.PictureFault:
        pass
    try:
        return "sound", sound.listen(content, name).text is not None
    except sound.SoundFault:
        # guess: no recording of a file that is neither
        raise bad_request("Invalid file: expected an image or an audio file.", "file", "invalid_value") from None
