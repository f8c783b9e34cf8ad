"""From an annotation to the type that it means.

The rules are Dagster's: a bool passes for an int, an int does not pass for a float,
None passes for optional types only, the elements of `list[int]` are each looked at.
Beyond Dagster, which refuses them: unions, `Literal`, `Annotated`, `Callable`,
`type[X]`, abstract containers and schemas of pandera.
"""

from __future__ import annotations

import types
import typing
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, TypeVar, overload
from weakref import WeakKeyDictionary

from opnb.definitions.container_types import (
    Each,
    EachItem,
    OneOf,
    Parts,
    Predicate,
    type_of,
)
from opnb.definitions.pandera_type import type_of_pandera
from opnb.definitions.python_object import PythonObjectOpType
from opnb.definitions.type_check import (
    ANY,
    NOTHING,
    Nothing,
    OpType,
    OpTypeKind,
    TypeCheck,
)
from opnb.definitions.type_loader import OpTypeLoader
from opnb.model.checks import shorten, verify_type
from opnb.model.errors import InvalidDefinitionError
from opnb.model.events import DynamicOutput, Output

C = TypeVar("C", bound=type)


def _scalar(python_type: type, name: str) -> OpType:
    return PythonObjectOpType(
        python_type, name, name, is_builtin=True, kind=OpTypeKind.SCALAR
    )


_LIST = type_of(Each(list, ANY), "[Any]", list, OpTypeKind.LIST)

_BUILTIN: dict[Any, OpType] = {
    Any: ANY,
    None: NOTHING,
    type(None): NOTHING,
    Nothing: NOTHING,
    int: _scalar(int, "Int"),
    float: _scalar(float, "Float"),
    str: _scalar(str, "String"),
    bool: _scalar(bool, "Bool"),
    list: _LIST,
    dict: PythonObjectOpType(dict),
    tuple: PythonObjectOpType(tuple),
    set: PythonObjectOpType(set),
    typing.Callable: type_of(Predicate(callable), "Callable", typing.Callable),
}

# What `make_python_type_usable_as_dagster_type` was told, by class.
_registered: WeakKeyDictionary[type, OpType] = WeakKeyDictionary()

_LISTS = (list, Sequence)
_MAPPINGS = (dict, Mapping)
_SETS = (set, frozenset, AbstractSet)


def infer_type(annotation: Any) -> OpType:
    """Return the type that an annotation means.

    Raises:
        InvalidDefinitionError: No check can be made of it.
    """
    annotation = _stripped(annotation)
    if isinstance(annotation, OpType):
        return annotation
    try:
        builtin = _BUILTIN.get(annotation)
    except TypeError:  # unhashable, such as a schema
        builtin = None
    found = builtin or type_of_pandera(annotation)
    if found is not None:
        return found
    origin = typing.get_origin(annotation)
    if origin is not None:
        return _generic(annotation, origin, typing.get_args(annotation))
    if isinstance(annotation, type):
        return _of_class(annotation)
    return _of_name(annotation)


def _of_name(annotation: Any) -> OpType:
    if isinstance(annotation, typing.NewType):
        return infer_type(annotation.__supertype__)
    if isinstance(annotation, typing.TypeVar):
        return ANY
    raise _refusal(annotation)


def _of_class(annotation: type) -> OpType:
    registered = _registered.get(annotation)
    if registered is not None:
        return registered
    if annotation is DynamicOutput:
        raise _refusal(annotation)
    if typing.is_typeddict(annotation):
        return PythonObjectOpType(dict, name=annotation.__name__)
    try:
        isinstance(None, annotation)
    except TypeError as error:  # a Protocol that is for type checkers only
        raise _refusal(annotation) from error
    key = f"{annotation.__module__}.{annotation.__qualname__}"
    return PythonObjectOpType(annotation, key)


def _refusal(annotation: Any) -> InvalidDefinitionError:
    return InvalidDefinitionError(
        f"{shorten(annotation)} is no type that can be checked.",
        hint="Use a class, a type of typing, or an OpType.",
    )


def _stripped(annotation: Any) -> Any:
    """Peel off `Output[...]` and `Annotated[...]`: they say nothing of the value."""
    origin = typing.get_origin(annotation)
    while origin in (Output, typing.Annotated):
        annotation = typing.get_args(annotation)[0]
        origin = typing.get_origin(annotation)
    return Any if annotation is Output else annotation


def _generic(annotation: Any, origin: Any, args: tuple[Any, ...]) -> OpType:
    if origin in (typing.Union, types.UnionType):
        return _union(annotation, args)
    if origin is typing.Literal:
        return _literal(annotation, args)
    if not hasattr(annotation, "__args__"):  # `typing.List` without what is in it
        return infer_type(origin)
    if origin is tuple:
        return _tuple(annotation, args)
    return _container(annotation, origin, args)


