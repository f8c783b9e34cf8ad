"""Resources as classes, whose fields are their config or other resources."""

from __future__ import annotations

import contextlib
import typing
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, ClassVar, Final, Generic, Self, TypeVar

from pydantic import BaseModel, GetCoreSchemaHandler, PrivateAttr
from pydantic_core import CoreSchema, core_schema

from opnb.definitions.config import Config
from opnb.definitions.config_nodes import unfold
from opnb.definitions.config_problem import ConfigDoesNotFit, Problem
from opnb.definitions.config_schema import ConfigSchema, schema_of
from opnb.definitions.in_out import NOT_GIVEN
from opnb.definitions.init_context import (
    InitResourceContext,
    build_init_resource_context,
)
from opnb.definitions.resource import ResourceDefinition
from opnb.definitions.resource_defs import ResourceDefs
from opnb.definitions.resource_making import opened
from opnb.model.checks import shorten
from opnb.model.errors import (
    InvalidConfigError,
    InvalidDefinitionError,
    InvariantViolationError,
    did_you_mean,
)

T = TypeVar("T")
R = TypeVar("R")


class _ResourceMark:
    """Tells the annotation of a resource from that of an input or of config."""

    __opnb_resource__: Final = True

    def __get_pydantic_core_schema__(
        self, _: Any, __: GetCoreSchemaHandler
    ) -> CoreSchema:
        """Take anything: what the resource is, is known when it is made."""
        return core_schema.any_schema()


# A parameter of an op that is the resource of its name: `db: ResourceParam[Engine]`.
ResourceParam = Annotated[T, _ResourceMark()]
# A field of a resource that is another one, whatever makes it.
ResourceDependency = Annotated[T, _ResourceMark()]

_AT_LAUNCH: Final = "__opnb_at_launch__"


class ConfigurableResourceFactory(Config, Generic[R]):
    """Base of resources that make an object of another class: see `create_resource`.

    Its fields are its config, in which an `EnvVar` is read when the run starts, or
    other resources. A run gets one of its own; this one keeps what it was made with.
    """

    __opnb_resource__: ClassVar[bool] = True

    _context: InitResourceContext | None = PrivateAttr(default=None)

    def create_resource(self, context: InitResourceContext) -> R:
        """Return what `context.resources` shall hold."""
        raise NotImplementedError(f"{type(self).__name__}.create_resource")

    def setup_for_execution(self, context: InitResourceContext) -> None:
        """Get ready for a run; to be overridden."""

    def teardown_after_execution(self, context: InitResourceContext) -> None:
        """Put away what `setup_for_execution` made; to be overridden."""

    @contextlib.contextmanager
    def yield_for_execution(self, context: InitResourceContext) -> Iterator[R]:
        """Yield the resource for the time of a run; to be overridden."""
        self.setup_for_execution(context)
        try:
            yield self.create_resource(context)
        finally:
            self.teardown_after_execution(context)

    @classmethod
    def configure_at_launch(cls, **kwargs: Any) -> Self:
        """Return a resource whose config comes with the run config, but for kwargs.

        Raises:
            InvalidDefinitionError: There is no such field.
        """
        for name in kwargs:
            if name not in cls.model_fields:
                raise InvalidDefinitionError(
                    f"{cls.__name__} has no field {name!r}.",
                    hint=did_you_mean(name, cls.model_fields),
                )
        # Not checked before the run, as fields may be missing.
        made = cls.__new__(cls)
        held = {**kwargs, _AT_LAUNCH: True}
        object.__setattr__(made, "__dict__", held)
        object.__setattr__(made, "__pydantic_fields_set__", set(kwargs))
        object.__setattr__(made, "__pydantic_extra__", None)
        object.__setattr__(made, "__pydantic_private__", None)
        return made

    @property
    def nested_resources(self) -> Mapping[str, Any]:
        """The fields that are resources themselves."""
        return {
            name: getattr(self, name)
            for name in _resource_fields(type(self))
            if name in vars(self)
        }

    def get_resource_definition(self) -> ResourceDefinition:
        """Return how it is made."""
        return self.resource_definition_for({})

    def resource_definition_for(self, keys: Mapping[int, str]) -> ResourceDefinition:
        """Return how it is made among others.

        Args:
            keys: The key of each other resource, by its identity; one that is
                configured at launch is there, and stands for itself in fields.

        Raises:
            InvalidDefinitionError: A field holds one that is not there.
        """
        needed = _launched_within(self, keys)
        return ResourceDefinition(
            lambda context: _open(context, keys),
            _FieldsSchema(self),
            self.__doc__,
            frozenset(needed),
        )

    def get_resource_context(self) -> InitResourceContext:
        """Return the context that it was made with.

        Raises:
            InvariantViolationError: It has not been made for a run.
        """
        context = self._context if self.__pydantic_private__ else None
        if context is None:
            raise InvariantViolationError(
                f"{type(self).__name__} is in no run, and has no context.",
                hint="It has one from setup_for_execution on.",
            )
        return context

    @contextlib.contextmanager
    def process_config_and_initialize_cm(self) -> Iterator[R]:
        """Make it outside of any run, for a `with` block."""
        with _made_of(self, build_init_resource_context()) as made:
            yield made

    def process_config_and_initialize(self) -> R:
        """Make it outside of any run, if nothing has to be put away.

        Raises:
            InvariantViolationError: Something has to be put away.
        """
        _verify_no_teardown(self)
        with self.process_config_and_initialize_cm() as made:
            return made

    @classmethod
    @contextlib.contextmanager
    def from_resource_context_cm(cls, context: InitResourceContext) -> Iterator[Any]:
        """Make one of a context's config, for a `with` block."""
        made_of = cls.configure_at_launch(**(context.resource_config or {}))
        with _made_of(made_of, context) as made:
            yield made

    @classmethod
    def from_resource_context(cls, context: InitResourceContext) -> Any:
        """Make one of a context's config, if nothing has to be put away.

        Raises:
            InvariantViolationError: Something has to be put away.
        """
        made_of = cls.configure_at_launch(**(context.resource_config or {}))
        _verify_no_teardown(made_of)
        with _made_of(made_of, context) as made:
            return made


