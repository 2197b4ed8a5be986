"""The name and its certificate. One certificate serves both CloudFront and the load balancer: this is us-east-1."""

from typing import Any

from aws_cdk import Stack
from aws_cdk import aws_certificatemanager as acm
from aws_cdk import aws_route53 as route53
from constructs import Construct

from infra.stage import Stage


class Domain(Stack):
    """The public zone. Its name servers are entered once at the registrar; the certificate waits for that."""

    def __init__(self, scope: Construct, stage: Stage, **kwargs: Any) -> None:
        super().__init__(scope, stage.name_of("domain"), **kwargs)
        self.zone = route53.PublicHostedZone(self, "Zone", zone_name=stage.domain)
        self.certificate = acm.Certificate(
            self,
            "Certificate",
            domain_name=stage.domain,
            subject_alternative_names=[f"*.{stage.domain}"],
            validation=acm.CertificateValidation.from_dns(self.zone),
        )
