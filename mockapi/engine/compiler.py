"""From a schema to nodes. What stands in several places is compiled once, and what refers to itself closes a circle."""

from __future__ import annotations

from typing import Any

from mockapi.engine import nodes, pattern, schemas
from mockapi.engine.leaves import Boolean, Node, Nothing, Number, OneOf, Text, whole_number
from mockapi.seed import label

_EFFORT = 600_000
_NODE = 30  # effort of one node, of which some are much dearer
_DEEP = 24  # how deep a schema is read before the rest of it has to wait
_NESTED = 60  # how many schemas for one value may stand within each other
_NOTHING_OPEN: frozenset[str] = frozenset()
_CLOSED = 1 << 60


class _Open:
    """A subschema that is being read: for which value, and how far out."""

    __slots__ = ("location", "place", "reference")

    def __init__(self, location: int, place: int) -> None:
        self.location = location
        self.place = place
        self.reference: nodes.Reference | None = None


class Compiler:
    """One compilation. `cut` tells that the schema was too large to be read to its end."""

    def __init__(self, root: dict[str, Any]) -> None:
        self.root = root
        self.cut = False
        self._fold = schemas.Fold(root, _EFFORT)
        self._all: list[Node] = []
        self._known: dict[tuple[int, str], Node | _Open] = {}
        # Merged schemas are known by their identity as long as they live.
        self._kept: list[Any] = []
        self._later: list[tuple[Any, str, nodes.Reference]] = []
        self._locations = self._location = self._depth = self._place = self._start = 0
        self._outermost = _CLOSED
        self._nothing = self._keep(Nothing())

    def compile(self) -> Node:
        top = self._node(self.root, "")
        while self._later:
            schema, name, reference = self._later.pop()
            reference.target = self._node(schema, name)
        nodes.settle(self._all)
        return top

    def _keep(self, node: Node) -> Node:
        self._all.append(node)
        return node

    def _node(self, schema: Any, name: str) -> Node:
        """The node for a value of its own."""
        if self._fold.effort < 0:
            return self._nothing
        if self._depth >= _DEEP or self._place >= _NESTED:
            reference = nodes.Reference()
            self._later.append((schema, name, reference))
            return self._keep(reference)
        outer = self._location, self._outermost, self._start
        self._locations += 1
        self._location, self._outermost, self._start = self._locations, _CLOSED, self._place
        self._depth += 1
        made = self._here(schema, name, _NOTHING_OPEN)
        self._depth -= 1
        self._location, self._outermost, self._start = outer
        return made

    def _here(self, schema: Any, name: str, opened: frozenset[str]) -> Node:
        """The node for the value at hand, of a schema that may be one of several for it."""
        if not isinstance(schema, dict):
            return self._keep(Text({}, name) if schema is not False else _never())
        if opened:
            return self._read(schema, name, opened)
        key = (id(schema), name)
        known = self._known.get(key)
        if isinstance(known, Node):
            return known
        if known is not None:
            return self._again(known)
        mine = self._known[key] = _Open(self._location, self._place)
        self._kept.append(schema)
        made = self._read(schema, name, opened)
        if mine.reference is not None:
            mine.reference.target = made
        if self._outermost < mine.place:
            # It leads back to one further out, so it is this only here.
            del self._known[key]
        else:
            self._known[key] = made
            self._outermost = _CLOSED
        return made

    def _again(self, known: _Open) -> Node:
        if known.location == self._location:
            # It says of a value only that the same holds of it: no value comes of that.
            self._outermost = min(self._outermost, known.place)
            return self._keep(_never())
        if known.reference is None:
            known.reference = nodes.Reference()
            self._all.append(known.reference)
        return known.reference

    def _read(self, schema: dict[str, Any], name: str, opened: frozenset[str]) -> Node:
        place = self._place
        self._place += 1
        try:
            self._fold.spend(_NODE)
            if place - self._start > _NESTED:
                raise schemas.TooMuch
            return self._made(schema, name, opened)
        except schemas.TooMuch:
            self.cut = True
            return self._nothing
        finally:
            self._place = place

    def _made(self, schema: dict[str, Any], name: str, opened: frozenset[str]) -> Node:
        pointer = schema.get("$ref")
        if isinstance(pointer, str) and not schema.keys() - schemas.ANNOTATIONS - {"$ref"}:
            if opened:
                if pointer in opened:
                    return self._keep(_never())
                opened |= {pointer}
            target = schemas.resolve(self.root, pointer)
            return self._here({} if target is None else target, name, opened)
        schema, opened = self._fold.flattened(schema, opened)
        if "const" in schema or isinstance(schema.get("enum"), list):
            return self._keep(self._enum(schema))
        branches = schema.get("anyOf") or schema.get("oneOf")
        if isinstance(branches, list) and branches:
            return self._any(schema, branches, name, opened)
        kinds = schema.get("type")
        if isinstance(kinds, list) and kinds:
            named = dict.fromkeys(kind for kind in kinds if isinstance(kind, str))
            return self._keep(nodes.AnyOf([self._typed({**schema, "type": kind}, kind, name) for kind in named]))
        return self._typed(schema, kinds if isinstance(kinds, str) else schemas.implied_type(schema), name)

    def _enum(self, schema: dict[str, Any]) -> Node:
        given = [schema["const"]] if "const" in schema else schema["enum"]
        self._fold.spend(len(given) + (100 if len(schema) > 2 else 0))
        options = schemas.allowed(schema)
        return OneOf(options or given or [None], possible=bool(options))

    def _any(self, schema: dict[str, Any], branches: list[Any], name: str, opened: frozenset[str]) -> Node:
        rest = {key: value for key, value in schema.items() if key not in ("anyOf", "oneOf")}
        bare = not rest.keys() - schemas.ANNOTATIONS
        made = []
        for branch in branches:
            looped = isinstance(branch, dict) and len(branch) == 1 and branch.get("$ref") in opened
            if looped or branch is False:
                continue
            made.append(self._here(branch if bare else self._fold.merged(rest, branch), name, opened))
            if self._fold.effort < 0:
                break
        return self._keep(nodes.AnyOf(made or [self._keep(_never())]))

    def _typed(self, schema: dict[str, Any], kind: str, name: str) -> Node:
        self._fold.spend(_NODE)
        if kind == "object":
            return self._keep(self._object(schema))
        if kind == "array":
            return self._keep(self._array(schema, name))
        if kind in ("integer", "number"):
            return self._keep(Number(schema, name, whole=kind == "integer"))
        if kind == "boolean":
            return self._keep(Boolean())
        if kind == "null":
            return self._keep(OneOf([None]))
        if isinstance(schema.get("pattern"), str):
            self._fold.spend(300 + len(schema["pattern"]) + pattern.size(schema["pattern"]) // 5)
        return self._keep(Text(schema, name))

    def _object(self, schema: dict[str, Any]) -> nodes.Object:
        required = schema.get("required")
        needed = dict.fromkeys(name for name in required if isinstance(name, str)) if isinstance(required, list) else {}
        properties = schema.get("properties")
        named = dict(properties) if isinstance(properties, dict) else {}
        self._fold.spend(len(named) + len(needed))
        rest, matching = schema.get("additionalProperties"), schema.get("patternProperties")
        for name in needed:
            named.setdefault(name, rest if isinstance(rest, dict) or (rest is False and not matching) else {})
        fields = []
        for name, child in named.items():
            if child is not False or name in needed:
                fields.append(nodes.Field(name, label(name), self._node(child, name), name in needed))
            if self._fold.effort < 0:
                break
        extra_names = [
            (self._node({"type": "string", "pattern": expression}, ""), self._node(child, ""))
            for expression, child in (matching.items() if isinstance(matching, dict) else ())
        ]
        extra = self._node(rest, "") if isinstance(rest, dict) else None
        if extra is None and rest is not False and whole_number(schema.get("minProperties"), 0) > len(fields):
            extra = self._keep(Text({}, ""))
        if extra is not None and isinstance(schema.get("propertyNames"), dict):
            extra_names.append((self._node(self._fold.merged({"type": "string"}, schema["propertyNames"]), ""), extra))
        return nodes.Object(fields, extra, extra_names, schema)

    def _array(self, schema: dict[str, Any], name: str) -> nodes.Array:
        leading = schema.get("prefixItems")
        first = []
        for child in leading if isinstance(leading, list) else ():
            first.append(self._node(child, name))
            if self._fold.effort < 0:
                break
        items = schema.get("items", schema.get("contains"))
        single = name[:-1] if name.endswith("s") and not name.endswith("ss") else name
        item = None if items is False else self._node({} if items is None or items is True else items, single)
        return nodes.Array(first, item, schema)


def _never() -> Node:
    """What no value is an instance of."""
    return OneOf([None], possible=False)
