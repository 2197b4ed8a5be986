"""The firewall at the edge: AWS' own lists of known attacks, and two limits for each address."""

from aws_cdk import aws_wafv2 as waf
from constructs import Construct

from infra.stage import Stage

MANAGED = ("AWSManagedRulesAmazonIpReputationList", "AWSManagedRulesKnownBadInputsRuleSet")
"""Not the common rule set: it refuses bodies over 8 kB, and seat maps and posters are larger."""


def firewall(scope: Construct, stage: Stage) -> waf.CfnWebACL:
    """The access list of the distribution. Who comes too often is refused for as long as it goes on."""
    rules = [_too_many("Requests", 0, stage.requests_per_address, None)]
    rules.append(_too_many("Writes", 1, stage.writes_per_address, _writes()))
    rules += [_managed(name, number) for number, name in enumerate(MANAGED, start=2)]
    return waf.CfnWebACL(
        scope,
        "Firewall",
        name=f"frontrow-{stage.name}",
        scope="CLOUDFRONT",
        default_action=waf.CfnWebACL.DefaultActionProperty(allow={}),
        visibility_config=_seen(f"frontrow-{stage.name}"),
        rules=rules,
    )


def _seen(name: str) -> waf.CfnWebACL.VisibilityConfigProperty:
    return waf.CfnWebACL.VisibilityConfigProperty(
        cloud_watch_metrics_enabled=True, metric_name=name, sampled_requests_enabled=True
    )


def _too_many(
    name: str, priority: int, limit: int, only: waf.CfnWebACL.StatementProperty | None
) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        action=waf.CfnWebACL.RuleActionProperty(block={}),
        visibility_config=_seen(name),
        statement=waf.CfnWebACL.StatementProperty(
            rate_based_statement=waf.CfnWebACL.RateBasedStatementProperty(
                limit=limit, aggregate_key_type="IP", evaluation_window_sec=300, scope_down_statement=only
            )
        ),
    )


def _writes() -> waf.CfnWebACL.StatementProperty:
    """Requests that may change something: anything but GET."""
    return waf.CfnWebACL.StatementProperty(
        not_statement=waf.CfnWebACL.NotStatementProperty(
            statement=waf.CfnWebACL.StatementProperty(
                byte_match_statement=waf.CfnWebACL.ByteMatchStatementProperty(
                    field_to_match=waf.CfnWebACL.FieldToMatchProperty(method={}),
                    positional_constraint="EXACTLY",
                    search_string="GET",
                    text_transformations=[waf.CfnWebACL.TextTransformationProperty(priority=0, type="NONE")],
                )
            )
        )
    )


def _managed(name: str, priority: int) -> waf.CfnWebACL.RuleProperty:
    return waf.CfnWebACL.RuleProperty(
        name=name,
        priority=priority,
        override_action=waf.CfnWebACL.OverrideActionProperty(none={}),
        visibility_config=_seen(name),
        statement=waf.CfnWebACL.StatementProperty(
            managed_rule_group_statement=waf.CfnWebACL.ManagedRuleGroupStatementProperty(vendor_name="AWS", name=name)
        ),
    )
