"""The picture of the architecture, drawn from the templates: every figure in it is one that CloudFormation would get.

``make picture`` writes docs/aws.svg; a test compares it with the templates.
"""

import json
from collections.abc import Sequence

from infra.drawing import Sheet, number
from infra.generated import DOCS
from infra.stage import PRODUCTION, REGION
from infra.written import Resource, Written, write

FILE = DOCS / "aws.svg"
FOOT = "Drawn from the templates by make picture. Filled tasks are always there; hollow ones come with the crowd."
WIDTH, HEIGHT = 1200, 844
LEFT, VPC_WIDTH, VPC_TOP, VPC_END = 36, 830, 206, 796
ZONES_AT, ZONE_WIDTH = (172, 516), 332
BANDS = {"public": (252, 106), "private": (382, 166), "database": (560, 214)}
SIDE, SIDE_WIDTH = 910, 254


def draw(written: Written) -> str:
    """The picture of a stage as SVG."""
    sheet = Sheet(
        WIDTH,
        HEIGHT,
        "Frontrow on AWS",
        "A browser reaches CloudFront, which reaches the pages and pictures in S3 and the load balancer; behind it web "
        "tasks and workers in private subnets of two zones, and PostgreSQL and Redis in subnets without a way out.",
    )
    sheet.text(LEFT, 40, "On AWS", 26)
    sheet.text(LEFT + 106, 40, f"{written.stage.name}, {REGION}; the red line is a buyer’s way in", 14, "quiet")
    _edge(sheet, written)
    _network(sheet, written)
    _balancer(sheet, written)
    _tasks(sheet, written)
    _database(sheet, written)
    _redis(sheet, written)
    _beside(sheet, written)
    sheet.text(
        LEFT, HEIGHT - 18, FOOT, 12, "quiet"
    )  # fmt: skip
    return sheet.svg()


def _edge(sheet: Sheet, written: Written) -> None:
    cdn = written.one("CloudFront::Distribution")
    rules = written.one("WebACL").at("Rules")
    limit = max(one["Statement"].get("RateBasedStatement", {}).get("Limit", 0) for one in rules)
    sheet.box(LEFT, 84, 150, 66, "a browser", cdn.at("DistributionConfig.Aliases.0"))
    sheet.box(232, 84, 196, 66, "firewall", f"{len(rules)} rules; {limit:,} requests", "an address in 5 minutes")
    protocol = str(cdn.at("DistributionConfig.ViewerCertificate.MinimumProtocolVersion")).split("_")[0]
    versions = str(cdn.at("DistributionConfig.HttpVersion")).replace("http2and3", "HTTP/2 and 3")
    sheet.box(
        474, 84, 196, 66, "CloudFront", f"{versions}, {protocol.replace('TLSv', 'TLS ')} and up", "all edge locations"
    )
    paths = [one["PathPattern"] for one in cdn.at("DistributionConfig.CacheBehaviors")]
    kept = [path for path in paths if path in {"/assets/*", "/media/*"}]
    sheet.box(726, 84, 200, 66, "pages", "S3, for CloudFront alone", f"{kept[0]} kept a year")
    sheet.box(944, 84, 220, 66, "pictures", "S3, for CloudFront alone", f"{kept[1]} kept a year")
    sheet.path("M186 117H230", "red", arrow=True, width=1.5)
    sheet.path("M428 117H472", "red", arrow=True, width=1.5)
    sheet.path("M670 117H724", "ink", arrow=True)
    sheet.path("M690 117V66H1054V82", "ink", arrow=True)
    sheet.path("M510 150V292", "red", arrow=True, width=1.5)
    app = "  ".join(path for path in paths if path not in kept)
    sheet.text(522, 176, app, 12.5, "red")
    sheet.text(522, 194, "everything forwarded, nothing kept", 12.5, "quiet")


def _network(sheet: Sheet, written: Written) -> None:
    vpc = written.one("EC2::VPC")
    sheet.rect(LEFT, VPC_TOP, VPC_WIDTH, VPC_END - VPC_TOP, "none", "ink", 8)
    sheet.text(LEFT + 14, VPC_TOP + 26, f"VPC {vpc.at('CidrBlock')}", 15)
    way = {
        "public": ("load balancer", "in and out"),
        "private": ("tasks", "out through NAT"),
        "database": ("what keeps", "no way out"),
    }
    for place, left in enumerate(ZONES_AT):
        sheet.rect(left, VPC_TOP + 12, ZONE_WIDTH, VPC_END - VPC_TOP - 24, "none", "line", 6, dashed=True)
        for kind, (top, height) in BANDS.items():
            subnet = _subnets(written, kind)[place]
            sheet.rect(left + 8, top, ZONE_WIDTH - 16, height, "none", "line")
            sheet.text(left + 18, top + 18, subnet.at("CidrBlock"), 12.5, "quiet")
        sheet.text(
            left + ZONE_WIDTH - 12,
            VPC_TOP + 32,
            _subnets(written, "public")[place].at("AvailabilityZone"),
            13,
            "quiet",
            "end",
        )
    for kind, (top, _) in BANDS.items():
        sheet.text(LEFT + 14, top + 26, kind, 15)
        for line, said in enumerate(way[kind]):
            sheet.text(LEFT + 14, top + 46 + 16 * line, said, 12, "quiet")


