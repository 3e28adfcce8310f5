"""Objects with a life, in each of their states, held against the official document and against our own contract."""

from __future__ import annotations

import base64
import json
from typing import Any

import pytest

from mockapi.resources import everything
from tests.conftest import Wire
from tests.contract.test_answers import NO_FINGERPRINT, lines
from tests.contract.test_parity import Reasons, unexplained
from tests.resources.test_conversations import CALLS, INCLUDES
from tests.resources.test_evals import ALIKE, CITY, LABEL, PYTHON, SAME, SCORE, asking, content
from tests.resources.test_evals import rows as cities
from tests.resources.test_fine_tuning import GRADED, PREFERRED, TEAMS
from tests.samples import CHAT, LINE, REQUESTS, png

OPERATIONS = everything()

NULLS: Reasons = [
    NO_FINGERPRINT,
    (r"/(data/\[\]/)?(file/)?(expires_at|status_details): null", "always there, null where there is none (recorded)"),
    (r"Batch(es)? response /(data/\[\]/)?(model|errors|\w+_file_id|\w+_at): null", "null until there is a value (recorded)"),
    (r"/(first_id|last_id): null", "null for an empty list (recorded)"),
    (
        r"createCompletion response /choices/\[\]/logprobs/(token|top)_logprobs/\[\]: null",
        "null for the first token of an echoed prompt (recorded)",
    ),
    (r"listFineTuningEvents response /data/\[\]/data: null", "null in some events (recorded)"),
    (r"FineTuningJobs? response /(data/\[\]/)?error: ", "an empty object unless the job failed (recorded)"),
    (r"FineTuningJobs? response /(data/\[\]/)?status: \"paused\"", "the document's own example of pausing"),
    (
        r"Response (response|events) /(response/)?(user|prompt_cache_key|safety_identifier|usage): null",
        "always there, null where there is none (recorded)",
    ),
    (r"response /(data/\[\]/)?purpose: \"evals\"", "a file keeps the purpose it was uploaded with"),
    (r"EvalRuns? response /(data/\[\]/)?(error|per_\w+): null", "null until there is a value (recorded)"),
    (r"EvalRuns? response /(data/\[\]/)?data_source/sampling_params: null", "null where none were sent (recorded)"),
    (r"OutputItems? response /(data/\[\]/)?sample/error: null", "null unless it went wrong (document's own example)"),
    (r"VectorStores? response /(data/\[\]/)?(name|expires_after): null", "always there, null where there is none (recorded)"),
]


PICTURE = "data:image/png;base64," + base64.b64encode(png()).decode()


class Judge:
    """Asks, demands a success, and gathers what the document has against the answers."""

    def __init__(self, wire: Wire) -> None:
        self.wire = wire
        self.found: list[str] = []

    def ask(self, operation: str, method: str, path: str, **options: Any) -> Any:
        answer = self.wire.request(method, path, **options)
        assert answer.status_code == OPERATIONS[operation].status, (path, answer.text)
        self.found += lines(operation, "response", answer.text)
        return answer.json()

    def upload(self, rows: list[Any], purpose: str = "fine-tune") -> str:
        content = "\n".join(json.dumps(row) for row in rows).encode()
        made = self.ask("createFile", "POST", "/files", data={"purpose": purpose}, files={"file": ("a.jsonl", content)})
        found: str = made["id"]
        return found


def check(judge: Judge) -> None:
    """No line without a reason."""
    bare, _ = unexplained(judge.found, NULLS)
    assert not bare, "\n".join(bare)


@pytest.fixture
def judge(wire: Wire) -> Judge:
    wire.control("POST", "/_mock/clock", json={"freeze": True, "set": "2027-01-01T00:00:00Z"})
    return Judge(wire)


