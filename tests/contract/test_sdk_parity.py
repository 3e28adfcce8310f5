"""Our contract against the types of the official SDK, field by field, as in `test_parity`."""

from __future__ import annotations

from typing import Any

import openai.types as sdk
import openai.types.audio as sdk_audio
import openai.types.beta.chatkit as sdk_chatkit
import openai.types.chat as sdk_chat
import openai.types.containers as sdk_containers
import openai.types.fine_tuning as sdk_tuning
import openai.types.fine_tuning.alpha as sdk_graders
import openai.types.fine_tuning.checkpoints as sdk_permissions
import openai.types.fine_tuning.jobs as sdk_jobs
import openai.types.skills as sdk_skills
import openai.types.uploads as sdk_uploads
import openai.types.vector_stores as sdk_stores
from openai.types.chat import completion_create_params

from tests.contract.test_parity import STRICTER_OR_WIDER, Reasons, against, unexplained

# What differs from the SDK's types only; what differs from the document too has its reason above.
SDK_REQUESTS: Reasons = [
    (r"request \+ .*: (minimum|maximum|minItems|maxItems|minLength|maxLength|pattern) ", "the SDK's types have no bounds"),
    (r"request [+-] stream: ", "the SDK has one type with `stream` and one without"),
    (r"request [+-] item: (object|any)$", "an object by the document"),
    (r"request - prompt: required$", "optional by the document"),
    (r"request - filters<type=(and|or)>\.filters\[\]: any$", "filters in filters, which the SDK takes as they come"),
]
SDK_ANSWERS: Reasons = [
    (r"VideoResource \+ progress: (minimum 0|maximum 100)$", "a percentage"),
    (r"VideoResource - error\.(headers|misalignment|param|type)$", "optional; the document has the other two"),
    (r"\+ .*: required$", "the SDK leaves optional what is always there"),
    (r"- .*: null$", "the SDK takes null for whatever is optional"),
    (r"[+-] moderation\.(input|output)(<type=\w+>|\.(model|results|type))$", "the judgement never fails here: its error shape is not sent"),
    (r"- usage\.\w+_tokens_details\.(text|image)_tokens$", "optional; no recorded answer has it"),
    (r"- shutdown_date$", "optional; no recorded answer has it"),
    (r"\+ choices\[\]\.delta\.annotations$", "search models stream them (recorded)"),
    (r"\+ choices\[\]\.delta\.tool_calls\[\]\.(custom|type: value \"custom\")$", "custom tools stream as they answer (recorded)"),
    (r"- choices\[\]\.delta\.role: value", "an answer has one role"),
    (r"ModelDeleted \+ owned_by$", "told by the API, not by the SDK (recorded)"),
    (r"Container(File)? [+-] (object|status|source): (string|value \"[a-z.]+\")$", "always one of these words (recorded)"),
    (r"ModelDeleted [+-] object: (string|value \"model\")$", "always the same word (recorded)"),
    (r"(FileObject|UploadObject) \+ .*purpose: value \"evals\"$", "a file keeps the purpose it was uploaded with"),
    (r"Batch [+-] errors\.object: (value \"list\"|string)$", "always the same word (recorded)"),
    (
        r"FineTuningJob \+ (user_provided_suffix|usage_metrics|shared_with_openai|eval_id|method\.reinforcement\.response_format)$",
        "not in the SDK (recorded; guide)",
    ),
    (r"FineTuningJob \+ status: value \"paused\"$", "the document's own example of pausing"),
    (r"FineTuningJob(Checkpoint)? \+ .*: (minimum|maximum) ", "the SDK's types have no bounds"),
    (r"FineTuningJob - error\.(code|message): required$", "an empty object unless the job failed (recorded)"),
    (r"(FineTuningJob|ValidateGraderResponse) - .*grader<type=\w+>$", "a grader comes back as it was sent"),
    (r"FineTuningJobEvent [+-] data: (object|any)$", "an object or null (recorded)"),
    (r"FineTuningJobCheckpoint [+-] metrics\.(type|step: (integer|number))$", "as recorded"),
    (r"RunGraderResponse \+ .*(scores|sub_rewards|token_usage_per_model)\{\}$", "a grader's rewards are numbers"),
    (r"Completion \+ choices\[\]\.logprobs\.\w+_logprobs\[\]: null$", "null for the first token of an echoed prompt (recorded)"),
    (r"Completion - (system_fingerprint|usage\.\w+_details)$", "optional; no recorded answer has it"),
    (r"Transcri\w+ [+-] .*(bytes\[\]|seconds): (integer|number)$", "whole numbers; seconds are rounded up (recorded)"),
    (r"Transcri\w+ - languages$", "told by gpt-transcribe alone"),
    (r"VectorStore\w* \+ .*: (minimum|maximum|maxLength) ", "the SDK's types have no bounds"),
    (r"VectorStore \+ (description|name: null)$", "told by the API, not by the SDK (recorded)"),
    (
        r"VectorStoreFile [+-] chunking_strategy(\.(static|type)|<type=(other|static)>)$",
        "a file indexed today has a strategy that is known",
    ),
    (r"VectorStoreFileContent [+-] type: (string|value \"text\")$", "text alone, by its prose"),
    (r"VerboseJson \+ task$", "a verbose object tells its task too (the document's own example)"),
    (r"TranslationVerboseJson [+-] language: (string|value \"english\")$", "always english (documentation)"),
    (
        r"CreateModerationResponse - results\[\]\.(category_applied_input_types|\w+\.illicit(/violent)?): required$",
        "older models know fewer categories and do not tell what they judged by (documentation)",
    ),
]


