"""What a task finds in its environment: every key of ``frontrow.core.settings`` that the cloud decides, and no other.

A test holds this against the settings themselves, so that a new key can't be forgotten here, nor an old one left.
"""

import json

from infra.data import DATABASE_NAME, POSTGRES_PORT, REDIS_PORT, REPLICAS_NAME, ZONE, Data
from infra.network import APP_PORT
from infra.parameters import Parameters
from infra.queue import VISIBILITY_S, Queue
from infra.secrets import DATABASE_USER, Secrets
from infra.stage import REGION, Stage

TRACES_PORT = 4318


def environment(stage: Stage, data: Data, queue: Queue, secrets: Secrets, parameters: Parameters) -> dict[str, str]:
    """The variables of the app's tasks, of the worker's and of the migration's alike. None is secret."""
    stack = secrets  # any: tokens inside JSON are put together by the stack that uses them
    primary, replicas = data.primary_address, f"{REPLICAS_NAME}.{ZONE}"
    keys: dict[str, str] = {
        "ENVIRONMENT": "production",
        "ORIGIN": f"https://{stage.domain}",
        "LISTEN_HOST": "0.0.0.0",  # noqa: S104 -- inside a task there is no other way to be reached
        "LISTEN_PORT": str(APP_PORT),
        "HOME": "/data",
        "WEB_DIST": "/app/web/dist",
        "DATABASE__PRIMARY_URL": f"postgresql://{DATABASE_USER}@{primary}:{POSTGRES_PORT}/{DATABASE_NAME}",
        "DATABASE__REPLICA_URL": f"postgresql://{DATABASE_USER}@{replicas}:{POSTGRES_PORT}/{DATABASE_NAME}",
        "DATABASE__POOL_SIZE": str(stage.pool_size),
        "DATABASE__SSL": "require",
        "REDIS__URL": f"redis://{data.redis.attr_configuration_end_point_address}:{REDIS_PORT}",
        "REDIS__TLS": "true",
        "REDIS__AUTH": "true",
        "QUEUE__KIND": "sqs",
        "QUEUE__SQS_URL": queue.jobs.queue_url,
        "QUEUE__VISIBILITY_S": str(VISIBILITY_S),
        "QUEUE__REGION": REGION,
        "OBJECTS__KIND": "s3",
        "OBJECTS__BUCKET": data.media.bucket_name,
        "OBJECTS__REGION": REGION,
        "STRIPE__PUBLISHABLE_KEY": parameters.value("stripe_publishable_key"),
        "STRIPE__LIVEMODE": "true" if stage.stripe_livemode else "false",
        "MAIL__HOST": f"email-smtp.{REGION}.amazonaws.com",
        "MAIL__PORT": "587",
        "MAIL__START_TLS": "true",
        "MAIL__USERNAME": parameters.value("smtp_user"),
        "MAIL__SENDER": f"Frontrow <tickets@{stage.domain}>",
        "OAUTH": json.dumps(
            {name: {"issuer": one.issuer, "client_id": one.client_id} for name, one in stage.oauth.items()}
        ),
        "TELEMETRY__OTLP_ENDPOINT": f"http://127.0.0.1:{TRACES_PORT}",
        "TELEMETRY__XRAY": "true",
        "SECRETS__KIND": "aws",
        "SECRETS__ARNS": stack.to_json_string(secrets.by_name),
        "SECRETS__REGION": REGION,
    }
    return {f"FRONTROW_{key}": value for key, value in keys.items()}