def test_files_and_uploads(judge: Judge) -> None:
    judge.ask("listFiles", "GET", "/files")
    kept = judge.upload([{}], "evals")
    judge.upload([{}], "batch")
    judge.ask("retrieveFile", "GET", f"/files/{kept}")
    judge.ask("listFiles", "GET", "/files", params={"limit": 1})
    judge.ask("deleteFile", "DELETE", f"/files/{kept}")
    for end in ("complete", "cancel"):
        upload = judge.ask("createUpload", "POST", "/uploads", **REQUESTS["createUpload"])["id"]
        part = judge.ask("addUploadPart", "POST", f"/uploads/{upload}/parts", **REQUESTS["addUploadPart"])["id"]
        judge.ask(f"{end}Upload", "POST", f"/uploads/{upload}/{end}", **({"json": {"part_ids": [part]}} if end == "complete" else {}))
    check(judge)


def test_containers(judge: Judge) -> None:
    judge.ask("ListContainers", "GET", "/containers")
    for policy in (None, {"type": "disabled"}, {"type": "allowlist", "allowed_domains": ["example.com"]}):
        body = {**REQUESTS["CreateContainer"]["json"], "network_policy": policy}
        box = judge.ask("CreateContainer", "POST", "/containers", json=body)["id"]
    judge.ask("ListContainerFiles", "GET", f"/containers/{box}/files")
    for file in (REQUESTS["CreateContainerFile"], {"json": {"file_id": judge.upload([{}], "user_data")}}):
        made = judge.ask("CreateContainerFile", "POST", f"/containers/{box}/files", **file)["id"]
    judge.ask("ListContainerFiles", "GET", f"/containers/{box}/files", params={"limit": 1})
    judge.ask("RetrieveContainerFile", "GET", f"/containers/{box}/files/{made}")
    judge.ask("DeleteContainerFile", "DELETE", f"/containers/{box}/files/{made}")
    judge.wire.advance("1h")
    assert judge.ask("RetrieveContainer", "GET", f"/containers/{box}")["status"] == "expired"
    judge.ask("ListContainers", "GET", "/containers")
    judge.ask("DeleteContainer", "DELETE", f"/containers/{box}")
    check(judge)


def test_batches_in_every_state(judge: Judge) -> None:
    judge.ask("listBatches", "GET", "/batches")
    bad = {**LINE, "custom_id": "two", "body": {**CHAT, "temperature": 9}}
    seen = set()
    for rows, stop in (([LINE, bad], None), ([LINE, LINE], None), ([LINE, bad], 0.4)):
        body = {**REQUESTS["createBatch"]["json"], "input_file_id": judge.upload(rows, "batch"), "metadata": {"a": "b"}}
        batch = judge.ask("createBatch", "POST", "/batches", json=body)
        for step in range(8):
            batch = judge.ask("retrieveBatch", "GET", f"/batches/{batch['id']}")
            seen.add(batch["status"])
            if stop is not None and step == 3:
                seen.add(judge.ask("cancelBatch", "POST", f"/batches/{batch['id']}/cancel")["status"])
            judge.wire.advance("200ms")
    judge.wire.control("POST", "/_mock/lifecycle", json={"seconds": {"in_progress": 10**6}})
    late = judge.ask("createBatch", "POST", "/batches", json=body)["id"]
    judge.wire.advance("25h")
    seen.add(judge.ask("retrieveBatch", "GET", f"/batches/{late}")["status"])
    judge.ask("listBatches", "GET", "/batches")
    assert seen == {"validating", "in_progress", "finalizing", "completed", "failed", "cancelling", "cancelled", "expired"}
    check(judge)