# Our contracts of JSON bodies, and the SDK's types of the same.
SENT: list[tuple[str, Any]] = [
    ("CreateChatCompletionRequest", completion_create_params.CompletionCreateParamsNonStreaming),
    ("CreateChatCompletionRequest", completion_create_params.CompletionCreateParamsStreaming),
    ("CreateCompletionRequest", sdk.completion_create_params.CompletionCreateParamsNonStreaming),
    ("CreateCompletionRequest", sdk.completion_create_params.CompletionCreateParamsStreaming),
    ("CreateEmbeddingRequest", sdk.EmbeddingCreateParams),
    ("CreateModerationRequest", sdk.ModerationCreateParams),
    ("CreateSpeechRequest", sdk_audio.SpeechCreateParams),
    ("CreateUploadRequest", sdk.UploadCreateParams),
    ("CompleteUploadRequest", sdk.UploadCompleteParams),
    ("CreateBatchRequest", sdk.BatchCreateParams),
    ("CreateChatKitSessionRequest", sdk_chatkit.SessionCreateParams),
    ("CreateContainerRequest", sdk.ContainerCreateParams),
    ("CreateFineTuningJobRequest", sdk_tuning.JobCreateParams),
    ("CreateVideoRemixBody", sdk.VideoRemixParams),
    ("CreateCheckpointPermissionRequest", sdk_permissions.PermissionCreateParams),
    ("RunGraderRequest", sdk_graders.GraderRunParams),
    ("ValidateGraderRequest", sdk_graders.GraderValidateParams),
    ("CreateVectorStoreRequest", sdk.VectorStoreCreateParams),
    ("UpdateVectorStoreRequest", sdk.VectorStoreUpdateParams),
    ("VectorStoreSearchRequest", sdk.VectorStoreSearchParams),
    ("CreateVectorStoreFileBatchRequest", sdk_stores.FileBatchCreateParams),
]


def test_requests_agree_with_the_types_of_the_sdk() -> None:
    lines = [f"request{line.removeprefix(name)}" for name, kind in SENT for line in against(name, kind)]
    bare, idle = unexplained(lines, STRICTER_OR_WIDER + SDK_REQUESTS)
    assert not bare, "\n".join(bare)
    assert not set(idle) & {pattern for pattern, _ in SDK_REQUESTS}


