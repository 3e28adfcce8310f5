"""Images: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateImageRequest, CreateImageEditRequest, EditImageBodyJsonParam, CreateImageVariationRequest,
ImagesResponse, the events); order of keys and of values as measured and recorded (api-facts C.6, D.8, F.1). One contract holds for
all models: which parameters, sizes and qualities a model takes is checked by its card, in `resources/images/checks.py`.
"""

from typing import Annotated, Any, Literal, NotRequired

from annotated_types import Ge, Le, Len, MaxLen
from pydantic import WithJsonSchema, model_validator
from typing_extensions import TypeAliasType, TypedDict

from mockapi.contract.types import Contract, File, Upload, Wording
from mockapi.errors import bad_request

Background = Literal["transparent", "opaque", "auto"]
OutputFormat = Literal["png", "webp", "jpeg"]
ImageModeration = Literal["auto", "low"]
Fidelity = Literal["high", "low"]
ResponseFormat = Literal["url", "b64_json"]
Count = Annotated[int, Ge(1), Le(10)]
Compression = Annotated[int, Ge(0), Le(100)]
Partials = Annotated[int, Ge(0), Le(3)]
Prompt = Annotated[str, Len(1)]
# seen: what a value that is no text is told; which texts are taken depends on the model
_QUALITY = Wording(expected="one of 'low', 'medium', 'high', or 'auto'")
_QUALITIES = ["low", "medium", "high", "auto"]
GenerationQuality = Annotated[str, _QUALITY, WithJsonSchema({"type": "string", "enum": ["standard", "hd", *_QUALITIES]})]
FormQuality = Annotated[str, _QUALITY, WithJsonSchema({"type": "string", "enum": ["standard", *_QUALITIES]})]
Quality = Annotated[str, _QUALITY, WithJsonSchema({"type": "string", "enum": _QUALITIES})]


class CreateImageRequest(Contract):
    """Body of `POST /v1/images/generations`."""

    prompt: Prompt
    model: str | None = None
    n: Count | None = None
    size: str | None = None
    quality: GenerationQuality | None = None
    style: Literal["vivid", "natural"] | None = None
    background: Background | None = None
    output_format: OutputFormat | None = None
    output_compression: Compression | None = None
    moderation: ImageModeration | None = None
    response_format: ResponseFormat | None = None
    user: str | None = None
    stream: bool | None = None
    partial_images: Partials | None = None


class ImageRefParam(Contract):
    """A picture by its address or by the id of a file: one of the two."""

    image_url: Annotated[str, MaxLen(20_971_520)] | None = None
    file_id: str | None = None


class EditImageBodyJsonParam(Contract):
    """JSON body of `POST /v1/images/edits`."""

    images: Annotated[list[ImageRefParam], Len(1, 16)]
    prompt: Annotated[str, Len(1, 32_000)]
    model: str | None = None
    mask: ImageRefParam | None = None
    input_fidelity: Fidelity | None = None
    n: Count | None = None
    size: str | None = None
    quality: Quality | None = None
    background: Background | None = None
    output_format: OutputFormat | None = None
    output_compression: Compression | None = None
    moderation: ImageModeration | None = None
    user: str | None = None
    stream: bool | None = None
    partial_images: Partials | None = None

    @model_validator(mode="before")
    @classmethod
    def _named_as_in_json(cls, value: Any) -> Any:
        for name in ("image", "image[]"):
            if isinstance(value, dict) and name in value:
                # seen: C.6
                message = f"Unknown parameter: '{name}'. For application/json on /v1/images/edits, use 'images' (array)."
                raise bad_request(message, name, "invalid_value")
        return value


class CreateImageEditRequest(Contract):
    """Form of `POST /v1/images/edits`."""

    image: File | Annotated[list[File], MaxLen(16)]
    prompt: Prompt
    model: str | None = None
    mask: File | None = None
    input_fidelity: Fidelity | None = None
    n: Count | None = None
    size: str | None = None
    quality: FormQuality | None = None
    background: Background | None = None
    output_format: OutputFormat | None = None
    output_compression: Compression | None = None
    moderation: ImageModeration | None = None
    response_format: ResponseFormat | None = None
    user: str | None = None
    stream: bool | None = None
    partial_images: Partials | None = None

    @model_validator(mode="before")
    @classmethod
    def _named_as_in_forms(cls, value: Any) -> Any:
        if isinstance(value, dict) and "images" in value:
            # seen: C.6
            message = "Unknown parameter: 'images'. For multipart/form-data use 'image' or 'image[]'."
            raise bad_request(message, "images", "invalid_value")
        sent = value.get("image", ()) if isinstance(value, dict) else ()
        for item in sent if isinstance(sent, (list, tuple)) else (sent,):
            if not isinstance(item, Upload):
                # seen: openai/openai-ruby#147
                message = "Invalid type for 'image': expected one of an array of files or file, but got a string instead."
                raise bad_request(message, "image", "invalid_type")
        return value


class CreateImageVariationRequest(Contract):
    """Form of `POST /v1/images/variations`."""

    image: File
    model: str | None = None
    n: Count | None = None
    size: Literal["256x256", "512x512", "1024x1024"] | None = None
    response_format: ResponseFormat | None = None
    user: str | None = None


class ImageTokens(TypedDict):
    image_tokens: int
    text_tokens: int


class ImageGenUsage(TypedDict):
    input_tokens: int
    input_tokens_details: ImageTokens
    output_tokens: int
    output_tokens_details: ImageTokens
    total_tokens: int


class ImagesUsage(TypedDict):
    """What a streamed picture took."""

    input_tokens: int
    input_tokens_details: ImageTokens
    output_tokens: int
    total_tokens: int


class Image(TypedDict):
    """A picture: its bytes in base64, or its address."""

    b64_json: NotRequired[str]
    revised_prompt: NotRequired[str]
    url: NotRequired[str]


class ImagesResponse(TypedDict):
    """`created` in Unix seconds; what is not required is there for the GPT image models."""

    created: int
    background: NotRequired[Literal["transparent", "opaque"]]
    data: list[Image]
    output_format: NotRequired[OutputFormat]
    quality: NotRequired[Literal["low", "medium", "high"]]
    size: NotRequired[str]
    usage: NotRequired[ImageGenUsage]


class _Shown(TypedDict):
    b64_json: str
    created_at: int
    size: str
    quality: Literal["low", "medium", "high", "auto"]
    background: Background
    output_format: OutputFormat


class ImageGenPartialImageEvent(_Shown):
    type: Literal["image_generation.partial_image"]
    partial_image_index: int


class ImageGenCompletedEvent(_Shown):
    type: Literal["image_generation.completed"]
    usage: ImagesUsage


class ImageEditPartialImageEvent(_Shown):
    type: Literal["image_edit.partial_image"]
    partial_image_index: int


class ImageEditCompletedEvent(_Shown):
    type: Literal["image_edit.completed"]
    usage: ImagesUsage


ImageGenStreamEvent = TypeAliasType("ImageGenStreamEvent", ImageGenPartialImageEvent | ImageGenCompletedEvent)
ImageEditStreamEvent = TypeAliasType("ImageEditStreamEvent", ImageEditPartialImageEvent | ImageEditCompletedEvent)