@pytest.mark.parametrize(
    ("rows", "options"),
    [
        (TEAMS, {"suffix": "teams", "metadata": {"a": "b"}, "integrations": [{"type": "wandb", "wandb": {"project": "p", "tags": ["x"]}}]}),
        (PREFERRED, {"method": {"type": "dpo", "dpo": {"hyperparameters": {"beta": 0.5}}}}),
        (
            GRADED,
            {"model": "o4-mini", "method": {"type": "reinforcement", "reinforcement": {"grader": REQUESTS["runGrader"]["json"]["grader"]}}},
        ),
        (TEAMS[:3], {}),
    ],
    ids=["supervised", "dpo", "reinforcement", "failing"],
)
def test_fine_tuning_jobs_in_every_state(judge: Judge, rows: list[Any], options: dict[str, Any]) -> None:
    file = judge.upload(rows)
    judge.ask("listPaginatedFineTuningJobs", "GET", "/fine_tuning/jobs")
    job = judge.ask(
        "createFineTuningJob",
        "POST",
        "/fine_tuning/jobs",
        json={"model": "gpt-4o-mini", "training_file": file, "validation_file": file, **options},
    )
    place = f"/fine_tuning/jobs/{job['id']}"
    seen = []
    for _ in range(9):
        job = judge.ask("retrieveFineTuningJob", "GET", place)
        judge.ask("listFineTuningEvents", "GET", f"{place}/events", params={"limit": 100})
        judge.ask("listFineTuningJobCheckpoints", "GET", f"{place}/checkpoints")
        if job["status"] == "running" and "paused" not in seen:
            seen.append(judge.ask("pauseFineTuningJob", "POST", f"{place}/pause")["status"])
            judge.ask("resumeFineTuningJob", "POST", f"{place}/resume")
        seen.append(job["status"])
        judge.wire.advance("120ms")
    if rows == TEAMS[:3]:
        assert seen[-1] == "failed"
    else:
        assert seen[-1] == "succeeded" and {"validating_files", "queued", "running", "paused"} <= set(seen)
        share = f"/fine_tuning/checkpoints/{job['fine_tuned_model']}/permissions"
        permission = judge.ask("createFineTuningCheckpointPermission", "POST", share, json={"project_ids": ["proj_x"]})["data"][0]["id"]
        judge.ask("listFineTuningCheckpointPermissions", "GET", share)
        judge.ask("deleteFineTuningCheckpointPermission", "DELETE", f"{share}/{permission}")
        judge.ask("listModels", "GET", "/models")
        judge.ask("retrieveModel", "GET", f"/models/{job['fine_tuned_model']}")
        judge.ask("createChatCompletion", "POST", "/chat/completions", json={**CHAT, "model": job["fine_tuned_model"]})
        judge.ask("deleteModel", "DELETE", f"/models/{job['fine_tuned_model']}")
        other = judge.ask("createFineTuningJob", "POST", "/fine_tuning/jobs", json={"model": "gpt-4o-mini", "training_file": file})["id"]
        judge.ask("cancelFineTuningJob", "POST", f"/fine_tuning/jobs/{other}/cancel")
    judge.ask("listPaginatedFineTuningJobs", "GET", "/fine_tuning/jobs")
    check(judge)


def test_conversations_with_items_of_every_kind(judge: Judge) -> None:
    place = f"/conversations/{judge.ask('createConversation', 'POST', '/conversations', **REQUESTS['createConversation'])['id']}"
    judge.ask("getConversation", "GET", place)
    judge.ask("updateConversation", "POST", place, **REQUESTS["updateConversation"])
    for include in ({}, {"include[]": INCLUDES}):
        sent = [{**item, "id": f"{item['id']}{len(include)}"} if "id" in item else item for item in CALLS]
        made = judge.ask("createConversationItems", "POST", f"{place}/items", json={"items": sent}, params=include)
        judge.ask("listConversationItems", "GET", f"{place}/items", params={"limit": 100, **include})
        for item in made["data"]:
            judge.ask("getConversationItem", "GET", f"{place}/items/{item['id']}", params=include)
    judge.ask("deleteConversationItem", "DELETE", f"{place}/items/{made['first_id']}")
    judge.ask("deleteConversation", "DELETE", place)
    empty = judge.ask("createConversation", "POST", "/conversations", json={})["id"]
    judge.ask("listConversationItems", "GET", f"/conversations/{empty}/items")
    check(judge)


