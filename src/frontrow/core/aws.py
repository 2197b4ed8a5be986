"""AWS clients. The library is loaded at the first use: its start time and memory are for the cloud to pay."""

import importlib
from typing import Any


def client(
    service: str,
    region: str,
    endpoint: str | None,
    *,
    read_timeout_s: float = 5,
    max_attempts: int = 2,
) -> Any:
    """An asynchronous context manager that yields the client of a service. ``endpoint`` is None for AWS itself."""
    session = importlib.import_module("aiobotocore.session").get_session()
    config = importlib.import_module("aiobotocore.config").AioConfig(
        connect_timeout=2, read_timeout=read_timeout_s, retries={"max_attempts": max_attempts}
    )
    return session.create_client(service, region_name=region, endpoint_url=endpoint, config=config)
