"""A well-formed request for every operation, for the laws that walk the registry."""

from __future__ import annotations

import io
import json
from typing import Any

from PIL import Image

from mockapi.engine import film
from mockapi.engine.sound import riff, say, voice
from mockapi.operations import Operation
from mockapi.seed import Stream

GRADER = {"type": "string_check", "name": "same", "input": "{{sample.output_text}}", "reference": "{{item.team}}", "operation": "eq"}
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


def silence(seconds: float) -> bytes:
    """A recording in which nothing is said."""
    return riff.write(bytes(2 * round(seconds * voice.RATE)))


FILM = ("a.mp4", mp4(), "video/mp4")
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
    "runGrader": {"json": {"grader": GRADER, "item": {"team": "blue"}, "model_sample": "blue"}},
    "validateGrader": {"json": {"grader": GRADER}},
}


def path_of(operation: Operation, junk: str = "junk-1") -> str:
    """An operation's path with junk for every parameter."""
    return "/".join(junk if part.startswith("{") else part for part in operation.path.split("/"))
