"""The one door from the model to its pictures: a base class and a hook.

Values know nothing of HTML. IPython asks a value for `_repr_mimebundle_`; the base
class hands the value to the hook, which `import opnb` installs and which loads the
display floor at the first picture. Without a hook a value shows as its `repr`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

    MimeBundle = tuple[dict[str, str], dict[str, Any]]

_hooks: list[Callable[[Any], MimeBundle]] = []


def install_render_hook(hook: Callable[[Any], MimeBundle]) -> None:
    """Let `hook` draw every displayable value from now on."""
    _hooks[:] = [hook]


class Displayable:
    """A value that shows itself in a notebook."""

    __slots__ = ()

    def _repr_mimebundle_(
        self,
        include: object = None,  # noqa: ARG002 - IPython's signature; it filters itself
        exclude: object = None,  # noqa: ARG002
    ) -> MimeBundle:
        if not _hooks:
            return {"text/plain": repr(self)}, {}
        return _hooks[0](self)
