"""A small evaluator of IAM policies: who may do what to which thing. Enough for what our templates say.

It knows Allow and Deny, wildcards in actions and resources, and no conditions: a statement with one counts as if the
condition held, so that "may not" is never said too soon.
"""

from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tests.infra.templates import Templates


@dataclass(frozen=True)
class Statement:
    """One statement with its values as strings."""

    effect: str
    actions: tuple[str, ...]
    resources: tuple[str, ...]


def _many(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]


def statements_of(templates: Templates, role: str) -> list[Statement]:
    """What the policies attached to the role with this logical id say."""
    return [
        Statement(
            one["Effect"],
            tuple(_many(one["Action"])),
            tuple(templates.said(resource) for resource in _many(one["Resource"])),
        )
        for policy in templates.every("IAM::Policy")
        if role in [templates.said(name) for name in policy.properties["Roles"]]
        for one in policy.at("PolicyDocument.Statement")
    ]


def may(statements: list[Statement], action: str, resource: str) -> bool:
    """Whether the action on the resource is allowed by one statement and refused by none."""

    def fits(one: Statement) -> bool:
        return any(fnmatchcase(action.lower(), pattern.lower()) for pattern in one.actions) and any(
            fnmatchcase(resource, pattern) for pattern in one.resources
        )

    fitting = {one.effect for one in statements if fits(one)}
    return fitting == {"Allow"}
