"""Types of resources that moto's CloudFormation passes over in silence, taught to it.

moto asks ``CloudFormationModel.__subclasses__()`` for what it can make. Each subclass declared here calls the interface
that AWS has for the same thing, on the same server: so what was deployed can be read back as on AWS.
"""

import functools
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import boto3
from botocore import xform_name
from botocore.exceptions import ClientError
from moto.core.common_models import CloudFormationModel

from infra.local.taught.shapes import shaped

KEYS = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
"""The stand-in asks for keys and looks at none."""

_one_at_a_time = threading.Lock()

_SECRET = re.compile(r"{{resolve:secretsmanager:(arn:[^}]+?):SecretString:([^:}]*):[^}]*}}")


@functools.cache
def client_of(url: str, region: str, service: str) -> Any:
    """A client of the stand-in at ``url``. Kept, because to make one takes longer than most of what it does."""
    return boto3.client(service, endpoint_url=url, region_name=region, **KEYS)


class Server:
    """Where the stand-in listens. Set once, before the first stack comes."""

    url = ""
    account = ""
    region = ""

    @classmethod
    def client(cls, service: str) -> Any:
        """A client of the same server."""
        # Stacks come several at once, and boto3's sessions aren't made for that; its clients are.
        with _one_at_a_time:
            return client_of(cls.url, cls.region, service)


def call(service: str, operation: str, wanted: dict[str, Any]) -> dict[str, Any]:
    """Call ``CreateThing`` with the properties of a template. Raises ClientError and UnknownPropertyError."""
    client = Server.client(service)
    shape = client.meta.service_model.operation_model(operation).input_shape
    answer: dict[str, Any] = getattr(client, xform_name(operation))(**shaped(resolved(wanted), shape))
    return answer


def resolved(value: Any) -> Any:
    """``value`` with every ``{{resolve:secretsmanager:…}}`` replaced by the secret, as CloudFormation does."""
    match value:
        case dict():
            return {key: resolved(one) for key, one in value.items()}
        case list():
            return [resolved(one) for one in value]
        case str():
            return _SECRET.sub(_read_secret, value)
        case _:
            return value


def _read_secret(found: re.Match[str]) -> str:
    text: str = Server.client("secretsmanager").get_secret_value(SecretId=found[1])["SecretString"]
    if not found[2]:
        return text
    inner = re.search(rf'"{found[2]}":\s*"([^"]*)"', text)
    return inner[1] if inner else ""


@dataclass
class Made:
    """What came of a resource: its physical name, which ``Ref`` gives, and attributes, which ``Fn::GetAtt`` gives."""

    ref: str
    attributes: dict[str, Any] = field(default_factory=dict)
    end: Callable[[], object] = lambda: None


Maker = Callable[[str, dict[str, Any]], Made]
"""From the name that CloudFormation would give and the template's properties to what was made."""


TAUGHT: dict[str, type[CloudFormationModel]] = {}
"""By type. Python itself remembers subclasses only as long as somebody holds them."""


def kind(type_: str) -> Callable[[Maker], Maker]:
    """Teach moto the type ``AWS::Service::Thing``; what is decorated makes one."""

    def declare(make: Maker) -> Maker:
        class Kind(CloudFormationModel):
            def __init__(self, name: str, properties: dict[str, Any]) -> None:
                self.given_name = name
                self._made = make(name, properties)
                self.physical_resource_id = self._made.ref

            @staticmethod
            def cloudformation_name_type() -> str:
                return ""

            @staticmethod
            def cloudformation_type() -> str:
                return type_

            @classmethod
            def has_cfn_attr(cls, attr: str) -> bool:
                return True

            @classmethod
            def create_from_cloudformation_json(
                cls, resource_name: str, cloudformation_json: dict[str, Any], *_: Any, **__: Any
            ) -> "Kind":
                return cls(resource_name, cloudformation_json.get("Properties", {}))

            @classmethod
            def update_from_cloudformation_json(
                cls,
                original_resource: "Kind",
                new_resource_name: str,
                cloudformation_json: dict[str, Any],
                *_: Any,
                **__: Any,
            ) -> "Kind":
                # As if each change were a replacement. Which ones are, on AWS, the tests ask the templates.
                original_resource.delete("", "")
                return cls(original_resource.given_name, cloudformation_json.get("Properties", {}))

            @classmethod
            def delete_from_cloudformation_json(cls, *_: Any) -> None:
                """Never asked for: every one of these knows how it ends."""

            def delete(self, _account: str, _region: str) -> None:
                try:
                    self._made.end()
                except ClientError as error:
                    # What hung on something else may have gone with it.
                    code = error.response["Error"]["Code"]
                    if not ("NotFound" in code or code.startswith("NoSuch")):
                        raise

            def get_cfn_attribute(self, attribute: str) -> Any:
                return self._made.attributes[attribute]

            def is_created(self) -> bool:
                return True

        Kind.__name__ = Kind.__qualname__ = type_.replace("::", "")
        TAUGHT[type_] = Kind
        return make

    return declare


def without(properties: dict[str, Any], *names: str) -> dict[str, Any]:
    """The properties but these."""
    return {name: value for name, value in properties.items() if name not in names}