def _subnets(written: Written, kind: str) -> list[Resource]:
    found = [one for one in written.every("EC2::Subnet") if one.id.startswith(f"Vpc{kind}")]
    return sorted(found, key=lambda one: str(one.at("AvailabilityZone")))


def _balancer(sheet: Sheet, written: Written) -> None:
    top, _ = BANDS["public"]
    targets = written.one("TargetGroup")
    seconds = targets.at("HealthCheckIntervalSeconds")
    listener = written.one("ElasticLoadBalancingV2::Listener")
    sheet.box(
        302,
        top + 42,
        404,
        54,
        "load balancer",
        f"HTTPS on {listener.at('Port')}; {targets.at('HealthCheckPath')} every {seconds} s",
    )
    for gateway in written.every("NatGateway"):
        place = 0 if "Subnet1" in gateway.id else 1
        left = (190, 730)[place]
        sheet.box(left, top + 42, 94, 54, "NAT", "to Stripe, mail")
    sheet.path(f"M510 {top + 96}V{BANDS['private'][0] + 32}", "red", arrow=True, width=1.5)
    sheet.text(520, top + 122, f"{targets.at('Port')}, to the tasks alone", 12.5, "red")


def _tasks(sheet: Sheet, written: Written) -> None:
    top, _ = BANDS["private"]
    for row, part in enumerate(("web", "worker")):
        target = next(one for one in written.every("ScalableTarget") if one.part == part)
        task = next(one for one in written.every("TaskDefinition") if one.part == part)
        least, most = int(target.at("MinCapacity")), int(target.at("MaxCapacity"))
        y = top + 34 + row * 66
        sheet.rect(190, y, 634, 56)
        size = f"{int(task.at('Cpu')) / 1024:g} vCPU, {int(task.at('Memory')) / 1024:g} GB each"
        sheet.text(504, y + 24, part, 15, at="middle")
        sheet.text(504, y + 42, f"{least} to {most} tasks, {size}", 12, "quiet", "middle")
        _squares(sheet, y + 20, least, most)


def _squares(sheet: Sheet, y: float, least: int, most: int) -> None:
    """The tasks of a service, spread over both zones from the outside in."""
    for count in range(most):
        right, place = count % 2, count // 2
        x = 794 - place * 22 if right else 204 + place * 22
        sheet.rect(x, y, 16, 16, "red" if count < least else "none", "red", 2)


def _database(sheet: Sheet, written: Written) -> None:
    top, _ = BANDS["database"]
    primary = next(one for one in written.every("DBInstance") if one.at("SourceDBInstanceIdentifier") is None)
    replicas = [one for one in written.every("DBInstance") if one.at("SourceDBInstanceIdentifier") is not None]
    least, most = primary.at("AllocatedStorage"), primary.at("MaxAllocatedStorage")
    size = f"{primary.at('DBInstanceClass')}, {least} to {most} GB {primary.at('StorageType')}"
    y = top + 36
    sheet.box(190, y, 296, 54, f"PostgreSQL {primary.at('EngineVersion')}", size)
    if primary.at("MultiAZ"):
        sheet.box(
            534, y, 290, 54, "its standby", f"backups of {primary.at('BackupRetentionPeriod')} days, any moment of them"
        )
        sheet.path(f"M486 {y + 27}H532", "quiet", arrow=True)
    sheet.box(
        534, y + 60, 290, 42, f"{_count(len(replicas), 'replica')} for browsing", replicas[0].at("DBInstanceClass")
    )
    sheet.path(f"M440 {y + 54}V{y + 78}H532", "quiet", arrow=True)
    rules = _ports(written)
    sheet.path(f"M338 {BANDS['private'][0] + 156}V{y - 2}", "red", arrow=True, width=1.5)
    sheet.text(348, y - 10, f"{rules['DatabaseGroup']}", 12.5, "red")
    sheet.path(f"M510 {BANDS['private'][0] + 156}V{top + 175}H488", "red", arrow=True, width=1.5)
    sheet.path(f"M510 {top + 175}H526", "red", arrow=True, width=1.5)
    sheet.text(500, y + 94, f"{rules['RedisGroup']}", 12.5, "red", "end")


