"""What moto has no interface for at all. These are in their stack, and nowhere else: nothing of them can be read back,
and the tests look at the template instead. A type that is neither here nor known fails the deployment."""

from typing import Any

from infra.local.taught.kind import Made, kind

UNKNOWN = {
    "AWS::CloudFront::CachePolicy": "Id",
    "AWS::CloudFront::ResponseHeadersPolicy": "Id",
    "AWS::CloudFront::VpcOrigin": "Id",
    "AWS::ElastiCache::ParameterGroup": "",
    "AWS::Backup::BackupSelection": "SelectionId",
}
"""By type, the attribute that is its name once more."""


def _written_down(type_: str, attribute: str) -> None:
    @kind(type_)
    def make(name: str, properties: dict[str, Any]) -> Made:
        return Made(name, {attribute: name})


for _type, _attribute in UNKNOWN.items():
    _written_down(_type, _attribute)