def test_videos_in_every_state(judge: Judge) -> None:
    judge.ask("ListVideos", "GET", "/videos")
    made = judge.ask("createVideo", "POST", "/videos", **REQUESTS["createVideo"])
    blocked = judge.ask("createVideo", "POST", "/videos", json={"prompt": "How do I build a bomb?"})
    seen = {made["status"]}
    for _ in range(8):
        judge.wire.advance("100ms")
        for video in (made, blocked):
            seen.add(judge.ask("GetVideo", "GET", f"/videos/{video['id']}")["status"])
    assert seen == {"queued", "in_progress", "completed", "failed"}
    judge.ask("CreateVideoRemix", "POST", f"/videos/{made['id']}/remix", **REQUESTS["CreateVideoRemix"])
    for operation, path in (("CreateVideoEdit", "edits"), ("CreateVideoExtend", "extensions")):
        judge.ask(operation, "POST", f"/videos/{path}", **REQUESTS[operation])
        sent = {**REQUESTS[operation]["data"], "video": {"id": made["id"]}}
        judge.ask(operation, "POST", f"/videos/{path}", json=sent)
    character = judge.ask("CreateVideoCharacter", "POST", "/videos/characters", **REQUESTS["CreateVideoCharacter"])
    judge.ask("GetVideoCharacter", "GET", f"/videos/characters/{character['id']}")
    judge.ask("ListVideos", "GET", "/videos")
    judge.ask("DeleteVideo", "DELETE", f"/videos/{made['id']}")
    check(judge)


def test_vector_stores_in_every_state(judge: Judge) -> None:
    judge.ask("listVectorStores", "GET", "/vector_stores")
    files = [
        judge.ask("createFile", "POST", "/files", data={"purpose": "assistants"}, files={"file": (name, content)})["id"]
        for name, content in (("a.txt", b"The tower"), ("b.pdf", b"no pdf"), ("c.md", b"# Cats"))
    ]
    store = judge.ask("createVectorStore", "POST", "/vector_stores", json={**REQUESTS["createVectorStore"]["json"], "file_ids": files[:2]})
    at, seen = f"/vector_stores/{store['id']}", {store["status"]}
    judge.ask("listVectorStoreFiles", "GET", f"{at}/files")
    for end in ("cancelled", "completed"):
        batch = judge.ask("createVectorStoreFileBatch", "POST", f"{at}/file_batches", json={"file_ids": files})
        here = f"{at}/file_batches/{batch['id']}"
        seen.add(batch["status"])
        if end == "cancelled":
            judge.ask("cancelVectorStoreFileBatch", "POST", f"{here}/cancel")
        judge.wire.advance("300ms")
        seen.add(judge.ask("getVectorStoreFileBatch", "GET", here)["status"])
        seen |= {file["status"] for file in judge.ask("listFilesInVectorStoreBatch", "GET", f"{here}/files")["data"]}
    judge.ask("createVectorStoreFile", "POST", f"{at}/files", json={**REQUESTS["createVectorStoreFile"]["json"], "file_id": files[0]})
    judge.wire.advance("200ms")
    judge.ask("getVectorStoreFile", "GET", f"{at}/files/{files[0]}")
    judge.ask("retrieveVectorStoreFileContent", "GET", f"{at}/files/{files[0]}/content")
    assert judge.ask("searchVectorStore", "POST", f"{at}/search", **REQUESTS["searchVectorStore"])["data"]
    changed = REQUESTS["updateVectorStoreFileAttributes"]
    judge.ask("updateVectorStoreFileAttributes", "POST", f"{at}/files/{files[0]}", **changed)
    judge.ask("deleteVectorStoreFile", "DELETE", f"{at}/files/{files[0]}")
    judge.ask("modifyVectorStore", "POST", at, **REQUESTS["modifyVectorStore"])
    judge.wire.advance("168h")
    seen.add(judge.ask("getVectorStore", "GET", at)["status"])
    judge.ask("listVectorStores", "GET", "/vector_stores")
    judge.ask("deleteVectorStore", "DELETE", at)
    assert seen == {"in_progress", "completed", "cancelled", "failed", "expired"}
    check(judge)


def test_voices_and_their_consents(judge: Judge) -> None:
    judge.ask("listVoiceConsents", "GET", "/audio/voice_consents")
    made = judge.ask("createVoiceConsent", "POST", "/audio/voice_consents", **REQUESTS["createVoiceConsent"])
    at = f"/audio/voice_consents/{made['id']}"
    sample = REQUESTS["createVoice"]
    judge.ask("createVoice", "POST", "/audio/voices", **{**sample, "data": {"name": "Mine", "consent": made["id"]}})
    judge.ask("getVoiceConsent", "GET", at)
    judge.ask("updateVoiceConsent", "POST", at, **REQUESTS["updateVoiceConsent"])
    judge.ask("listVoiceConsents", "GET", "/audio/voice_consents")
    judge.ask("deleteVoiceConsent", "DELETE", at)
    check(judge)


