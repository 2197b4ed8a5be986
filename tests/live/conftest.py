from tests.clusters import cluster, redis_node, redis_settings

__all__ = ["cluster", "redis_node", "redis_settings"]
