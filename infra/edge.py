"""The edge: CloudFront in front of the pages, the pictures and the load balancer, with a firewall and a name."""

from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_cloudfront as cf
from aws_cdk import aws_cloudfront_origins as origins
from aws_cdk import aws_route53 as route53
from aws_cdk import aws_route53_targets as targets
from aws_cdk import aws_s3 as s3
from constructs import Construct

from infra.buckets import closed_bucket
from infra.cluster import Cluster
from infra.compute import PAGE_PATHS
from infra.data import Data
from infra.domain import Domain
from infra.firewall import firewall
from infra.stage import Stage

A_YEAR = Duration.days(365)
API_KEPT = Duration.seconds(5)
"""How long an answer of the API is kept where the stage says so; the app's own Cache-Control still comes first."""

STRIPE = "https://js.stripe.com https://*.js.stripe.com https://api.stripe.com https://hooks.stripe.com"
POLICY = (
    f"default-src 'self'; script-src 'self' 'wasm-unsafe-eval' {STRIPE}; connect-src 'self' ws: wss: {STRIPE}; "
    f"frame-src {STRIPE}; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; object-src 'none'; "
    "base-uri 'none'; frame-ancestors 'none'; form-action 'self'"
)
"""As the app's own pages have it (``frontrow.core.page``); a test compares the two."""

PICTURE_POLICY = "default-src 'none'; style-src 'unsafe-inline'; sandbox"
"""A drawing (SVG) opened by itself is a document that could run scripts; this one may not."""

# Addresses of the app have no dot in their last part, files have. An error page of the whole distribution would do the
# same to the API, and turn its 404 into a page.
FALLBACK = """
function handler(event) {
  var request = event.request;
  var last = request.uri.substring(request.uri.lastIndexOf('/') + 1);
  if (last.indexOf('.') === -1) { request.uri = '/index.html'; }
  return request;
}
"""


