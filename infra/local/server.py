"""The stand-in for AWS: moto's server with the types that it lacks.

``python -m infra.local.server PORT ACCOUNT REGION``. It keeps everything in memory and forgets it when it ends.
"""

import os
import sys

import moto.cloudformation.parsing as cloudformation
from moto.cloudformation.models import CloudFormationBackend
from moto.core.config import default_user_config
from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import run_simple

from infra.local.taught.kind import Server
from infra.local.taught.rest import SCALING  # noqa: F401 -- importing the package teaches the types


class UntaughtTypeError(LookupError):
    """A template has a type that moto would leave out without a word."""


def _refuse_untaught_types() -> None:
    known = cloudformation.resource_class_from_type

    def found_or_refused(resource_type: str) -> object:
        found = known(resource_type)
        if found is None and resource_type not in cloudformation.NULL_MODELS:
            raise UntaughtTypeError(f"{resource_type}: teach it in infra/local/taught")
        return found

    cloudformation.resource_class_from_type = found_or_refused  # type: ignore[assignment]


def _forget_outputs_of_deleted_stacks() -> None:
    """moto works outputs out whenever somebody asks, and makes deleted resources anew for that."""
    known = CloudFormationBackend.delete_stack

    def and_forget(self: CloudFormationBackend, name_or_stack_id: str) -> None:
        known(self, name_or_stack_id)
        for stack in self.deleted_stacks.values():
            stack.output_map._output_json_map = {}
            stack.output_map._parsed_outputs = {}

    CloudFormationBackend.delete_stack = and_forget  # type: ignore[method-assign]


def main() -> None:
    """Serve until somebody ends the process."""
    port, Server.account, Server.region = sys.argv[1:4]
    Server.url = f"http://localhost:{port}"
    os.environ |= {"MOTO_PORT": port, "MOTO_ACCOUNT_ID": Server.account}
    # Functions are kept and never run: for that moto would want Docker.
    default_user_config["lambda"] = {"use_docker": False}
    _refuse_untaught_types()
    _forget_outputs_of_deleted_stacks()
    run_simple(
        "127.0.0.1",
        int(port),
        DomainDispatcherApplication(create_backend_app),
        threaded=True,
        request_handler=MotoRequestHandler,
    )


if __name__ == "__main__":
    main()
