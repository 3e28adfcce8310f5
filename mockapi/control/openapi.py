"""The contract as an OpenAPI 3.1 document, made from the registry."""

from __future__ import annotations

from functools import cache
from typing import Any

from pydantic import TypeAdapter
from pydantic.json_schema import models_json_schema

from mockapi import __version__
from mockapi.operations import Operation
from mockapi.resources import everything

_TEMPLATE = "#/components/schemas/{model}"
_ERROR = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["message", "type", "param", "code"],
            "properties": {
                "message": {"type": "string"},
                "type": {"type": "string"},
                "param": {"type": ["string", "null"]},
                "code": {"type": ["string", "null"]},
            },
        }
    },
}


@cache
def document() -> dict[str, Any]:
    """The whole document."""
    schemas: dict[str, Any] = {"ErrorResponse": _ERROR}
    operations = everything().values()
    requests = [body for operation in operations for body in (operation.request, operation.form) if body is not None]
    if requests:
        _, found = models_json_schema([(model, "validation") for model in requests], ref_template=_TEMPLATE)
        schemas.update(found.get("$defs", {}))
    paths: dict[str, Any] = {}
    for operation in operations:
        paths.setdefault(operation.path, {})[operation.method.lower()] = _operation(operation, schemas)
    return {
        "openapi": "3.1.0",
        "info": {"title": "mockapi", "version": __version__, "description": "The operations this server answers."},
        "servers": [{"url": "/v1"}],
        "security": [{"key": []}],
        "paths": paths,
        "components": {"schemas": schemas, "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}}},
    }


def _operation(operation: Operation, schemas: dict[str, Any]) -> dict[str, Any]:
    content = {}
    if operation.response is not None:
        content["application/json"] = {"schema": _reference(operation.response, schemas)}
    for kind in operation.contents:
        content[kind] = {"schema": {"type": "string", "format": "binary"}}
    if operation.events is not None:
        content["text/event-stream"] = {"schema": _reference(operation.events, schemas)}
    made: dict[str, Any] = {
        "operationId": operation.id,
        "parameters": [*_path_parameters(operation), *_query_parameters(operation)],
        "responses": {
            str(operation.status): {"description": "OK", "content": content},
            "default": {
                "description": "An error",
                "content": {"application/json": {"schema": {"$ref": _TEMPLATE.format(model="ErrorResponse")}}},
            },
        },
    }
    bodies = {"application/json": operation.request, "multipart/form-data": operation.form}
    if operation.has_body:
        sent = {kind: {"schema": {"$ref": _TEMPLATE.format(model=model.__name__)}} for kind, model in bodies.items() if model is not None}
        made["requestBody"] = {"required": True, "content": sent}
    return made


def _reference(kind: Any, schemas: dict[str, Any]) -> dict[str, Any]:
    """A reference to a response's schema, put among the others with what it refers to."""
    schema = TypeAdapter(kind).json_schema(ref_template=_TEMPLATE)
    schemas.update(schema.pop("$defs", {}))
    if "$ref" in schema:
        return schema
    schemas[kind.__name__] = schema
    return {"$ref": _TEMPLATE.format(model=kind.__name__)}


def _path_parameters(operation: Operation) -> list[dict[str, Any]]:
    return [{"name": name, "in": "path", "required": True, "schema": {"type": "string"}} for name in operation.parameters]


def _query_parameters(operation: Operation) -> list[dict[str, Any]]:
    if operation.query is None:
        return []
    properties = operation.query.model_json_schema().get("properties", {})
    # A contract may tell a parameter by another name than the one it is known by within.
    return [{"name": schema.pop("name", name), "in": "query", "required": False, "schema": schema} for name, schema in properties.items()]
