"""What SAM adds to the roles of the functions, by the translator that `sam` brings along.

Usage: added.py TEMPLATE

It prints a line for each right: the function, the action, and the resource by its name in the
template, or `*`. What AWS's own policies hold is read from moto, which has a copy of them.
"""

import json
import sys

import boto3
from moto.iam.aws_managed_policies import aws_managed_policies_data
from samcli.yamlhelper import yaml_parse
from samtranslator.parser.parser import Parser
from samtranslator.translator.translator import Translator

FUNCTION = "AWS::Serverless::Function"
PUBLISHED = json.loads(aws_managed_policies_data)


def listed(value):
    return value if isinstance(value, list) else [value]


def rights(document):
    """Each action of a policy with its resource."""
    for statement in listed(document["Statement"]):
        assert statement["Effect"] == "Allow" and "Condition" not in statement, statement
        for resource in listed(statement["Resource"]):
            if isinstance(resource, dict):
                resource = ".".join(resource["Fn::GetAtt"])
            for action in listed(statement["Action"]):
                yield action, resource


with open(sys.argv[1], encoding="utf-8") as file:
    template = yaml_parse(file.read())
resources = template["Resources"]
functions = [name for name, made in resources.items() if made["Type"] == FUNCTION]
own = {name: len(resources[name]["Properties"]["Policies"]) for name in functions}
for name in functions:
    # Where the code lies is not known before it is built.
    resources[name]["Properties"]["CodeUri"] = "s3://bucket/key"
values = {name: made.get("Default", "x") for name, made in template["Parameters"].items()}
session = boto3.Session("unused", "unused", region_name="cn-north-1")
translated = Translator({}, Parser(), plugins=[], boto_session=session).translate(template, values)

for name in functions:
    role = translated["Resources"][f"{name}Role"]["Properties"]
    named = [arn for arn in role["ManagedPolicyArns"] if isinstance(arn, str)]
    kept = len(role["ManagedPolicyArns"]) - len(named)
    documents = [PUBLISHED[arn.rsplit("/", 1)[-1]]["Document"] for arn in named]
    for policy in role["Policies"]:
        # The policies of the template are numbered.
        if policy["PolicyName"].startswith(f"{name}RolePolicy"):
            kept += 1
        else:
            documents.append(policy["PolicyDocument"])
    assert kept == own[name], f"{name}: a policy of ours is not told from one of SAM's"
    lines = {f"{name.lower()} {' '.join(right)}" for each in documents for right in rights(each)}
    print("\n".join(sorted(lines)))
