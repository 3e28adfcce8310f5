"""Builds what the wheel carries beside the checkout: the words that are one token each (mockapi/engine/words.py)."""

from __future__ import annotations

from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from types import ModuleType
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from splintr import Tokenizer

_VOCABULARY = "o200k_base"


class WordsHook(BuildHookInterface[Any]):
    _made: Path | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """An editable installation gets the file into the checkout, a wheel only into itself: the checkout may not be writable."""
        engine = Path(self.root, "mockapi", "engine")
        if version != "editable":
            self._made = Path(mkdtemp())
        file = (self._made or engine) / f"{_VOCABULARY}.words"
        file.write_bytes(_content(_module(engine / "words.py")))
        if self._made is not None:
            build_data["force_include"][str(file)] = f"mockapi/engine/{file.name}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:
        if self._made is not None:
            rmtree(self._made)


def _module(file: Path) -> ModuleType:
    """A module by its file: the package cannot be imported where what it needs is not installed."""
    spec = spec_from_file_location(file.stem, file)
    assert spec is not None and spec.loader is not None
    module = module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def _content(words: ModuleType) -> bytes:
    tokenizer = Tokenizer.from_pretrained(_VOCABULARY)
    texts = (bytes(tokenizer.decode_bytes([number])).decode(errors="replace") for number in range(words.SIZES[_VOCABULARY]))
    content: bytes = words.table(text for text in texts if words.split(text) == [text])
    return content
