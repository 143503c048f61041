"""Verbs out of option groups: each group becomes its options, before the verb or after it, and one value inside it."""

from __future__ import annotations

import functools
import inspect
from dataclasses import MISSING, dataclass, field, fields, is_dataclass
from typing import TYPE_CHECKING, Any, TypeVar, get_type_hints

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from reconciler.cli.options import Talk
from reconciler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

Group = TypeVar("Group")


@dataclass(slots=True)
class Invocation:
    """One run of the command line.

    Attributes:
        before: The groups as they were given before the verb.
        talk: How to talk, as far as it is known yet; errors are told in this way too.
    """

    before: dict[type, object] = field(default_factory=dict)
    talk: Talk = field(default_factory=Talk)


def composed(function: Callable[..., int]) -> Callable[..., int]:
    """Return `function` for typer: parameters that are groups are replaced by the options of those groups."""
    hints = get_type_hints(function, include_extras=True)
    parameters = inspect.signature(function).parameters
    groups = {name: hints[name] for name in parameters if is_dataclass(hints[name])}

    @functools.wraps(function)
    def call(ctx: typer.Context, **values: Any) -> int:  # noqa: ANN401  # whatever typer parsed, by option
        invocation: Invocation = ctx.obj
        gathered = {name: _gather(group, values, invocation.before.get(group)) for name, group in groups.items()}
        invocation.talk = next((value for value in gathered.values() if isinstance(value, Talk)), invocation.talk)
        _refuse_unused(ctx, invocation.before, set(groups.values()))
        return function(**{name: value for name, value in values.items() if name in parameters}, **gathered)

    own = [_parameter(name, hints[name], parameters[name].default) for name in parameters if name not in groups]
    _set_signature(call, [*own, *(option for group in groups.values() for option in _options(group))])
    return call


def taking(groups: Iterable[type], function: Callable[..., None], *extra: inspect.Parameter) -> Callable[..., None]:
    """Return `function(ctx, **values)` for typer, with the options of `groups` and some of its own."""

    def call(ctx: typer.Context, **values: Any) -> None:  # noqa: ANN401  # whatever typer parsed, by option
        function(ctx, **values)

    _set_signature(call, [*extra, *(option for group in groups for option in _options(group))])
    return call


_KEYWORD = inspect.Parameter.KEYWORD_ONLY


def _parameter(name: str, annotation: object, default: object) -> inspect.Parameter:
    return inspect.Parameter(name, _KEYWORD, annotation=annotation, default=default)


def _options(group: type) -> list[inspect.Parameter]:
    hints = get_type_hints(group, include_extras=True)
    return [_parameter(each.name, hints[each.name], _default(each.default)) for each in fields(group)]


def _default(default: object) -> object:
    return inspect.Parameter.empty if default is MISSING else default


def _set_signature(call: Callable[..., object], own: list[inspect.Parameter]) -> None:
    # typer reads both; the wrapped function's own would show it the groups.
    parameters = [inspect.Parameter("ctx", _KEYWORD, annotation=typer.Context), *own]
    vars(call)["__signature__"] = inspect.Signature(parameters)
    call.__annotations__ = {parameter.name: parameter.annotation for parameter in parameters}
    vars(call).pop("__wrapped__", None)


def gather(group: type[Group], values: Mapping[str, Any]) -> Group:
    """Return a group filled from parsed options."""
    return group(**{field.name: values[field.name] for field in fields(group)})  # type: ignore[arg-type]  # a dataclass


def _gather(group: type[Group], values: Mapping[str, Any], before: object) -> Group:
    given = gather(group, values)
    if before is None:
        return given
    merged = {
        field.name: _merged(getattr(before, field.name), getattr(given, field.name), field.default)
        for field in fields(group)  # type: ignore[arg-type]  # a dataclass
    }
    return group(**merged)


def _merged(before: Any, after: Any, default: object) -> object:  # noqa: ANN401  # parsed options of any type
    """Return one option given before the verb, after it, or both: lists add up, otherwise the later one wins."""
    if isinstance(before, list) and isinstance(after, list):
        return [*before, *after]
    return before if after in (default, None, []) else after


def _refuse_unused(ctx: typer.Context, before: Mapping[type, object], used: set[type]) -> None:
    for group, given in before.items():
        if group not in used and given != group():
            names = [field.name for field in fields(group) if getattr(given, field.name) != field.default]
            option = f"--{names[0].replace('_', '-')}"
            raise UsageError(f"{ctx.info_name} does not use {option}", hint=f"See `{ctx.command_path} --help`.")


class Verb(TyperCommand):
    """A command whose help shows its own options first and the groups below, each under its title."""

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # typer's own types are private
        """Write the options by group."""
        _write_sections(self.get_params(ctx), ctx, formatter)


class Verbs(TyperGroup):
    """A group of commands; shows the shared options by group too."""

    def format_options(self, ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # typer's own types are private
        """Write the commands first: that is what people look for, then the options."""
        self.format_commands(ctx, formatter)
        _write_sections(self.get_params(ctx), ctx, formatter)


def _write_sections(parameters: list[Any], ctx: Any, formatter: Any) -> None:  # noqa: ANN401  # private types again
    sections: dict[str, list[tuple[str, str]]] = {"Arguments": [], "Options": []}
    for parameter in parameters:
        record = parameter.get_help_record(ctx)
        if record is not None:
            sections.setdefault(_title(parameter), []).append(record)
    for title, records in sections.items():
        if records:
            with formatter.section(title):
                formatter.write_dl(records)


def _title(parameter: object) -> str:
    if not isinstance(parameter, TyperOption):
        return "Arguments"
    return parameter.rich_help_panel or "Options"
