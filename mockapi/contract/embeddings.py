"""Embeddings: what a client may send, and what it gets back.

Source: the official OpenAPI document (CreateEmbeddingRequest, CreateEmbeddingResponse); sentences: api-facts C.4.
"""

from typing import Annotated, Literal

from annotated_types import Ge, Len
from typing_extensions import TypedDict

from mockapi.contract.types import Contract, Wording

_INVALID = "'$.input' is invalid. Please check the API reference: https://platform.openai.com/docs/api-reference."
# doc: at most 2,048 inputs
_Texts = Annotated[list[str], Len(1, 2048)]
_Tokens = Annotated[list[int], Len(1, 2048)]
_ManyTokens = Annotated[list[Annotated[list[int], Len(1)]], Len(1, 2048)]


class CreateEmbeddingRequest(Contract):
    """Body of `POST /v1/embeddings`."""

    # seen: C.3 and C.2, the edge's sentence
    model: Annotated[str, Len(1), Wording(says=(("any", "you must provide a model parameter", None),))]
    # seen: C.4
    input: Annotated[str | _Texts | _Tokens | _ManyTokens, Wording(says=(("any", _INVALID, None),))]
    encoding_format: Literal["float", "base64"] | None = None
    # seen: C.4, the sentence of a recorded refusal
    dimensions: (
        Annotated[int, Ge(1), Wording(says=(("below", "{value} is less than the minimum of {limit} - 'dimensions'", None),))] | None
    ) = None
    user: str | None = None


class Embedding(TypedDict):
    """`embedding` is a list of numbers, or base64 of little-endian 32-bit floats."""

    object: Literal["embedding"]
    index: int
    embedding: list[float] | str


class EmbeddingUsage(TypedDict):
    prompt_tokens: int
    total_tokens: int


class CreateEmbeddingResponse(TypedDict):
    object: Literal["list"]
    data: list[Embedding]
    model: str
    usage: EmbeddingUsage
