"""Let a test's application cost a tenth: compile once what is alike in all of them.

Each test has an application of its own, and Flask and Jinja compile the addresses and
the templates of each anew, though a process serves with one for days. Here the code is
kept by all that it is made from; nothing else is shared.
"""

from collections.abc import Callable, Hashable
from types import CodeType

from flask import Flask
from jinja2.bccache import Bucket, BytecodeCache
from werkzeug.routing import Rule

Built = Callable[..., tuple[str, str]]

_addresses: dict[Hashable, Built] = {}


class AddressRule(Rule):
    """A rule whose makers of addresses are compiled once for all rules like it."""

    def _compile_builder(self, append_unknown: bool = True) -> Built:  # noqa: FBT001, FBT002 - as the base declares it
        if self.defaults:
            return super()._compile_builder(append_unknown)
        key = (self.rule, tuple(self._trace), append_unknown)
        if key not in _addresses:
            _addresses[key] = super()._compile_builder(append_unknown)
        return _addresses[key]


class Templates(BytecodeCache):
    """The code of templates, by their text and by how they are read."""

    def __init__(self) -> None:
        """Begin with none."""
        self._codes: dict[Hashable, CodeType] = {}

    def load_bytecode(self, bucket: Bucket) -> None:
        """Hand out the code of the very same text."""
        bucket.code = self._codes.get(_key(bucket))

    def dump_bytecode(self, bucket: Bucket) -> None:
        """Keep what was compiled."""
        if bucket.code is not None:
            self._codes[_key(bucket)] = bucket.code


def _key(bucket: Bucket) -> Hashable:
    read = bucket.environment
    how = (read.trim_blocks, read.lstrip_blocks, *sorted(read.extensions))
    return bucket.key, bucket.checksum, how


def share_compiled() -> None:
    """Let every application of this process use what another has compiled."""
    Flask.url_rule_class = AddressRule
    Flask.jinja_options = {**Flask.jinja_options, "bytecode_cache": Templates()}
