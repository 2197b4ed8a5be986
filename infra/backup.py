"""Copies that outlive the database: a vault of their own, daily, kept seven days, if wished in another region, too."""

from typing import Any

from aws_cdk import Duration, RemovalPolicy, Stack
from aws_cdk import aws_backup as backup
from aws_cdk import aws_events as events
from constructs import Construct

from infra.data import Data
from infra.stage import Stage


class Backup(Stack):
    """A daily copy of the database. RDS' own backups, for any moment of the last seven days, are beside it."""

    def __init__(self, scope: Construct, stage: Stage, data: Data, **kwargs: Any) -> None:
        super().__init__(scope, stage.name_of("backup"), **kwargs)
        vault = backup.BackupVault(
            self,
            "Vault",
            backup_vault_name=f"frontrow-{stage.name}",
            removal_policy=RemovalPolicy.RETAIN if stage.database.keep else RemovalPolicy.DESTROY,
        )
        kept = Duration.days(stage.database.backup_days)
        copies = []
        if stage.backup_copy_region:
            arn = f"arn:{self.partition}:backup:{stage.backup_copy_region}:{self.account}:backup-vault:Default"
            elsewhere = backup.BackupVault.from_backup_vault_arn(self, "Elsewhere", arn)
            copies.append(backup.BackupPlanCopyActionProps(destination_backup_vault=elsewhere, delete_after=kept))
        plan = backup.BackupPlan(self, "Plan", backup_plan_name=f"frontrow-{stage.name}", backup_vault=vault)
        plan.add_rule(
            backup.BackupPlanRule(
                rule_name="Daily",
                schedule_expression=events.Schedule.cron(hour="2", minute="0"),
                delete_after=kept,
                copy_actions=copies or None,
            )
        )
        plan.add_selection("Database", resources=[backup.BackupResource.from_rds_database_instance(data.database)])
