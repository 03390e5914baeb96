"""API keys: a type that never prints, and where keys are looked for.

The order: the caller's argument, the environment, the system keyring (extra `keyring`), the key file.
"""

from __future__ import annotations

import hmac
import json
import logging
import os
import re
import stat
from collections.abc import Sequence
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, NoReturn, cast

from jupyter_tools.errors import ConfigurationError
from jupyter_tools.own_folder import own_folder
from jupyter_tools.whole_files import whole_file

KEYRING_SERVICE = "jupyter_tools"
KEY_FOLDER_VARIABLE = "JUPYTER_TOOLS_KEYS"

_log = logging.getLogger(__name__)
_MASK = "<secret>"


class Secret:
    """A text that does not show: not in a repr, an f-string, a log, an exception, JSON or a pickle.

    It compares by value and is read with `reveal`, where it is sent and nowhere else.
    """

    __slots__ = ("_read",)

    def __init__(self, value: str) -> None:
        # in a closure, so that tools that print a traceback's local objects by their attributes do not find it
        self._read = lambda: value

    def reveal(self) -> str:
        """The text itself."""
        return self._read()

    def __bool__(self) -> bool:
        return bool(self._read())

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Secret) and hmac.compare_digest(self.reveal().encode(), other.reveal().encode())

    def __hash__(self) -> int:
        return hash(self.reveal())

    def __repr__(self) -> str:
        return _MASK

    def __format__(self, spec: str) -> str:
        return format(_MASK, spec)

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        raise TypeError("a Secret cannot be pickled or copied: it would leave this process")


def find_key(provider: str, variables: Sequence[str] = (), explicit: str | Secret | None = None) -> Secret | None:
    """The API key of `provider`, or None.

    Args:
        provider: The provider's name, as in the keyring and in the key file's name.
        variables: Environment variables that may hold it, the first one that does wins.
        explicit: A key the caller gave. It wins over all others.
    """
    if explicit:
        return explicit if isinstance(explicit, Secret) else Secret(explicit.strip())
    for variable in variables:
        if value := os.environ.get(variable, "").strip():
            return Secret(value)
    path = _file_at_home(provider)
    return _from_keyring(provider) or (None if path is None else read_key_file(path))


def _from_keyring(provider: str) -> Secret | None:
    try:
        keyring: Any = import_module("keyring")
    except ImportError:  # an extra
        return None
    try:
        value = keyring.get_password(KEYRING_SERVICE, provider)
    except keyring.errors.KeyringError as error:
        _log.info("The system keyring cannot be read: %s", type(error).__name__)
        return None
    return Secret(value) if value else None


def _file_at_home(provider: str) -> Path | None:
    """The key file; None for who has no home, and so keeps nothing there."""
    try:
        return key_file(provider)
    except ConfigurationError:
        return None


def key_file(provider: str) -> Path:
    """Where the key file of `provider` is, whether it exists or not."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "_", provider).strip(".")
    return _key_folder() / f"api_key_{name or 'provider'}.json"


def _key_folder() -> Path:
    return own_folder(KEY_FOLDER_VARIABLE, lambda: "~/.config/jupyter_tools")


def read_key_file(path: Path) -> Secret | None:
    """The key in a key file, or None. What is wrong with the file is logged; its content never is."""
    try:
        if not path.exists():
            return None
        data: object = json.loads(path.read_text(encoding="utf-8"))
        _warn_if_readable_by_others(path)
    except (OSError, ValueError) as error:
        _log.error("The key file %s cannot be read: %s", path, type(error).__name__)
        return None
    key = cast("dict[str, Any]", data).get("api_key") if isinstance(data, dict) else None
    if not isinstance(key, str) or not key.strip():
        _log.error('The key file %s does not hold {"api_key": "..."}.', path)
        return None
    return Secret(key.strip())


def _warn_if_readable_by_others(path: Path) -> None:
    if os.name == "posix" and path.stat().st_mode & (stat.S_IRWXG | stat.S_IRWXO):
        _log.warning("The key file %s can be read by other users of this machine. Run:  chmod 600 %s", path, path)


def write_key_file(path: Path, key: Secret) -> None:
    """Keep a key in a file that only its owner can read."""
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with whole_file(path) as draft:
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            json.dump({"api_key": key.reveal()}, file)


def key_place(provider: str) -> str:
    """Where `store_key` will keep the provider's key, in words for the person who is about to type it."""
    return "the system keyring" if _working_keyring() is not None else f"{key_file(provider)}, which only you can read"


def store_key(provider: str, key: Secret) -> None:
    """Keep a key for later sessions: in the system keyring if there is one, otherwise in the key file.

    Raises:
        ConfigurationError: If it cannot be kept there.
    """
    keyring = _working_keyring()
    if keyring is None:
        _into_file(provider, key)
    else:
        _into_keyring(keyring, provider, key)
    _stored.append(provider)


def _into_file(provider: str, key: Secret) -> None:
    path = key_file(provider)
    try:
        write_key_file(path, key)
    except OSError as error:
        problem = f"The key file {path} cannot be written: {error.strerror or type(error).__name__}."
        remedy = f"Set {KEY_FOLDER_VARIABLE} to a folder of yours, or {variable_of(provider)} to the key."
        raise ConfigurationError(f"{problem} {remedy}") from None  # what was tried shows the key among its variables


def _into_keyring(keyring: Any, provider: str, key: Secret) -> None:
    try:
        keyring.set_password(KEYRING_SERVICE, provider, key.reveal())
    except keyring.errors.KeyringError as error:
        problem = f"The system keyring did not take the key: {type(error).__name__}."
        remedy = f"Unlock it, or set {variable_of(provider)}."
        raise ConfigurationError(f"{problem} {remedy}") from None


def keys_stored() -> int:
    """How many keys this process has stored: whoever remembers one looks again when it changes."""
    return len(_stored)


_stored: list[str] = []


def _working_keyring() -> Any:
    try:
        keyring: Any = import_module("keyring")
    except ImportError:  # an extra
        return None
    return keyring if keyring.get_keyring().priority > 0 else None  # without a desktop it is there and cannot store


class AuthManager:
    """Keys in files, by provider: the older door to this module."""

    @staticmethod
    def get_api_key_file(provider: Any) -> Path:
        """Where the key file of a provider, class or instance, is: named after its `parent` if it has one."""
        return key_file(_name_of(provider))

    @staticmethod
    def load_api_key(provider: Any) -> str | None:
        """The provider's key; None if it needs none, or there is none that can be read.

        It is looked for in the environment (`OpenaiAPI` has its key in OPENAI_API_KEY), the keyring and the key file.
        """
        if not getattr(provider, "needs_auth", False):
            return None
        name = _name_of(provider)
        key = find_key(name, [variable_of(name)])
        if key is None:
            kept = _file_at_home(name) or "a key file"
            _log.info("No API key for %s: neither %s nor %s holds one.", name, variable_of(name), kept)
            return None
        return key.reveal()


@cache
def variable_of(provider: str) -> str:
    """The environment variable that holds a provider's key by custom, such as GROQ_API_KEY."""
    stem = re.sub(r"(?i)(?<=.)(?:api|account)$", "", provider)
    return f"{re.sub(r'[^A-Za-z0-9]+', '_', stem).strip('_').upper()}_API_KEY"


def _name_of(provider: Any) -> str:
    parent = getattr(provider, "parent", None)
    named = provider if isinstance(provider, type) else type(provider)
    return parent if isinstance(parent, str) and parent else named.__name__