# Our contracts of answers and events, and the SDK's types of the same.
ANSWERED: list[tuple[str, Any]] = [
    ("ChatCompletion", sdk_chat.ChatCompletion),
    ("ChatCompletionChunk", sdk_chat.ChatCompletionChunk),
    ("ChatCompletionDeleted", sdk_chat.ChatCompletionDeleted),
    ("Completion", sdk.Completion),
    ("CreateModerationResponse", sdk.ModerationCreateResponse),
    ("TranscriptionJson", sdk_audio.Transcription),
    ("TranscriptionVerboseJson", sdk_audio.TranscriptionVerbose),
    ("TranscriptionDiarizedJson", sdk_audio.TranscriptionDiarized),
    ("TranscriptTextDeltaEvent", sdk_audio.TranscriptionTextDeltaEvent),
    ("TranscriptTextDoneEvent", sdk_audio.TranscriptionTextDoneEvent),
    ("TranscriptTextSegmentEvent", sdk_audio.TranscriptionTextSegmentEvent),
    ("TranslationJson", sdk_audio.Translation),
    ("TranslationVerboseJson", sdk_audio.TranslationVerbose),
    ("Model", sdk.Model),
    ("ModelDeleted", sdk.ModelDeleted),
    ("FileObject", sdk.FileObject),
    ("FileDeleted", sdk.FileDeleted),
    ("UploadObject", sdk.Upload),
    ("UploadPart", sdk_uploads.UploadPart),
    ("Batch", sdk.Batch),
    ("ChatKitSession", sdk_chatkit.ChatSession),
    ("ChatKitThread", sdk_chatkit.ChatKitThread),
    ("ChatKitItemList", sdk_chatkit.ChatKitThreadItemList),
    ("ChatKitThreadDeleted", sdk_chatkit.ThreadDeleteResponse),
    ("ContentProvenanceCheck", sdk.ContentProvenanceCheck),
    ("Container", sdk.ContainerCreateResponse),
    ("Container", sdk.ContainerRetrieveResponse),
    ("ContainerFile", sdk_containers.FileCreateResponse),
    ("ContainerFile", sdk_containers.FileRetrieveResponse),
    ("VideoResource", sdk.Video),
    ("DeletedVideoResource", sdk.VideoDeleteResponse),
    ("VideoCharacterResource", sdk.VideoGetCharacterResponse),
    ("FineTuningJob", sdk_tuning.FineTuningJob),
    ("FineTuningJobEvent", sdk_tuning.FineTuningJobEvent),
    ("FineTuningJobCheckpoint", sdk_jobs.FineTuningJobCheckpoint),
    ("CheckpointPermissionDeleted", sdk_permissions.PermissionDeleteResponse),
    ("RunGraderResponse", sdk_graders.GraderRunResponse),
    ("ValidateGraderResponse", sdk_graders.GraderValidateResponse),
    ("Skill", sdk.Skill),
    ("SkillDeleted", sdk.DeletedSkill),
    ("SkillVersion", sdk_skills.SkillVersion),
    ("SkillVersionDeleted", sdk_skills.DeletedSkillVersion),
    ("VectorStore", sdk.VectorStore),
    ("VectorStoreDeleted", sdk.VectorStoreDeleted),
    ("VectorStoreSearchResult", sdk.VectorStoreSearchResponse),
    ("VectorStoreFile", sdk_stores.VectorStoreFile),
    ("VectorStoreFileDeleted", sdk_stores.VectorStoreFileDeleted),
    ("VectorStoreFileContent", sdk_stores.FileContentResponse),
    ("VectorStoreFileBatch", sdk_stores.VectorStoreFileBatch),
]


def test_answers_agree_with_the_types_of_the_sdk() -> None:
    bare, idle = unexplained([line for name, kind in ANSWERED for line in against(name, kind)], SDK_ANSWERS)
    assert not bare, "\n".join(bare)
    assert idle == []
