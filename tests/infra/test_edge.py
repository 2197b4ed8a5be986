"""What a browser meets: pages, pictures, the API and the socket, each by its own rules."""

from typing import Any

import pytest
from infra.edge import FALLBACK, POLICY

from frontrow.core.page import BuiltPage
from frontrow.core.settings import StripeSettings
from tests.infra.templates import Templates

NOT_KEPT = "4135ea2d-6df8-44a3-9df3-4b5a84be39ad"  # AWS' policy CachingDisabled
ALL_VIEWER = "216adef6-5c7f-47e4-b989-5492eafa07d3"  # AWS' policy AllViewer: headers with the host, cookies, queries
TO_THE_APP = ("/api/*", "/ws/*", "/", "/events/*", "/organisers/*")


def _cdn(templates: Templates) -> dict[str, Any]:
    found: dict[str, Any] = templates.one("CloudFront::Distribution").at("DistributionConfig")
    return found


def _behaviour(templates: Templates, pattern: str) -> dict[str, Any]:
    return next(one for one in _cdn(templates)["CacheBehaviors"] if one["PathPattern"] == pattern)


def _origin(templates: Templates, behaviour: dict[str, Any]) -> dict[str, Any]:
    return next(one for one in _cdn(templates)["Origins"] if one["Id"] == behaviour["TargetOriginId"])


@pytest.mark.parametrize("pattern", TO_THE_APP)
def test_what_the_app_answers_goes_through_whole_and_is_never_kept(templates: Templates, pattern: str) -> None:
    behaviour = _behaviour(templates, pattern)
    assert behaviour["CachePolicyId"] == NOT_KEPT
    assert behaviour["OriginRequestPolicyId"] == ALL_VIEWER
    assert set(behaviour["AllowedMethods"]) == {"GET", "HEAD", "OPTIONS", "PUT", "PATCH", "POST", "DELETE"}
    assert "FunctionAssociations" not in behaviour
    origin = _origin(templates, behaviour)
    assert origin["DomainName"] == "origin.frontrow.example"
    assert origin["CustomOriginConfig"]["OriginProtocolPolicy"] == "https-only"
    assert origin["CustomOriginConfig"]["OriginSSLProtocols"] == ["TLSv1.2"]


def test_the_load_balancer_lets_through_what_the_edge_sends(templates: Templates) -> None:
    (rule,) = templates.every("ListenerRule")
    (condition,) = rule.properties["Conditions"]
    assert set(condition["PathPatternConfig"]["Values"]) == set(TO_THE_APP)
    assert (
        templates.one("ElasticLoadBalancingV2::Listener").at("DefaultActions.0.FixedResponseConfig.StatusCode") == "404"
    )


def test_pages_are_never_kept_and_files_with_a_hash_for_a_year(templates: Templates) -> None:
    assert _cdn(templates)["DefaultCacheBehavior"]["CachePolicyId"] == NOT_KEPT
    year = _behaviour(templates, "/assets/*")["CachePolicyId"]["Ref"]
    kept = templates.one("CloudFront::CachePolicy")
    assert kept.id == year
    assert {kept.at(f"CachePolicyConfig.{key}") for key in ("MinTTL", "DefaultTTL", "MaxTTL")} == {365 * 24 * 3600}


def test_unknown_addresses_lead_to_the_page_on_the_default_behaviour_alone(templates: Templates) -> None:
    (association,) = _cdn(templates)["DefaultCacheBehavior"]["FunctionAssociations"]
    assert association["EventType"] == "viewer-request"
    assert templates.said(association["FunctionARN"]).startswith("Fallback")
    assert templates.one("CloudFront::Function", "Fallback").at("FunctionCode") == FALLBACK