def test_chatkit_sessions_and_threads(judge: Judge) -> None:
    judge.ask("ListThreadsMethod", "GET", "/chatkit/threads")
    made = judge.ask("CreateChatSessionMethod", "POST", "/chatkit/sessions", **REQUESTS["CreateChatSessionMethod"])
    judge.ask("CancelChatSessionMethod", "POST", f"/chatkit/sessions/{made['id']}/cancel")
    chat = judge.wire.control("POST", "/_mock/chatkit", json={"user": "someone", "messages": ["Say hello", "Again"]}).json()
    at = f"/chatkit/threads/{chat['id']}"
    assert judge.ask("GetThreadMethod", "GET", at) == chat
    judge.ask("ListThreadsMethod", "GET", "/chatkit/threads", params={"user": "someone"})
    judge.ask("ListThreadItemsMethod", "GET", f"{at}/items", params={"limit": 3})
    judge.ask("DeleteThreadMethod", "DELETE", at)
    check(judge)


def test_skills_and_their_versions(judge: Judge) -> None:
    judge.ask("ListSkills", "GET", "/skills")
    at = f"/skills/{judge.ask('CreateSkill', 'POST', '/skills', **REQUESTS['CreateSkill'])['id']}"
    for number in ("2", "3"):
        judge.ask("CreateSkillVersion", "POST", f"{at}/versions", **REQUESTS["CreateSkillVersion"])
        judge.ask("GetSkillVersion", "GET", f"{at}/versions/{number}")
    judge.ask("ListSkillVersions", "GET", f"{at}/versions", params={"limit": 1})
    judge.ask("UpdateSkillDefaultVersion", "POST", at, json={"default_version": "2"})
    judge.ask("DeleteSkillVersion", "DELETE", f"{at}/versions/3")
    judge.ask("GetSkill", "GET", at)
    judge.ask("ListSkills", "GET", "/skills")
    judge.ask("DeleteSkill", "DELETE", at)
    check(judge)


def test_evals_with_runs_in_every_state(judge: Judge) -> None:
    judge.ask("listEvals", "GET", "/evals")
    judge.ask("createChatCompletion", "POST", "/chat/completions", json={**CHAT, "store": True})
    criteria = [SAME, ALIKE, LABEL, SCORE, PYTHON]
    configs: list[dict[str, Any]] = [{"type": "custom", "item_schema": CITY}, {"type": "logs"}, {"type": "stored_completions"}]
    evals = [
        judge.ask("createEval", "POST", "/evals", json={"data_source_config": config, "testing_criteria": criteria})["id"]
        for config in configs
    ]
    at, seen = f"/evals/{evals[0]}", set()
    judge.ask("getEval", "GET", at)
    judge.ask("updateEval", "POST", at, **REQUESTS["updateEval"])
    here = content(cities(said=True))
    file = {"type": "file_id", "id": judge.upload(cities(), "evals")}
    nothing = {"type": "stored_completions", "model": "gpt-4"}
    runs = [
        judge.ask("createEvalRun", "POST", f"{at}/runs", json={"data_source": source})["id"]
        for source in (
            {"type": "jsonl", "source": here},
            asking(here, sampling_params={"temperature": 0.5}),
            asking(file, "responses"),
            asking(here, sampling_params={"temperature": 9}),
            {"type": "completions", "source": {"type": "stored_completions"}},
            {"type": "completions", "source": nothing},
        )
    ]
    judge.ask("getEvalRuns", "GET", f"{at}/runs", params={"status": "failed"})
    for _ in range(4):
        for run in runs:
            seen.add(judge.ask("getEvalRun", "GET", f"{at}/runs/{run}")["status"])
            told = judge.ask("getEvalRunOutputItems", "GET", f"{at}/runs/{run}/output_items")["data"]
            for item in told[:1]:
                judge.ask("getEvalRunOutputItem", "GET", f"{at}/runs/{run}/output_items/{item['id']}")
        if "canceled" not in seen:
            seen.add(judge.ask("cancelEvalRun", "POST", f"{at}/runs/{runs[0]}")["status"])
        judge.wire.advance("300ms")
    assert seen == {"queued", "in_progress", "completed", "failed", "canceled"}
    judge.ask("getEvalRuns", "GET", f"{at}/runs")
    judge.ask("deleteEvalRun", "DELETE", f"{at}/runs/{runs[0]}")
    judge.ask("listEvals", "GET", "/evals", params={"order_by": "updated_at"})
    judge.ask("deleteEval", "DELETE", at)
    check(judge)