class ConfigurableResource(ConfigurableResourceFactory[Any]):
    """Base of resources whose fields are their config.

    >>> class Greeter(ConfigurableResource):
    ...     word: str = "hello"
    ...     def greet(self, name):
    ...         return f"{self.word}, {name}"
    >>> Greeter(word="good day").greet("Ada")
    'good day, Ada'
    """

    def create_resource(self, context: InitResourceContext) -> Any:  # noqa: ARG002
        """Return itself: `context.resources` holds what has the fields."""
        return self


class _FieldsSchema:
    """What the config of a resource is fitted to: its fields, less those it has.

    Args:
        resource: Holds the fields that are given already.
    """

    is_required = False

    def __init__(self, resource: ConfigurableResourceFactory[Any]) -> None:
        self._resource = resource
        schema = schema_of(type(resource))
        assert isinstance(schema, ConfigSchema)  # noqa: S101 - a class has one of these
        self._schema = schema
        self._nested = _resource_fields(type(resource))

    def fit(self, given: Any = NOT_GIVEN) -> Any:
        """Return the resource with all fields filled and every `EnvVar` read.

        Raises:
            ConfigDoesNotFit: With every problem in it.
        """
        given = {} if given is NOT_GIVEN else given
        if not isinstance(given, Mapping):
            raise ConfigDoesNotFit(
                [Problem((), f"must be a dict, not {shorten(given)}")]
            )
        problems = [
            Problem((name,), "it is a resource of its own, not config")
            for name in sorted(self._nested & set(given))
        ]
        held = _given_fields(self._resource)
        values = {
            **{key: unfold(value) for key, value in held.items()},
            **unfold(given),
        }
        for name, nested in self._resource.nested_resources.items():
            values[_alias(self._resource, name)] = nested
            problems += _fit_nested(values, _alias(self._resource, name), nested)
        if problems:
            raise ConfigDoesNotFit(problems)
        return self._schema.check(values)

    def text(self) -> str:
        """Return what it takes, in a line."""
        return self._schema.text()

    def example(self) -> Any:
        """Return the least that fits."""
        there = self._nested | set(_given_fields(self._resource))
        return {
            name: value
            for name, value in self._schema.example().items()
            if name not in there
        }


def _alias(resource: BaseModel, name: str) -> str:
    return type(resource).model_fields[name].alias or name