def test_pages_and_pictures_come_out_of_buckets_that_only_the_edge_can_read(templates: Templates) -> None:
    for behaviour in (_cdn(templates)["DefaultCacheBehavior"], _behaviour(templates, "/media/*")):
        origin = _origin(templates, behaviour)
        assert templates.said(origin["OriginAccessControlId"]).endswith(".Id")
        assert origin["S3OriginConfig"] == {"OriginAccessIdentity": ""}
    buckets = templates.every("S3::Bucket")
    assert len(buckets) == 5
    for bucket in buckets:
        assert set(bucket.at("PublicAccessBlockConfiguration").values()) == {True}, bucket.id
        assert bucket.at("BucketEncryption.ServerSideEncryptionConfiguration.0") is not None, bucket.id


def test_a_pictures_address_is_its_key_in_the_bucket(templates: Templates) -> None:
    """The app writes ``media/…`` (``frontrow.gateways.objects``), so nothing is cut off or put before it."""
    behaviour = _behaviour(templates, "/media/*")
    assert "FunctionAssociations" not in behaviour
    assert "OriginPath" not in _origin(templates, behaviour)
    assert templates.one("CloudFront::Function").id.startswith("Fallback")


def test_no_bucket_answers_in_the_clear(templates: Templates) -> None:
    policies = templates.every("S3::BucketPolicy")
    assert len(policies) == 5
    for policy in policies:
        refused = [one for one in policy.at("PolicyDocument.Statement") if one["Effect"] == "Deny"]
        assert refused[0]["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}, policy.id


def test_every_behaviour_sends_security_headers_and_drawings_run_nothing(templates: Templates) -> None:
    behaviours = [_cdn(templates)["DefaultCacheBehavior"], *_cdn(templates)["CacheBehaviors"]]
    assert len(behaviours) == 8
    assert all("ResponseHeadersPolicyId" in one for one in behaviours)
    path = "ResponseHeadersPolicyConfig.SecurityHeadersConfig"
    pages = templates.one("ResponseHeadersPolicy", "Headers").at(path)
    pictures = templates.one("ResponseHeadersPolicy", "PictureHeaders").at(path)
    assert pages["StrictTransportSecurity"]["AccessControlMaxAgeSec"] == 365 * 24 * 3600
    assert pages["FrameOptions"]["FrameOption"] == "DENY"
    assert not pages["ContentSecurityPolicy"]["Override"]  # the app's own is narrower where it must be
    assert "sandbox" in pictures["ContentSecurityPolicy"]["ContentSecurityPolicy"]
    assert pictures["ContentSecurityPolicy"]["Override"]


def test_pages_from_the_bucket_have_the_policy_of_pages_from_the_app(templates: Templates) -> None:
    def words(policy: str) -> dict[str, list[str]]:
        return {first: sorted(rest) for first, *rest in (part.split() for part in policy.split(";"))}

    of_the_app = words(BuiltPage(templates.outdir, StripeSettings()).policy)
    assert words(POLICY) == of_the_app


def test_who_comes_too_often_is_refused(templates: Templates) -> None:
    rules = templates.one("WebACL").properties["Rules"]
    limits = {
        one["Name"]: one["Statement"]["RateBasedStatement"]["Limit"]
        for one in rules
        if one["Name"] in {"Requests", "Writes"}
    }
    assert limits == {"Requests": 2000, "Writes": 500}
    assert all(one["Action"] == {"Block": {}} for one in rules if one["Name"] in limits)
    assert len([one for one in rules if "ManagedRuleGroupStatement" in one["Statement"]]) == 2
    assert sorted(one["Priority"] for one in rules) == [0, 1, 2, 3]


def test_the_name_leads_to_the_edge_and_the_certificate_covers_both(templates: Templates) -> None:
    names = {(one.at("Type"), one.at("Name")) for one in templates.every("Route53::RecordSet", part="edge")}
    assert names == {("A", "frontrow.example."), ("AAAA", "frontrow.example.")}
    certificate = templates.one("Certificate")
    assert certificate.at("DomainName") == "frontrow.example"
    assert certificate.at("SubjectAlternativeNames") == ["*.frontrow.example"]
    assert certificate.at("ValidationMethod") == "DNS"
