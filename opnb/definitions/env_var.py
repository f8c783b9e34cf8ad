"""Environment variables as values of config, read when a run starts and not before."""

from __future__ import annotations

import os
from collections.abc import Mapping
from typing import Any, NoReturn, Self

from opnb.model.checks import verify_type
from opnb.model.errors import InvariantViolationError

_FALSE_WORDS = ("", "0", "f", "false")


class UnreadEnvVarError(InvariantViolationError, RuntimeError):
    """An `EnvVar` was used as if it were the text that it stands for."""


class EnvVar(str):
    """Stands for the value of an environment variable, in config and resources.

    >>> EnvVar("HOME_OF_THE_DATA")
    EnvVar('HOME_OF_THE_DATA')
    >>> EnvVar("HOME_OF_THE_DATA").get_value("data")
    'data'
    """

    __slots__ = ()

    def __new__(cls, name: str) -> Self:
        """Name the variable."""
        return super().__new__(cls, verify_type(name, str, "name"))

    @classmethod
    def int(cls, name: str) -> IntEnvVar:
        """Stand for a variable that holds a whole number."""
        return IntEnvVar.named(name)

    @property
    def env_var_name(self) -> str:
        """The name of the variable."""
        return str.__str__(self)

    def get_value(self, default: str | None = None) -> str | None:
        """Return what the variable holds now, or the default if it is not set."""
        return os.environ.get(self.env_var_name, default)

    def __repr__(self) -> str:
        return f"EnvVar({self.env_var_name!r})"

    def __str__(self) -> str:  # noqa: PLE0307 - it raises
        _refuse(self)

    def __format__(self, _: str) -> str:
        _refuse(self)


class IntEnvVar(int):
    """Stands for a whole number in an environment variable; see `EnvVar.int`."""

    name: str

    @classmethod
    def named(cls, name: str) -> IntEnvVar:
        """Name the variable."""
        made = cls(0)
        made.name = verify_type(name, str, "name")
        return made

    @property
    def env_var_name(self) -> str:
        """The name of the variable."""
        return self.name

    def get_value(self, default: int | None = None) -> int | None:
        """Return what the variable holds now, or the default if it is not set."""
        text = os.environ.get(self.name)
        return default if text is None else int(text)

    def __repr__(self) -> str:
        return f"EnvVar.int({self.name!r})"

    def __str__(self) -> str:  # noqa: PLE0307 - it raises
        _refuse(self)

    def __format__(self, _: str) -> str:
        _refuse(self)


def _refuse(variable: EnvVar | IntEnvVar) -> NoReturn:
    raise UnreadEnvVarError(
        f"{variable!r} has no value before the run: it was used as text.",
        hint=f"Ask for it now: {variable!r}.get_value(), or os.environ.",
    )


ENV_VARS = (EnvVar, IntEnvVar)


def holds_env_var(value: Any) -> bool:
    """Tell whether there is an `EnvVar` in a value, or in what it is made of."""
    if isinstance(value, ENV_VARS):
        return True
    if isinstance(value, Mapping):
        return any(holds_env_var(item) for item in value.values())
    if isinstance(value, list | tuple | set | frozenset):
        return any(holds_env_var(item) for item in value)
    fields = getattr(value, "__dict__", None)
    is_config = hasattr(type(value), "model_fields") and isinstance(fields, dict)
    return is_config and holds_env_var(fields)


def read_env(name: str, kind: type) -> Any:
    """Return what a variable holds, as `kind`: str, int, float or bool.

    Raises:
        LookupError: It is not set.
        ValueError: What it holds is no such value.
    """
    if name not in os.environ:
        raise LookupError(f"the environment variable {name!r} is not set")
    text = os.environ[name]
    if kind is bool:
        return text.strip().lower() not in _FALSE_WORDS
    try:
        return kind(text)
    except ValueError:
        raise ValueError(
            f"the environment variable {name!r} does not hold a value of type "
            f"{kind.__name__}"
        ) from None