def _count(many: int, name: str) -> str:
    return f"one {name}" if many == 1 else f"{many} {name}s"


def _ports(written: Written) -> dict[str, int]:
    """The port that the tasks are let in on, by the group that lets them."""
    found: dict[str, int] = {}
    for rule in written.every("SecurityGroupIngress"):
        if "TasksGroup" in json.dumps(rule.at("SourceSecurityGroupId")):
            for name in ("DatabaseGroup", "RedisGroup"):
                if name in json.dumps(rule.at("GroupId")):
                    found[name] = int(rule.at("FromPort"))
    return found


def _redis(sheet: Sheet, written: Written) -> None:
    top, height = BANDS["database"]
    group = written.one("ReplicationGroup")
    shards, size = int(group.at("NumNodeGroups")), str(group.at("CacheNodeType"))
    copies = int(group.at("ReplicasPerNodeGroup"))
    name = {"redis": "Redis", "valkey": "Valkey"}[str(group.at("Engine"))]
    y, gap = top + height - 66, 10
    width = (296 - gap * (shards - 1)) / shards
    for place, left in enumerate((190, 528)):
        for shard in range(shards):
            role = "" if shard % 2 == place else ("copy of " if copies == 1 else f"{copies} copies of ")
            x = left + shard * (width + gap)
            what = f"{name} {group.at('EngineVersion')}, {size}" if shards < 3 else size
            sheet.box(x, y, width, 54, f"{role}shard {shard + 1}", what)


def _beside(sheet: Sheet, written: Written) -> None:
    """Services without a place in the network, from the tasks' side down."""
    jobs = next(one for one in written.every("SQS::Queue") if one.at("RedrivePolicy") is not None)
    tries = f"dead after {jobs.at('RedrivePolicy.maxReceiveCount')} receives"
    logs = max(int(one.at("RetentionInDays")) for one in written.every("LogGroup"))
    alarms, secrets = (len(list(written.every(name))) for name in ("CloudWatch::Alarm", "SecretsManager::Secret"))
    functions = len(list(written.every("Lambda::Function")))
    dumps = any(one.id.startswith("Dumps") for one in written.every("S3::Bucket"))
    days = written.one("BackupPlan").at("BackupPlan.BackupPlanRule.0.Lifecycle.DeleteAfterDays")
    rows: list[tuple[str, Sequence[str]]] = [
        ("SQS", (f"seen again after {jobs.at('VisibilityTimeout')} s;", tries)),
        ("Secrets Manager", (f"{secrets} secrets, read by the task’s role",)),
        ("CloudWatch, X-Ray", (f"{alarms} alarms by mail; logs {logs} days", "traces by a collector in each task")),
        ("ECR", ("tags are written once, images scanned",)),
    ]
    y, gap = VPC_TOP + 0.0, 12.0
    height = (BANDS["database"][0] - 10 - y - gap * (len(rows) - 1)) / len(rows)
    sheet.path(f"M888 {number(y + height / 2)}V{number(y + height / 2 + (len(rows) - 1) * (height + gap))}", "quiet")
    sheet.path(f"M824 {BANDS['private'][0] + 105}H888", "quiet")
    for name, under in rows:
        sheet.box(SIDE, y, SIDE_WIDTH, height, name, *under)
        sheet.path(f"M888 {number(y + height / 2)}H{SIDE - 2}", "quiet", arrow=True)
        y += height + gap
    low = [
        ("AWS Backup", f"a daily copy, kept {days} days" + ("; a dump a night" if dumps else "")),
        ("GitHub’s role", "pushes, migrates, rolls; no key that lives"),
    ]
    if functions:
        busy = "one function looks" if functions == 1 else f"{functions} functions look"
        low.insert(1, ("Lambda", f"{busy} after the database"))
    y = BANDS["database"][0] + 36.0
    height = (VPC_END - y - gap * (len(low) - 1)) / len(low)
    for name, said in low:
        sheet.box(SIDE, y, SIDE_WIDTH, height, name, said)
        y += height + gap
    sheet.path(f"M824 {BANDS['database'][0] + 63}H{SIDE - 2}", "quiet", arrow=True)


def main() -> None:
    """Write the picture of production."""
    FILE.write_text(draw(write(PRODUCTION)))


if __name__ == "__main__":
    main()