def _container(annotation: Any, origin: Any, args: tuple[Any, ...]) -> OpType:
    if origin in _MAPPINGS:
        key, item = infer_type(args[0]), infer_type(args[1])
        name = f"Dict[{key.name},{item.name}]"
        return type_of(EachItem(origin, key, item), name, annotation)
    if origin in _LISTS:
        item = infer_type(args[0])
        check = Each(origin, item)
        return type_of(check, f"[{item.name}]", annotation, OpTypeKind.LIST)
    if origin in _SETS:
        item = infer_type(args[0])
        return type_of(Each(origin, item), f"Set[{item.name}]", annotation)
    if not isinstance(origin, type):
        raise _refusal(origin)
    return _of_class(origin)


def _literal(annotation: Any, args: tuple[Any, ...]) -> OpType:
    # Not `value in args`: arrays compare element by element, and 1 equals True.
    allowed = {(type(arg), arg) for arg in args}
    kinds = tuple(type(arg) for arg in args)
    check = Predicate(
        lambda value: type(value) in kinds and (type(value), value) in allowed
    )
    name = f"Literal[{', '.join(repr(arg) for arg in args)}]"
    return type_of(check, name, annotation)


def _union(annotation: Any, args: tuple[Any, ...]) -> OpType:
    members = tuple(infer_type(arg) for arg in args if arg is not type(None))
    optional = len(members) < len(args)
    name = " | ".join(member.name for member in members)
    if optional:
        name = f"{name}?" if len(members) == 1 else f"{name} | None"
    kind = OpTypeKind.NULLABLE if optional else OpTypeKind.REGULAR
    return type_of(OneOf(members, optional), name, annotation, kind)


def _tuple(annotation: Any, args: tuple[Any, ...]) -> OpType:
    if len(args) == 2 and args[1] is Ellipsis:  # noqa: PLR2004 - tuple[int, ...]
        item = infer_type(args[0])
        return type_of(Each(tuple, item), f"Tuple[{item.name}, ...]", annotation)
    members = tuple(infer_type(arg) for arg in args)
    name = f"Tuple[{','.join(member.name for member in members)}]"
    return type_of(Parts(members), name, annotation)


def make_python_type_usable_as_dagster_type(
    python_type: type, dagster_type: OpType
) -> None:
    """Let annotations with a class mean a type of one's own from now on.

    Dagster refuses to be told twice; here the last word holds, so that a cell may run
    again. Ops that are defined already keep the type that they have.

    Raises:
        InvalidDefinitionError: The class is one of those whose type is given, such as
            `int` (Dagster takes it and goes on without it).
    """
    verify_type(python_type, type, "python_type")
    verify_type(
        dagster_type, OpType, "dagster_type", hint="OpType(check, name='Even')."
    )
    if python_type in _BUILTIN:
        raise InvalidDefinitionError(
            f"The class {python_type.__name__!r} has its own type and keeps it.",
            hint="Give the type itself: Out(my_type), In(my_type).",
        )
    _registered[python_type] = dagster_type


@overload
def usable_as_dagster_type(name: C) -> C: ...


@overload
def usable_as_dagster_type(
    name: str | None = None,
    description: str | None = None,
    loader: OpTypeLoader | None = None,
) -> Callable[[C], C]: ...


def usable_as_dagster_type(
    name: Any = None,
    description: str | None = None,
    loader: OpTypeLoader | None = None,
) -> Any:
    """Give a class's type a name, a description or a loader; a decorator of classes.

    Args:
        name: What the type is called; the name of the class if not given.
        description: What it is, in words.
        loader: Makes values from run config, see `dagster_type_loader`.

    >>> @usable_as_dagster_type(name="Celsius", description="Degrees.")
    ... class Temperature(float): ...
    >>> infer_type(Temperature)
    PythonObjectOpType('Celsius')
    """
    if isinstance(name, type):
        return usable_as_dagster_type()(name)

    def decorate(python_type: C) -> C:
        verify_type(python_type, type, "the decorated object", hint="class Price: ...")
        made = PythonObjectOpType(
            python_type, name=name, description=description, loader=loader
        )
        make_python_type_usable_as_dagster_type(python_type, made)
        return python_type

    return decorate


def check_dagster_type(dagster_type: Any, value: Any) -> TypeCheck:
    """Check a value against a type or annotation, outside of any run: for tests.

    What the check raises comes out as it is. Dagster refuses types of `typing` here.

    >>> check_dagster_type(list[int], [1, "2"]).description
    "Element 1: '2' of type str is not Int."
    """
    kind = ANY if dagster_type is None else infer_type(dagster_type)
    return kind.find(None, value)
