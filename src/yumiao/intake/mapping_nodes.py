"""The YAML of a mapping file: loaded safely, its keys and values checked, every complaint with its line."""

from __future__ import annotations

import datetime as dt
import difflib
import io
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.comments import CommentedMap, CommentedSeq
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.tokens import (
    AliasToken,
    AnchorToken,
    BlockEndToken,
    BlockMappingStartToken,
    BlockSequenceStartToken,
    FlowMappingEndToken,
    FlowMappingStartToken,
    FlowSequenceEndToken,
    FlowSequenceStartToken,
)

from yumiao.intake.cells import cell_text
from yumiao.model.problems import Problem
from yumiao.model.text import Text

MAX_MAPPING_BYTES = 256 * 1024
MAX_DEPTH = 20
_OPENING = (FlowSequenceStartToken, FlowMappingStartToken, BlockSequenceStartToken, BlockMappingStartToken)
_CLOSING = (FlowSequenceEndToken, FlowMappingEndToken, BlockEndToken)


class NodeReader:
    """Loads one YAML file and reads its nodes; what is wrong goes to ``problems`` and reads as not given.

    Where ``content`` is given it is read instead of the file, and ``path`` only names it.
    """

    def __init__(self, path: Path, content: bytes | None = None) -> None:
        self.path = path
        self._content = content
        self.problems: list[Problem] = []

    def complain(
        self,
        code: str,
        line: int | None,
        path: str,
        text: Text,
        *,
        found: object = "",
        expected: Text = Text(""),
    ) -> None:
        """Note one problem and go on."""
        self.problems.append(
            Problem(
                code, text, file=self.path.name, line=line, path=path, found=str(found), expected=expected
            )
        )

    def load(self) -> CommentedMap | None:
        """Load the file; None, with the reason noted, when it is no plain mapping of keys."""
        try:
            content = self.path.read_bytes() if self._content is None else self._content
            if len(content) > MAX_MAPPING_BYTES:
                text = Text("映射文件超过256 KB。", "The mapping file is larger than 256 KB.")
                self.complain("mapping_too_big", None, "", text)
                return None
            source = content.decode("utf-8-sig")
            if not self._is_plain(source):
                return None
            root = YAML().load(source)
        except OSError:
            text = Text(f"找不到映射文件 {self.path.name}。", f"There is no mapping file {self.path.name}.")
            self.complain("file_missing", None, "", text)
            return None
        except UnicodeDecodeError:
            text = Text("映射文件应为 UTF-8 编码。", "The mapping file should be UTF-8 text.")
            self.complain("unknown_encoding", None, "", text)
            return None
        except (YAMLError, RecursionError, ValueError) as error:
            self._complain_yaml(error)
            return None
        if not isinstance(root, CommentedMap):
            text = Text("映射文件应由“键: 值”组成。", "The mapping file should consist of “key: value”.")
            self.complain("not_a_mapping", 1, "", text)
            return None
        return root

    def _is_plain(self, source: str) -> bool:
        """Whether the text has no aliases and no absurd depth; either could make it grow without end."""
        depth = 0
        for token in YAML().scan(io.StringIO(source)):
            depth += isinstance(token, _OPENING) - isinstance(token, _CLOSING)
            if isinstance(token, AliasToken | AnchorToken):
                text = Text(
                    "映射文件不使用锚点和引用（& 和 *）；请加引号。",
                    "Anchors and aliases (& and *) are not used; quote the text.",
                )
                self.complain("alias_used", token.start_mark.line + 1, "", text)
                return False
            if depth > MAX_DEPTH:
                text = Text("映射文件嵌套过深。", "The mapping file is nested too deeply.")
                self.complain("too_deep", token.start_mark.line + 1, "", text)
                return False
        return True

    def _complain_yaml(self, error: Exception) -> None:
        mark = error.problem_mark if isinstance(error, MarkedYAMLError) else None
        line = None if mark is None else mark.line + 1
        detail = (error.problem if isinstance(error, MarkedYAMLError) else "") or type(error).__name__
        text = Text(f"不是正确的 YAML：{detail}", f"This is not correct YAML: {detail}")
        self.complain("yaml_syntax", line, "", text)

    def check_keys(self, node: CommentedMap, known: tuple[str, ...], path: str) -> None:
        """Note every key of a node that is not known, with the nearest one that is."""
        for key in node:
            if key not in known:
                names = ", ".join(known)
                text = Text(
                    f"不认识的键“{key}”{nearest_zh(str(key), known)}",
                    f"Unknown key “{key}”{nearest_en(str(key), known)}",
                )
                self.complain(
                    "unknown_key",
                    line_of(node, key),
                    f"{path}.{key}".lstrip("."),
                    text,
                    found=key,
                    expected=Text(names, names),
                )

    def map(self, node: CommentedMap, key: str, path: str) -> CommentedMap | None:
        """Return the mapping under a key; None when there is none."""
        value = node.get(key)
        if value is None or isinstance(value, CommentedMap):
            return value
        text = Text(f"{key} 应由“键: 值”组成。", f"{key} should consist of “key: value”.")
        self.complain("bad_value", line_of(node, key), f"{path}.{key}".lstrip("."), text, found=value)
        return None

    def text(self, node: CommentedMap, key: str, path: str) -> str | None:
        """Return the one word under a key as text; None when there is none."""
        value = node.get(key)
        if value is None or is_scalar(value):
            return None if value is None else cell_text(value)
        text = Text(f"{key} 应为一个词。", f"{key} should be one word.")
        self.complain("bad_value", line_of(node, key), f"{path}.{key}".lstrip("."), text, found=value)
        return None

    def texts(self, node: CommentedMap, key: str, path: str) -> tuple[str, ...]:
        """Return the word or words under a key as cells would show them; empty when there are none."""
        value = node.get(key)
        if value is None:
            return ()
        entries = value if isinstance(value, CommentedSeq) else [value]
        if all(is_scalar(entry) for entry in entries):
            return tuple(cell_text(entry).strip() for entry in entries)
        text = Text(f"{key} 应为词的清单。", f"{key} should be a list of words.")
        self.complain("bad_value", line_of(node, key), f"{path}.{key}".lstrip("."), text, found=value)
        return ()

    def flag(self, node: CommentedMap, key: str, path: str) -> bool:
        """Return the yes or no under a key; no when there is none."""
        value = node.get(key, False)
        if not isinstance(value, bool):
            text = Text(f"{key} 应为 true 或 false。", f"{key} is true or false.")
            self.complain("bad_value", line_of(node, key), f"{path}.{key}".lstrip("."), text, found=value)
        return value is True


def is_scalar(value: object) -> bool:
    """Whether a YAML value is one word, number or date."""
    return isinstance(value, str | int | float | bool | dt.date)


def line_of(node: Any, key: object) -> int | None:
    """Return the line (from 1) on which a key or list entry of a YAML node stands, or None."""
    if not hasattr(node, "lc"):
        return None
    place: Callable[[object], tuple[int, int]] = (
        node.lc.key if isinstance(node, CommentedMap) else node.lc.item
    )
    try:
        return place(key)[0] + 1
    except (KeyError, TypeError, AttributeError):
        return None


def nearest(name: str, known: Iterable[str]) -> str | None:
    """Return the known name that looks most like ``name``, or None."""
    found = difflib.get_close_matches(name, list(known), n=1, cutoff=0.6)
    return found[0] if found else None


def nearest_zh(name: str, known: Iterable[str]) -> str:
    """End a Chinese sentence, with the nearest known name if there is one."""
    found = nearest(name, known)
    return "。" if found is None else f"；是否应为“{found}”？"


def nearest_en(name: str, known: Iterable[str]) -> str:
    """End an English sentence, with the nearest known name if there is one."""
    found = nearest(name, known)
    return "." if found is None else f"; did you mean “{found}”?"
