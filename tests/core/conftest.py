from tests.clusters import cluster, redis, redis_node, redis_settings

__all__ = ["cluster", "redis", "redis_node", "redis_settings"]
