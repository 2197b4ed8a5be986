"""What a browser meets first: names' certificates, CloudFront and its firewall."""

from typing import Any
from uuid import uuid4

from infra.local.taught.kind import Made, Server, call, kind, without


@kind("AWS::CertificateManager::Certificate")
def certificate(name: str, properties: dict[str, Any]) -> Made:
    """Asked for and given: the stand-in doesn't wait for the name's record, and so gets none to write."""
    wanted = without(properties, "DomainValidationOptions")
    arn = call("acm", "RequestCertificate", wanted)["CertificateArn"]
    return Made(arn, {}, lambda: Server.client("acm").delete_certificate(CertificateArn=arn))


@kind("AWS::CloudFront::OriginAccessControl")
def access_control(name: str, properties: dict[str, Any]) -> Made:
    """How CloudFront signs what it asks a bucket for."""
    made = call("cloudfront", "CreateOriginAccessControl", properties)
    id_ = made["OriginAccessControl"]["Id"]
    return Made(id_, {"Id": id_}, lambda: Server.client("cloudfront").delete_origin_access_control(Id=id_))


@kind("AWS::CloudFront::Function")
def function(name: str, properties: dict[str, Any]) -> Made:
    """A function at the edge. The stand-in has no stages: what is made is published."""
    client = Server.client("cloudfront")
    made = call("cloudfront", "CreateFunction", without(properties, "AutoPublish"))
    arn, called = made["FunctionSummary"]["FunctionMetadata"]["FunctionARN"], properties["Name"]

    def end() -> None:
        client.delete_function(Name=called, IfMatch=client.describe_function(Name=called)["ETag"])

    return Made(arn, {"FunctionARN": arn, "FunctionMetadata.FunctionARN": arn}, end)


@kind("AWS::CloudFront::Distribution")
def distribution(name: str, properties: dict[str, Any]) -> Made:
    """The distribution. The interface wants said what the template may leave out."""
    client, asked = Server.client("cloudfront"), properties["DistributionConfig"]
    renamed = {"IPV6Enabled": "IsIPV6Enabled"}
    wanted = {
        "Comment": "",
        "CallerReference": str(uuid4()),
        **{renamed.get(key, key): value for key, value in asked.items()},
    }
    for behaviour in ("DefaultCacheBehavior", "CacheBehaviors"):
        if behaviour in wanted:
            wanted[behaviour] = _with_methods(wanted[behaviour])
    wanted["Origins"] = [_with_ports(one) for one in wanted["Origins"]]
    if "Logging" in wanted:
        wanted["Logging"] = {"Enabled": True, "IncludeCookies": False, "Prefix": "", **wanted["Logging"]}
    both = {"DistributionConfig": wanted, "Tags": properties.get("Tags", [])}
    made = call("cloudfront", "CreateDistributionWithTags", {"DistributionConfigWithTags": both})["Distribution"]
    id_ = made["Id"]

    def end() -> None:
        client.delete_distribution(Id=id_, IfMatch=client.get_distribution(Id=id_)["ETag"])

    return Made(id_, {"DomainName": made["DomainName"], "Id": id_}, end)


def _with_ports(origin: dict[str, Any]) -> dict[str, Any]:
    if "CustomOriginConfig" not in origin:
        return origin
    return {**origin, "CustomOriginConfig": {"HTTPPort": 80, "HTTPSPort": 443, **origin["CustomOriginConfig"]}}


def _with_methods(behaviour: Any) -> Any:
    """Allowed and kept methods are two lists in a template, and one inside the other for the interface."""
    if isinstance(behaviour, list):
        return [_with_methods(one) for one in behaviour]
    wanted: dict[str, Any] = without(behaviour, "AllowedMethods", "CachedMethods")
    if allowed := behaviour.get("AllowedMethods"):
        wanted["AllowedMethods"] = {"Quantity": len(allowed), "Items": allowed}
        if kept := behaviour.get("CachedMethods"):
            wanted["AllowedMethods"]["CachedMethods"] = kept
    return wanted


@kind("AWS::WAFv2::WebACL")
def firewall(name: str, properties: dict[str, Any]) -> Made:
    """The firewall in front of the distribution."""
    client, called = Server.client("wafv2"), properties.get("Name", name)
    made = call("wafv2", "CreateWebACL", {**properties, "Name": called})["Summary"]

    def end() -> None:
        client.delete_web_acl(Name=called, Scope=properties["Scope"], Id=made["Id"], LockToken=made["LockToken"])

    return Made(f"{called}|{made['Id']}|{properties['Scope']}", {"Arn": made["ARN"], "Id": made["Id"]}, end)
