"""A well-formed request for every operation, for the laws that walk the registry."""

from __future__ import annotations

import base64
import io
import json
import zipfile
from typing import Any

from PIL import Image

from mockapi.engine import film
from mockapi.engine.sound import riff, say, voice
from mockapi.operations import Operation
from mockapi.seed import Stream

GRADER = {"type": "string_check", "name": "same", "input": "{{sample.output_text}}", "reference": "{{item.team}}", "operation": "eq"}
TEAM: dict[str, Any] = {"type": "object", "properties": {"team": {"type": "string"}}, "required": ["team"]}
CODE: dict[str, Any] = {"type": "code_interpreter"}
SEARCH: dict[str, Any] = {"type": "file_search"}
LOOK_UP: dict[str, Any] = {
    "type": "function",
    "function": {"name": "look_up", "parameters": {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"]}},
}
CHAT: dict[str, Any] = {"model": "gpt-4o-mini", "messages": [{"role": "user", "content": "Say hello"}]}
SAID: dict[str, Any] = {"type": "message", "role": "user", "content": "Say hello"}
LINE: dict[str, Any] = {"custom_id": "one", "method": "POST", "url": "/v1/chat/completions", "body": CHAT}


def png(mode: str = "RGBA", size: tuple[int, int] = (64, 64)) -> bytes:
    """A picture of one colour."""
    written = io.BytesIO()
    Image.new(mode, size, (200, 40, 40, 255)[: len(mode)]).save(written, "PNG")
    return written.getvalue()


def wav(text: str = "Good morning to everybody") -> bytes:
    """A recording of somebody who says a text."""
    return say(text, "wav")


def mp4(seconds: int = 2, size: tuple[int, int] = (640, 360)) -> bytes:
    """A video of a cat."""
    return film.clip([film.Shot("a cat", seconds)], *size, Stream(1))


def certificate(first: str = "260101000000Z", last: str = "360101000000Z") -> str:
    """As much of an X.509 certificate, in PEM, as tells from when until when it is valid."""

    def der(tag: int, content: bytes) -> bytes:
        return bytes((tag, 0x82)) + len(content).to_bytes(2, "big") + content

    version, serial, empty = der(0xA0, der(0x02, b"\x02")), der(0x02, b"\x01"), der(0x30, b"")
    times = b"".join(der(0x17 if len(time) == 13 else 0x18, time.encode()) for time in (first, last))
    whole = der(0x30, der(0x30, version + serial + empty + empty + der(0x30, times) + empty))
    return f"-----BEGIN CERTIFICATE-----\n{base64.b64encode(whole).decode()}\n-----END CERTIFICATE-----\n"


def silence(seconds: float) -> bytes:
    """A recording in which nothing is said."""
    return riff.write(bytes(2 * round(seconds * voice.RATE)))


def _same(options: dict[str, Any], *operations: str) -> dict[str, dict[str, Any]]:
    return dict.fromkeys(operations, options)


ROLE = {"role_name": "Key keeper", "permissions": ["api.keys.read"], "description": "Keeps the keys"}
ALERT = {
    "threshold_amount": 10_000,
    "currency": "USD",
    "interval": "month",
    "notification_channel": {"type": "email", "recipients": ["finance@example.com"], "subject_prefix": "Spend"},
}
LIMIT = {"threshold_amount": 10_000, "currency": "USD", "interval": "month"}
SINCE = {"params": {"start_time": 1_767_225_600}}
# What the administration is sent.
ORGANIZATION: dict[str, dict[str, Any]] = {
    "admin-api-keys-create": {"json": {"name": "Nightly", "expires_in_seconds": 3600}},
    "inviteUser": {"json": {"email": "ada@example.com", "role": "reader", "projects": []}},
    "modify-user": {"json": {"role": "owner"}},
    "create-project": {"json": {"name": "Checkout"}},
    "modify-project": {"json": {"name": "Till"}},
    "create-project-user": {"json": {"user_id": "user-x", "role": "member"}},
    "modify-project-user": {"json": {"role": "owner"}},
    "create-project-service-account": {"json": {"name": "Robot"}},
    "update-project-service-account": {"json": {"name": "Machine"}},
    "CreateanAPIkeyforaserviceaccount": {"json": {"name": "Second", "scopes": []}},
    "update-project-rate-limits": {"json": {"max_requests_per_1_minute": 5}},
    "update-project-hosted-tool-permissions": {"json": {"web_search": {"enabled": False}}},
    "update-project-model-permissions": {"json": {"mode": "deny_list", "model_ids": ["gpt-4"]}},
    "update-organization-data-retention": {"json": {"retention_type": "zero_data_retention"}},
    "update-project-data-retention": {"json": {"retention_type": "none"}},
    "create-group": {"json": {"name": "Support"}},
    "update-group": {"json": {"name": "Escalations"}},
    "add-group-user": {"json": {"user_id": "user-x"}},
    "add-project-group": {"json": {"group_id": "group_x", "role": "role_x"}},
    **_same({"json": ROLE}, "create-role", "create-project-role"),
    **_same({"json": {"description": "Counts the keys"}}, "update-role", "update-project-role"),
    **_same(
        {"json": {"role_id": "role_x"}}, "assign-group-role", "assign-user-role", "assign-project-group-role", "assign-project-user-role"
    ),
    "uploadCertificate": {"json": {"name": "Office", "certificate": certificate()}},
    "modifyCertificate": {"json": {"name": "Home"}},
    **_same({"json": {"certificate_ids": ["cert_x"]}}, "activateOrganizationCertificates", "deactivateOrganizationCertificates"),
    **_same({"json": {"certificate_ids": ["cert_x"]}}, "activateProjectCertificates", "deactivateProjectCertificates"),
    **_same({"json": ALERT}, "create-organization-spend-alert", "update-organization-spend-alert"),
    **_same({"json": ALERT}, "create-project-spend-alert", "update-project-spend-alert"),
    **_same({"json": LIMIT}, "Updateorganizationspendlimit", "Updateprojectspendlimit"),
    **_same(SINCE, "usage-completions", "usage-embeddings", "usage-moderations", "usage-images", "usage-audio-speeches", "usage-costs"),
    **_same(SINCE, "usage-audio-transcriptions", "usage-vector-stores", "usage-code-interpreter-sessions", "usage-file-search-calls"),
    **_same(SINCE, "usage-web-search-calls"),
}


def skill(name: str = "basic-math", folder: str = "basic_math") -> bytes:
    """A zip archive of a skill, the same at any time: its files have the format's first date."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as archive:
        archive.writestr(zipfile.ZipInfo(f"{folder}/SKILL.md"), f"---\nname: {name}\ndescription: Add numbers.\n---\n\nUse it for sums.\n")
        archive.writestr(zipfile.ZipInfo(f"{folder}/add.py"), "print(1 + 1)\n")
    return written.getvalue()


FILM = ("a.mp4", mp4(), "video/mp4")
SDP = "v=0\r\no=- 1 2 IN IP4 127.0.0.1\r\ns=-\r\nt=0 0\r\nm=audio 9 UDP/TLS/RTP/SAVPF 111 0\r\na=mid:0\r\na=rtpmap:111 opus/48000/2\r\n"
# What each operation with a body is sent: options of an HTTP client. Ids are junk; `alive` puts real ones in their place.
REQUESTS: dict[str, dict[str, Any]] = {
    "createChatCompletion": {"json": CHAT},
    "updateChatCompletion": {"json": {"metadata": {"team": "blue"}}},
    "createResponse": {"json": {"model": "gpt-4o-mini", "input": "Say hello"}},
    "Getinputtokencounts": {"json": {"model": "gpt-4o-mini", "input": "Say hello"}},
    "Compactconversation": {"json": {"model": "gpt-4o-mini", "input": "Say hello"}},
    "createCompletion": {"json": {"model": "gpt-3.5-turbo-instruct", "prompt": "Say hello"}},
    "createConversation": {"json": {"items": [SAID], "metadata": {"team": "blue"}}},
    "updateConversation": {"json": {"metadata": {"team": "red"}}},
    "createConversationItems": {"json": {"items": [SAID]}},
    "create-realtime-client-secret": {"json": {"session": {"type": "realtime", "model": "gpt-realtime"}}},
    "create-realtime-translation-client-secret": {"json": {"session": {"model": "gpt-realtime"}}},
    "create-realtime-session": {"json": {"model": "gpt-realtime", "voice": "ash"}},
    "create-realtime-transcription-session": {"json": {"input_audio_format": "g711_ulaw"}},
    "create-realtime-call": {
        "data": {"session[type]": "realtime", "session[model]": "gpt-realtime"},
        "files": {"sdp": (None, SDP, "application/sdp")},
    },
    "accept-realtime-call": {"json": {"type": "realtime", "model": "gpt-realtime"}},
    "reject-realtime-call": {"json": {"status_code": 486}},
    "refer-realtime-call": {"json": {"target_uri": "tel:+15555550100"}},
    "createEmbedding": {"json": {"model": "text-embedding-3-small", "input": "hello"}},
    "createModeration": {"json": {"input": "hello"}},
    "createImage": {"json": {"model": "gpt-image-1-mini", "prompt": "a red circle", "size": "1024x1024", "quality": "low"}},
    "createImageEdit": {
        "data": {"model": "gpt-image-1-mini", "prompt": "make it blue"},
        "files": {"image": ("a.png", png(), "image/png")},
    },
    "createImageVariation": {"data": {"model": "dall-e-2", "size": "256x256"}, "files": {"image": ("a.png", png(), "image/png")}},
    "createSpeech": {"json": {"model": "tts-1", "input": "Good morning", "voice": "alloy"}},
    "createTranscription": {"data": {"model": "whisper-1"}, "files": {"file": ("a.wav", wav(), "audio/wav")}},
    "createTranslation": {"data": {"model": "whisper-1"}, "files": {"file": ("a.wav", wav(), "audio/wav")}},
    "Createcontentprovenancecheck": {"files": {"file": ("a.png", png(), "image/png")}},
    "createVoiceConsent": {"data": {"name": "Anna", "language": "en-US"}, "files": {"recording": ("a.wav", wav(), "audio/wav")}},
    "updateVoiceConsent": {"json": {"name": "Anna B."}},
    "createVoice": {"data": {"name": "Anna", "consent": "cons_x"}, "files": {"audio_sample": ("a.wav", wav(), "audio/wav")}},
    "createVideo": {
        "data": {"model": "sora-2", "prompt": "a red balloon", "seconds": "4", "size": "720x1280"},
        "files": {"input_reference": ("a.png", png("RGB", (720, 1280)), "image/png")},
    },
    "CreateVideoRemix": {"json": {"prompt": "make it night"}},
    "CreateVideoEdit": {"data": {"prompt": "make it night"}, "files": {"video": FILM}},
    "CreateVideoExtend": {
        "data": {"prompt": "it flies away", "seconds": "16"},
        "files": {"video": FILM},
    },
    "CreateVideoCharacter": {"data": {"name": "Mossy"}, "files": {"video": FILM}},
    "createFile": {"data": {"purpose": "batch"}, "files": {"file": ("a.jsonl", json.dumps(LINE).encode(), "application/jsonl")}},
    "createUpload": {"json": {"filename": "a.txt", "purpose": "assistants", "bytes": 5, "mime_type": "text/plain"}},
    "addUploadPart": {"files": {"data": ("a.txt", b"hello", "text/plain")}},
    "completeUpload": {"json": {"part_ids": ["part_x"]}},
    "CreateContainer": {"json": {"name": "box", "expires_after": {"anchor": "last_active_at", "minutes": 10}, "memory_limit": "4g"}},
    "CreateContainerFile": {"files": {"file": ("a.txt", b"hello", "text/plain")}},
    "createBatch": {"json": {"input_file_id": "file-x", "endpoint": "/v1/chat/completions", "completion_window": "24h"}},
    "createFineTuningJob": {"json": {"model": "gpt-4o-mini", "training_file": "file-x"}},
    "createFineTuningCheckpointPermission": {"json": {"project_ids": ["proj_x"]}},
    "createAssistant": {"json": {"model": "gpt-4o-mini", "name": "Guide", "instructions": "Be brief", "tools": [CODE, SEARCH, LOOK_UP]}},
    "modifyAssistant": {"json": {"instructions": "Be kind", "metadata": {"team": "blue"}}},
    "createThread": {"json": {"messages": [{"role": "user", "content": "Say hello"}], "metadata": {"team": "blue"}}},
    "modifyThread": {"json": {"metadata": {"team": "red"}}},
    "createMessage": {"json": {"role": "user", "content": [{"type": "text", "text": "Say hello"}]}},
    "modifyMessage": {"json": {"metadata": {"team": "red"}}},
    "createRun": {"json": {"assistant_id": "asst_x", "additional_messages": [{"role": "user", "content": "Say hello"}]}},
    "createThreadAndRun": {"json": {"assistant_id": "asst_x", "thread": {"messages": [{"role": "user", "content": "Say hello"}]}}},
    "modifyRun": {"json": {"metadata": {"team": "blue"}}},
    "submitToolOuputsToRun": {"json": {"tool_outputs": [{"tool_call_id": "call_x", "output": "18 degrees"}]}},
    "createVectorStore": {"json": {"name": "Handbook", "expires_after": {"anchor": "last_active_at", "days": 7}}},
    "modifyVectorStore": {"json": {"metadata": {"team": "blue"}}},
    "createVectorStoreFile": {"json": {"file_id": "file-x", "attributes": {"team": "blue", "year": 2026, "open": True}}},
    "updateVectorStoreFileAttributes": {"json": {"attributes": {"team": "red"}}},
    "createVectorStoreFileBatch": {"json": {"file_ids": ["file-x"], "chunking_strategy": {"type": "auto"}}},
    "searchVectorStore": {"json": {"query": "How long may I return it?", "filters": {"type": "eq", "key": "team", "value": "blue"}}},
    **ORGANIZATION,
    "CreateChatSessionMethod": {"json": {"workflow": {"id": "wf_x", "state_variables": {"team": "blue"}}, "user": "someone"}},
    "CreateSkill": {"files": {"files": ("basic_math.zip", skill(), "application/zip")}},
    "CreateSkillVersion": {"data": {"default": "true"}, "files": {"files": ("basic_math.zip", skill(), "application/zip")}},
    "UpdateSkillDefaultVersion": {"json": {"default_version": "1"}},
    "createEval": {
        "json": {
            "name": "Teams",
            "data_source_config": {"type": "custom", "item_schema": TEAM, "include_sample_schema": True},
            "testing_criteria": [GRADER],
            "metadata": {"team": "blue"},
        }
    },
    "updateEval": {"json": {"name": "Renamed"}},
    "createEvalRun": {
        "json": {
            "name": "First",
            "data_source": {
                "type": "completions",
                "model": "gpt-4o-mini",
                "source": {"type": "file_content", "content": [{"item": {"team": "blue"}}, {"item": {"team": "red"}}]},
                "input_messages": {"type": "template", "template": [{"role": "user", "content": "Say {{item.team}}"}]},
                "sampling_params": {"temperature": 0.5, "seed": 7},
            },
        }
    },
    "runGrader": {"json": {"grader": GRADER, "item": {"team": "blue"}, "model_sample": "blue"}},
    "validateGrader": {"json": {"grader": GRADER}},
}


def path_of(operation: Operation, junk: str = "junk-1") -> str:
    """An operation's path with junk for every parameter."""
    return "/".join(junk if part.startswith("{") else part for part in operation.path.split("/"))