class Edge(Stack):
    """What a browser speaks to."""

    def __init__(
        self, scope: Construct, stage: Stage, domain: Domain, data: Data, cluster: Cluster, **kwargs: Any
    ) -> None:
        super().__init__(scope, stage.name_of("edge"), **kwargs)
        self._stage = stage
        self.pages = closed_bucket(self, "Pages", keep=stage.database.keep)
        self.access_logs = closed_bucket(
            self,
            "AccessLogs",
            keep=stage.database.keep,
            object_ownership=s3.ObjectOwnership.OBJECT_WRITER,  # CloudFront writes with an ACL
            lifecycle_rules=[s3.LifecycleRule(expiration=Duration.days(30))],
        )
        self._headers = self._security_headers("Headers", "", POLICY)
        self._picture_headers = self._security_headers("PictureHeaders", "-pictures", PICTURE_POLICY, override=True)
        pages = origins.S3BucketOrigin.with_origin_access_control(self.pages)
        app = self._balancer(cluster)
        self.distribution = cf.Distribution(
            self,
            "Distribution",
            comment=f"Frontrow {stage.name}",
            domain_names=[stage.domain],
            certificate=domain.certificate,
            minimum_protocol_version=cf.SecurityPolicyProtocol.TLS_V1_2_2021,
            http_version=cf.HttpVersion.HTTP2_AND_3,
            price_class=cf.PriceClass.PRICE_CLASS_ALL,
            web_acl_id=firewall(self, stage).attr_arn,
            enable_logging=True,
            log_bucket=self.access_logs,
            default_behavior=self._pages(pages),
            additional_behaviors={
                "/assets/*": self._kept_a_year(pages),
                "/media/*": self._pictures(data),
                "/api/*": self._app(app, cached=stage.cache_api),
                "/ws/*": self._app(app),
                **{path: self._app(app, page=True) for path in PAGE_PATHS},
            },
        )
        for name, record in (("Name", route53.ARecord), ("Name6", route53.AaaaRecord)):
            record(
                self,
                name,
                zone=domain.zone,
                target=route53.RecordTarget.from_alias(targets.CloudFrontTarget(self.distribution)),
            )

    def _balancer(self, cluster: Cluster) -> cf.IOrigin:
        """The load balancer by its name, or through CloudFront's way into the VPC where it has no public address."""
        how: dict[str, Any] = {
            "protocol_policy": cf.OriginProtocolPolicy.HTTPS_ONLY,
            "origin_ssl_protocols": [cf.OriginSslPolicy.TLS_V1_2],
            "read_timeout": Duration.seconds(30),
            "keepalive_timeout": Duration.seconds(60),
        }
        if self._stage.private_balancer:
            # Named, because the certificate must fit the name that is called.
            return origins.VpcOrigin.with_application_load_balancer(
                cluster.balancer, domain_name=cluster.origin, vpc_origin_name=f"frontrow-{self._stage.name}", **how
            )
        return origins.HttpOrigin(cluster.origin, **how)

    def _security_headers(
        self, name: str, suffix: str, policy: str, *, override: bool = False
    ) -> cf.ResponseHeadersPolicy:
        return cf.ResponseHeadersPolicy(
            self,
            name,
            response_headers_policy_name=f"frontrow-{self._stage.name}{suffix}",
            security_headers_behavior=cf.ResponseSecurityHeadersBehavior(
                content_security_policy=cf.ResponseHeadersContentSecurityPolicy(
                    content_security_policy=policy,
                    override=override,  # the app's own answers bring theirs, and some are narrower
                ),
                content_type_options=cf.ResponseHeadersContentTypeOptions(override=True),
                frame_options=cf.ResponseHeadersFrameOptions(frame_option=cf.HeadersFrameOption.DENY, override=True),
                referrer_policy=cf.ResponseHeadersReferrerPolicy(
                    referrer_policy=cf.HeadersReferrerPolicy.SAME_ORIGIN, override=True
                ),
                strict_transport_security=cf.ResponseHeadersStrictTransportSecurity(
                    access_control_max_age=A_YEAR, include_subdomains=True, override=True
                ),
            ),
        )

    def _pages(self, origin: cf.IOrigin) -> cf.BehaviorOptions:
        """``index.html`` under every address. It is never kept, so that a deployment is seen at once."""
        fallback = cf.Function(
            self,
            "Fallback",
            code=cf.FunctionCode.from_inline(FALLBACK),
            runtime=cf.FunctionRuntime.JS_2_0,
            comment="Addresses of the app lead to index.html",
        )
        return cf.BehaviorOptions(
            origin=origin,
            viewer_protocol_policy=cf.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            cache_policy=cf.CachePolicy.CACHING_DISABLED,
            response_headers_policy=self._headers,
            compress=True,
            function_associations=[
                cf.FunctionAssociation(function=fallback, event_type=cf.FunctionEventType.VIEWER_REQUEST)
            ],
        )

    def _kept_a_year(self, origin: cf.IOrigin) -> cf.BehaviorOptions:
        """Files with a hash in their name."""
        year = cf.CachePolicy(
            self,
            "Year",
            cache_policy_name=f"frontrow-{self._stage.name}-year",
            min_ttl=A_YEAR,
            default_ttl=A_YEAR,
            max_ttl=A_YEAR,
            enable_accept_encoding_brotli=True,
            enable_accept_encoding_gzip=True,
        )
        return cf.BehaviorOptions(
            origin=origin,
            viewer_protocol_policy=cf.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            cache_policy=year,
            response_headers_policy=self._headers,
            compress=True,
        )

    def _pictures(self, data: Data) -> cf.BehaviorOptions:
        """Pictures straight from their bucket, where their keys begin as their addresses do. They never change."""
        bucket = s3.Bucket.from_bucket_attributes(
            self,
            "Media",
            bucket_name=data.media.bucket_name,
            bucket_arn=data.media.bucket_arn,
            bucket_regional_domain_name=data.media.bucket_regional_domain_name,
        )
        return cf.BehaviorOptions(
            origin=origins.S3BucketOrigin.with_origin_access_control(bucket),
            viewer_protocol_policy=cf.ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
            cache_policy=cf.CachePolicy.CACHING_OPTIMIZED,
            response_headers_policy=self._picture_headers,
        )

    def _app(self, origin: cf.IOrigin, *, cached: bool = False, page: bool = False) -> cf.BehaviorOptions:
        """Everything goes through: headers with the host, cookies, queries, the change to a WebSocket."""
        policy: cf.ICachePolicy = cf.CachePolicy.CACHING_DISABLED
        if cached:
            policy = cf.CachePolicy(
                self,
                "Api",
                min_ttl=Duration.seconds(0),
                default_ttl=Duration.seconds(0),
                max_ttl=API_KEPT,
                query_string_behavior=cf.CacheQueryStringBehavior.all(),
                cookie_behavior=cf.CacheCookieBehavior.all(),
                header_behavior=cf.CacheHeaderBehavior.allow_list("Authorization", "Accept"),
            )
        return cf.BehaviorOptions(
            origin=origin,
            # Who types an address is led to HTTPS; a programme that sends something in the clear is refused.
            viewer_protocol_policy=(
                cf.ViewerProtocolPolicy.REDIRECT_TO_HTTPS if page else cf.ViewerProtocolPolicy.HTTPS_ONLY
            ),
            allowed_methods=cf.AllowedMethods.ALLOW_ALL,
            cache_policy=policy,
            origin_request_policy=cf.OriginRequestPolicy.ALL_VIEWER,
            response_headers_policy=self._headers,
            compress=True,
        )
