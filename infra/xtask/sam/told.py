"""What CloudFormation is told by a command line of `sam deploy`, by sam's own code.

Usage: told.py TEMPLATE OVERRIDE...

It prints the parameters of the change set as JSON: a value, or null where the one before is kept.
"""

import json
import sys

from samcli.cli.types import CfnParameterOverridesType
from samcli.commands.deploy.deploy_context import DeployContext
from samcli.yamlhelper import yaml_parse

with open(sys.argv[1], encoding="utf-8") as file:
    TEMPLATE = yaml_parse(file.read())

overrides = CfnParameterOverridesType().convert(tuple(sys.argv[2:]), None, None)
merged = DeployContext.merge_parameters(TEMPLATE, overrides)
print(json.dumps({one["ParameterKey"]: one.get("ParameterValue") for one in merged}))
