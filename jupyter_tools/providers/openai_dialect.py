"""What servers that speak chat completions want otherwise than OpenAI. Each line here is a refusal that people met."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache

from jupyter_tools.digests import digest
from jupyter_tools.json_types import JsonObject, object_at
from jupyter_tools.messages import AssistantMessage, ThinkingContent, ToolCallContent
from jupyter_tools.providers.base import Model
from jupyter_tools.providers.known_servers import owner_of
from jupyter_tools.providers.openai_reasoning import reasoning_field

# Fields that a server knows only by another name.
_NAMES: Mapping[str, Mapping[str, str]] = {
    "openai": {"max_tokens": "max_completion_tokens"},  # its reasoning models
    "mistral": {"max_completion_tokens": "max_tokens", "seed": "random_seed"},
}
_TELLS_USAGE_UNASKED = {"mistral"}  # and refuses to be asked
_MISTRALS = re.compile(r"(?:mis|minis|magis|devs|codes)tral|mixtral|pixtral", re.I)
_OLD_GEMINI = re.compile(r"(?:.*/)?gemini-[12]\b")
_NINE_LETTERS = re.compile(r"[A-Za-z0-9]{9}")
_SIGNED = '{"extra_content"'
# The word by which Google lets calls pass that another model has made.
_UNSIGNED: JsonObject = {"extra_content": {"google": {"thought_signature": "skip_thought_signature_validator"}}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Dialect:
    """How a conversation is written for one server and model.

    Attributes:
        owner: The provider whose server it is; None if it is nobody's that we know.
        reasoning: The field in which a model's reasoning goes back with its calls; None if it does not.
        is_mistral: Its calls have ids of nine letters, and an answer stands between results and what a user says.
        is_signed: Its calls bring a signature that goes back with them.
        must_be_signed: Calls without a signature are refused.
    """

    owner: str | None
    reasoning: str | None
    is_mistral: bool
    is_signed: bool
    must_be_signed: bool

    @property
    def key(self) -> str:
        """Tells apart what is written differently."""
        return f"{self.reasoning} {self.is_mistral:d}{self.is_signed:d}{self.must_be_signed:d}"

    def usage_request(self) -> JsonObject | None:
        """What asks the server for the tokens of a streamed answer."""
        return None if self.owner in _TELLS_USAGE_UNASKED else {"include_usage": True}

    def named(self, fields: JsonObject) -> JsonObject:
        """The fields of a request as the server calls them. A field that has its name already wins."""
        names = _NAMES.get(self.owner or "", {})
        return {names.get(name, name): value for name, value in fields.items() if names.get(name) not in fields}

    def call_id(self, call_id: str) -> str:
        """A call's id as the server takes it: the conversation may have begun with another one."""
        if not self.is_mistral or _NINE_LETTERS.fullmatch(call_id):
            return call_id
        return digest(call_id)[:9]

    def signatures(self, message: AssistantMessage) -> Iterable[JsonObject]:
        """For each of the message's calls, the fields that sign it; nothing if none is signed."""
        may_be = self.is_signed and any(isinstance(block, ThinkingContent) for block in message.content)
        if not (may_be or self.must_be_signed):  # nearly always
            return
        signature, unsigned = "", _UNSIGNED if self.must_be_signed else {}
        for block in message.content:
            if isinstance(block, ThinkingContent):
                signature = block.signature or ""
            elif isinstance(block, ToolCallContent):
                is_known = self.is_signed and signature.startswith(_SIGNED)
                yield json.loads(signature) if is_known else unsigned
                signature, unsigned = "", {}  # the first signature stands for calls that were made at once


def dialect_of(model: Model, base_url: str) -> Dialect:
    """How `model` is written to at `base_url`."""
    return _dialect(model.name, owner_of(base_url), reasoning_field(model, base_url))


@cache
def _dialect(name: str, owner: str | None, reasoning: str | None) -> Dialect:
    return Dialect(
        owner=owner,
        reasoning=reasoning,
        is_mistral=owner == "mistral" or _MISTRALS.search(name) is not None,
        is_signed=owner in (None, "gemini"),
        must_be_signed=owner == "gemini" and _OLD_GEMINI.match(name) is None,
    )


def signature_of(call: JsonObject) -> str | None:
    """What Gemini signs a call with, as text for the thinking block before it; None if there is nothing."""
    extra = object_at(call, "extra_content")
    if not any("thought_signature" in object_at(extra, name) for name in extra):
        return None
    return json.dumps({"extra_content": extra}, ensure_ascii=False)