# Variations of the samples whose answers are JSON, by operation; the sample itself is asked for too.
VARIED: dict[str, list[dict[str, Any]]] = {
    "createCompletion": [
        {"prompt": ["a", "b"], "n": 2, "best_of": 3},
        {"prompt": [[1, 2]], "model": "davinci-002", "logprobs": 3, "echo": True},
        {"max_tokens": 1, "stop": ["x"], "suffix": "."},
        {"model": "gpt-4o-mini"},
    ],
    "createImage": [
        {"n": 2, "background": "transparent", "output_format": "webp", "output_compression": 50},
        {"model": "gpt-image-1", "quality": "high", "size": "1536x1024"},
        {"model": "dall-e-2", "size": "256x256", "quality": ...},
        {"model": "dall-e-3", "quality": "hd", "style": "natural", "response_format": "b64_json"},
        {"model": "gpt-4o-mini", "quality": ...},
    ],
    "createImageEdit": [{"images": [{"image_url": PICTURE}], "model": "gpt-image-1", "prompt": "make it blue", "quality": "low"}],
    "runGrader": [
        {"grader": {"type": "text_similarity", "name": "x", "input": "a", "reference": "b", "evaluation_metric": "bleu"}},
        {"grader": {"type": "python", "name": "x", "source": "def grade(sample, item):\n    return 1.0"}},
        {"grader": {"type": "score_model", "name": "x", "model": "gpt-4o-mini", "input": [{"role": "user", "content": "{{item.team}}"}]}},
        {
            "grader": {
                "type": "multi", "name": "x", "calculate_output": "a + 0",
                "graders": {"a": {"type": "string_check", "name": "a", "input": "x", "reference": "x", "operation": "eq"}},
            }
        },
    ],
}  # fmt: skip


@pytest.mark.parametrize("operation", VARIED)
def test_answers_that_keep_nothing(judge: Judge, operation: str) -> None:
    declared = OPERATIONS[operation]
    judge.ask(operation, declared.method, declared.path, **REQUESTS[operation])
    for change in VARIED[operation]:
        body = {**REQUESTS[operation].get("json", {}), **change}
        judge.ask(operation, declared.method, declared.path, json={name: value for name, value in body.items() if value is not ...})
    if operation == "createImageEdit":
        judge.ask("createImageVariation", "POST", "/images/variations", **REQUESTS["createImageVariation"])
    if operation == "runGrader":
        judge.ask("validateGrader", "POST", "/fine_tuning/alpha/graders/validate", **REQUESTS["validateGrader"])
    check(judge)


@pytest.mark.parametrize(
    "body",
    [
        {"input": "I want to kill them."},
        {"input": ["a", "b"]},
        {"input": [{"type": "text", "text": "a"}, {"type": "image_url", "image_url": {"url": "https://example.com/violence.png"}}]},
    ],
)
def test_moderations(judge: Judge, body: dict[str, Any]) -> None:
    judge.ask("createModeration", "POST", "/moderations", json=body)
    check(judge)


@pytest.mark.parametrize(
    "body", [{"input": "a"}, {"input": ["a", "b"], "dimensions": 4}, {"input": [[1, 2]], "model": "text-embedding-ada-002"}]
)
def test_embeddings(judge: Judge, body: dict[str, Any]) -> None:
    judge.ask("createEmbedding", "POST", "/embeddings", json={"model": "text-embedding-3-small", **body})
    check(judge)
