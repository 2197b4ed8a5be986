"""What wakes the workers. The record of jobs is the outbox in PostgreSQL; losing a message costs only time."""

from typing import Any

from aws_cdk import Duration, Stack
from aws_cdk import aws_sqs as sqs
from constructs import Construct

from infra.stage import Stage

VISIBILITY_S = 300
RETENTION_DAYS = 14
MAX_RECEIVES = 3
"""A message that was received three times and never deleted goes to the dead letters: three tries."""


class Queue(Stack):
    """A standard queue with dead letters, both refusing what doesn't come encrypted."""

    def __init__(self, scope: Construct, stage: Stage, **kwargs: Any) -> None:
        super().__init__(scope, stage.name_of("queue"), **kwargs)
        self.dead = sqs.Queue(
            self,
            "DeadLetters",
            queue_name=f"frontrow-{stage.name}-dead",
            retention_period=Duration.days(RETENTION_DAYS),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
        )
        self.jobs = sqs.Queue(
            self,
            "Jobs",
            queue_name=f"frontrow-{stage.name}",
            visibility_timeout=Duration.seconds(VISIBILITY_S),
            retention_period=Duration.days(RETENTION_DAYS),
            encryption=sqs.QueueEncryption.SQS_MANAGED,
            enforce_ssl=True,
            dead_letter_queue=sqs.DeadLetterQueue(queue=self.dead, max_receive_count=MAX_RECEIVES),
        )
