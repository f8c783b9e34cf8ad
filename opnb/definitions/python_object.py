"""Types that stand for a class of Python's, or for several."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Union

from opnb.definitions.container_types import InstanceOf
from opnb.definitions.type_check import OpType
from opnb.model.checks import shorten
from opnb.model.errors import ParameterCheckError


@dataclass(frozen=True, slots=True, init=False, eq=False, repr=False)
class PythonObjectOpType(OpType):
    """The type of the instances of a class.

    Args:
        python_type: The class, or a tuple of classes.
        key: See `OpType`.
        name: What it is called; the name of the class if not given.
        kwargs: The other arguments of `OpType`.

    >>> number = PythonObjectOpType((int, float))
    >>> number.name, number.type_check(None, "1").success
    ('Union[int, float]', False)
    """

    python_type: type | tuple[type, ...]
    type_str: str

    def __init__(
        self,
        python_type: type | tuple[type, ...],
        key: str | None = None,
        name: str | None = None,
        **kwargs: Any,
    ) -> None:
        classes = python_type if isinstance(python_type, tuple) else (python_type,)
        if not classes or not all(isinstance(one, type) for one in classes):
            raise ParameterCheckError(
                f"'python_type' must be a class or a tuple of classes, not "
                f"{shorten(python_type)}",
                hint="PythonObjectOpType(int), or OpType with a check of your own.",
            )
        names = ", ".join(one.__name__ for one in classes)
        text = f"Union[{names}]" if isinstance(python_type, tuple) else names
        kwargs.setdefault("typing_type", Union[classes])  # noqa: UP007 - made of a tuple
        object.__setattr__(self, "python_type", python_type)
        object.__setattr__(self, "type_str", text)
        OpType.__init__(self, InstanceOf(python_type), key, name or text, **kwargs)
