"""What moto's CloudFormation is taught here: importing this declares every type."""

from infra.local.taught import balancer, data, database, edge, proxy, rest, service, unknown

__all__ = ["balancer", "data", "database", "edge", "proxy", "rest", "service", "unknown"]
