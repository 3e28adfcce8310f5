"""From a path to an operation: a tree of path segments, literal before parameter."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from urllib.parse import unquote

from mockapi.operations import Operation


class _Node:
    __slots__ = ("literals", "methods", "parameter")

    def __init__(self) -> None:
        self.literals: dict[str, _Node] = {}
        self.parameter: _Node | None = None
        self.methods: dict[str, Operation] = {}


class Routes:
    """Finds the operations that hang on a path in time that does not grow with their number.

    `load` gives the operations on paths that begin with a segment; it is called when such a path is first looked for.
    """

    def __init__(self, load: Callable[[str], Iterable[Operation]]) -> None:
        self._load = load
        self._root = _Node()
        self._fixed: dict[str, dict[str, Operation]] = {}

    def _add(self, operation: Operation) -> None:
        for path in (operation.path, operation.also):
            if path is not None:
                self._hang(operation, path)

    def _hang(self, operation: Operation, path: str) -> None:
        node = self._root
        for segment in path.strip("/").split("/"):
            if segment.startswith("{"):
                node.parameter = node = node.parameter or _Node()
            else:
                node = node.literals.setdefault(segment, _Node())
        node.methods[operation.method] = operation
        if not operation.parameters:
            self._fixed[path] = self._fixed["/v1" + path] = node.methods

    def find(self, path: str, raw: bytes | None = None) -> tuple[dict[str, Operation], list[str]] | None:
        """The operations on a path, by method, and its parameters' values; None for an unknown path.

        The path may or may not begin with `/v1`, since clients differ in what they take for the base URL. `raw` is the path as it was
        sent: a parameter may hold a slash that was written as `%2F`.
        """
        fixed = self._fixed.get(path)
        if fixed is not None:
            return fixed, []
        segments = path.split("/")[1:]
        if raw is not None and b"%2" in raw:
            segments = [unquote(part) for part in raw.partition(b"?")[0].decode("latin-1").split("/")[1:]]
        if segments and segments[0] == "v1":
            del segments[0]
        if segments and segments[0] not in self._root.literals:
            for operation in self._load(segments[0]):
                self._add(operation)
        return self._walk(self._root, segments, 0, [])

    def _walk(self, node: _Node, segments: list[str], depth: int, values: list[str]) -> tuple[dict[str, Operation], list[str]] | None:
        if depth == len(segments):
            return (node.methods, values) if node.methods else None
        segment = segments[depth]
        literal = node.literals.get(segment)
        if literal is not None:
            found = self._walk(literal, segments, depth + 1, values)
            if found is not None:
                return found
        if node.parameter is not None and segment:
            return self._walk(node.parameter, segments, depth + 1, [*values, segment])
        return None