def _given_fields(resource: ConfigurableResourceFactory[Any]) -> dict[str, Any]:
    """Return the config that a resource was made with, by the names of run config."""
    nested = resource.nested_resources
    return {
        _alias(resource, name): vars(resource)[name]
        for name in sorted(resource.model_fields_set)
        if name in vars(resource) and name not in nested
    }


def _fit_nested(values: dict[str, Any], name: str, nested: Any) -> list[Problem]:
    """Put a nested resource, its config fitted, into the values of the outer one."""
    if not isinstance(nested, ConfigurableResourceFactory) or _is_launched(nested):
        return []
    try:
        values[name] = _FieldsSchema(nested).fit()
    except ConfigDoesNotFit as error:
        return [problem.under(name) for problem in error.problems]
    return []


def _resource_fields(kind: type[BaseModel]) -> set[str]:
    return {
        name
        for name, field in kind.model_fields.items()
        if any(
            getattr(part, "__opnb_resource__", False) is True
            for part in (
                field.annotation,
                *typing.get_args(field.annotation),
                *field.metadata,
            )
        )
    }


def _is_launched(resource: Any) -> bool:
    return _AT_LAUNCH in getattr(resource, "__dict__", ())


def _launched_within(
    resource: ConfigurableResourceFactory[Any], keys: Mapping[int, str]
) -> list[str]:
    found: list[str] = []
    for name, nested in resource.nested_resources.items():
        if _is_launched(nested):
            if id(nested) not in keys:
                raise InvalidDefinitionError(
                    f"The field {name!r} of {type(resource).__name__} is configured at "
                    "launch, and is no resource of the job by itself.",
                    hint="Give the same object to the job's resources under a key.",
                )
            found.append(keys[id(nested)])
        elif isinstance(nested, ConfigurableResourceFactory):
            found += _launched_within(nested, keys)
    return found


def _open(context: InitResourceContext, keys: Mapping[int, str]) -> Iterator[Any]:
    """Make a resource of its fitted fields: what it is made of first."""
    resource: ConfigurableResourceFactory[Any] = context.resource_config
    with contextlib.ExitStack() as stack:
        made = {}
        for name, nested in resource.nested_resources.items():
            if _is_launched(nested):
                made[name] = getattr(context.resources, keys[id(nested)])
            else:
                block = _nested_block(nested, name, context, keys)
                made[name] = stack.enter_context(block)
        ready = resource.model_copy(update=made) if made else resource
        inner = context.replace_config(_given_fields(resource))
        ready._context = inner  # noqa: SLF001 - a private attribute of this family
        yield stack.enter_context(ready.yield_for_execution(inner))


def _nested_block(
    nested: Any, name: str, context: InitResourceContext, keys: Mapping[int, str]
) -> contextlib.AbstractContextManager[Any]:
    if isinstance(nested, ConfigurableResourceFactory):
        definition = ResourceDefinition(lambda inner: _open(inner, keys))
        return opened(definition, name, context.replace_config(nested))
    if isinstance(nested, ResourceDefinition):
        schema = nested.schema
        config = None if schema is None else schema.fit()
        return opened(nested, name, context.replace_config(config))
    return contextlib.nullcontext(nested)


@contextlib.contextmanager
def _made_of(
    resource: ConfigurableResourceFactory[Any], context: InitResourceContext
) -> Iterator[Any]:
    name = type(resource).__name__
    definition = ResourceDefs({name: resource})[name]
    try:
        fitted = definition.schema.fit()
    except ConfigDoesNotFit as error:
        raise InvalidConfigError(
            f"The config of {name} does not fit: {error}.",
            hint=f"It takes {definition.schema.text()}.",
        ) from None
    with opened(definition, name, context.replace_config(fitted)) as made:
        yield made


def _verify_no_teardown(resource: ConfigurableResourceFactory[Any]) -> None:
    base = ConfigurableResourceFactory
    for name in ("yield_for_execution", "teardown_after_execution"):
        if getattr(type(resource), name) is not getattr(base, name):
            raise InvariantViolationError(
                f"{type(resource).__name__} has a {name}, which nothing would call.",
                hint="with resource.process_config_and_initialize_cm() as made: ...",
            )
