"""checkov reads the templates with rules of its own. What it finds and is meant so stands here, each with its reason.

It lives in an environment beside ours (``make test`` makes it), because it wants older versions of what we have.
"""

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tests.infra.templates import Templates

CHECKOV = Path(sys.prefix) / "checkov" / "bin" / "checkov"
OWN_KEY = "a key of our own costs a dollar a month and each call, and protects from nobody: who may read is said by IAM"
ON_THE_WAY = "it is the log itself, or made anew by every deployment: there is no older version to go back to"
NOT_READ = (
    "nobody but CloudFront and the tasks can reach it, and CloudFront writes down who asked for what; or it is the log"
)
BASELINE: dict[str, tuple[set[str], str]] = {
    "CKV2_AWS_71": (
        {"domain Certificate"},
        "one certificate for the name and for origin.<name>, which CloudFront calls",
    ),
    "CKV_AWS_111": (
        {"rotation RotationRoleDefaultPolicy"},
        "what a function needs to stand in a network, and to ask for a new password, knows no resources",
    ),
    "CKV_AWS_115": ({"rotation Function"}, "Secrets Manager takes one step after the other, once a month"),
    "CKV_AWS_116": ({"rotation Function"}, "Secrets Manager tries again by itself, and an alarm tells of what failed"),
    "CKV_AWS_173": ({"rotation Function"}, "it is told an address, a port and a name, and no secret"),
    "CKV_AWS_118": ({"data Database", "data Replica"}, "figures by the second cost extra; alarms go by the minute"),
    "CKV_AWS_136": ({"registry Images"}, OWN_KEY),
    "CKV_AWS_149": (
        {
            *("secrets databasepassword", "secrets redisauth", "secrets jwtkey", "secrets ticketsigningkey"),
            *("secrets stripesecretkey", "secrets stripewebhooksecret", "secrets smtppassword"),
            "secrets oauthgoogle",
        },
        OWN_KEY,
    ),
    "CKV_AWS_157": ({"data Replica"}, "what a lost replica served the primary serves until there is another"),
    "CKV_AWS_158": (
        {
            "network RefusedLog",
            "web WebLog",
            "worker WorkerLog",
            "migration MigrationLog",
            "rotation Log",
            "dump DumpLog",
        },
        OWN_KEY,
    ),
    "CKV_AWS_16": ({"data Replica"}, "a replica is encrypted as its source is, and refuses to be told"),
    "CKV_AWS_166": ({"backup Vault"}, OWN_KEY),
    "CKV_AWS_18": ({"data Media", "dump Dumps", "edge Pages", "edge AccessLogs", "cluster AccessLogs"}, NOT_READ),
    "CKV_AWS_21": ({"edge Pages", "edge AccessLogs", "cluster AccessLogs"}, ON_THE_WAY),
    "CKV_AWS_26": (
        {"watching Topic"},
        "CloudWatch can't write to a topic under AWS' own key, and an alarm says no secret",
    ),
    "CKV_AWS_27": ({"queue Jobs", "queue DeadLetters"}, "they are, by SQS' own key, which checkov doesn't count"),
}


def _found(templates: Templates, folder: Path) -> dict[str, set[str]]:
    """By rule, what breaks it: ``data Database``. Nothing is asked of the network."""
    for file in templates.outdir.glob("*.template.json"):
        shutil.copy(file, folder)
    done = subprocess.run(
        [str(CHECKOV), "-d", str(folder), "--framework", "cloudformation", "--skip-download", "--quiet", "-o", "json"],
        env={**os.environ, "BC_SKIP_MAPPING": "TRUE"},
        capture_output=True,
        text=True,
        check=False,
    )
    answer = json.loads(done.stdout)
    assert answer["summary"]["parsing_errors"] == 0
    assert answer["summary"]["resource_count"] >= sum(len(one["Resources"]) for one in templates.by_part.values()) - 5
    found: dict[str, set[str]] = {}
    for one in answer["results"]["failed_checks"]:
        part = Path(one["file_path"]).name.removeprefix(templates.stage.name_of("")).removesuffix(".template.json")
        id_ = one["resource"].rsplit(".", 1)[1]
        found.setdefault(one["check_id"], set()).add(f"{part} {re.sub('[0-9A-F]{8}$', '', id_)}")
    return found


@pytest.mark.skipif(not CHECKOV.exists(), reason="`make test` installs checkov beside our own environment")
def test_checkov_finds_what_is_accepted_and_nothing_else(templates: Templates, tmp_path: Path) -> None:
    assert _found(templates, tmp_path) == {rule: where for rule, (where, _) in BASELINE.items()}
