"""Plays the queue of the sweep, with a poisoned message among the slices.

Usage: dead_letters.py SQS LAMBDA

The queue is moto's, which counts deliveries and moves to the dead letters as SQS does. What takes
batches out of it, invokes `Sweep` and removes what did not fail is this file, in place of the event
source mapping. Fails unless the poisoned message alone came back, and ended in the dead letters.
"""

import json
import sys
import urllib.request

import boto3

SQS, LAMBDA = sys.argv[1], sys.argv[2]
# As in template.yaml.
DELIVERIES = 3
POISON = "slice three"


def invoke(messages):
    """Hands a batch to the function; gives the ids that it wants to see again."""
    records = [
        {"messageId": m["MessageId"], "body": m["Body"], "eventSource": "aws:sqs", "attributes": {}}
        for m in messages
    ]
    request = urllib.request.Request(
        f"{LAMBDA}/2015-03-31/functions/Sweep/invocations",
        data=json.dumps({"Records": records}).encode(),
    )
    with urllib.request.urlopen(request, timeout=120) as answer:
        return {f["itemIdentifier"] for f in json.load(answer)["batchItemFailures"]}


def main():
    """Delivers until nothing is left."""
    sqs = boto3.client("sqs", endpoint_url=SQS)
    dead = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])
    redrive = {
        "deadLetterTargetArn": arn["Attributes"]["QueueArn"],
        "maxReceiveCount": DELIVERIES,
    }
    attributes = {"VisibilityTimeout": "0", "RedrivePolicy": json.dumps(redrive)}
    queue = sqs.create_queue(QueueName="slices", Attributes=attributes)["QueueUrl"]
    for body in ['{"slice":0}', POISON, '{"slice":1}']:
        sqs.send_message(QueueUrl=queue, MessageBody=body)
    delivered = []
    for _ in range(10):
        received = sqs.receive_message(QueueUrl=queue, MaxNumberOfMessages=10)
        messages = received.get("Messages", [])
        if not messages:
            break
        delivered += [m["Body"] for m in messages]
        failed = invoke(messages)
        for message in messages:
            if message["MessageId"] not in failed:
                sqs.delete_message(QueueUrl=queue, ReceiptHandle=message["ReceiptHandle"])
    letters = sqs.receive_message(QueueUrl=dead, MaxNumberOfMessages=10).get("Messages", [])
    letters = [letter["Body"] for letter in letters]
    counts = {body: delivered.count(body) for body in delivered}
    if letters != [POISON] or counts != {'{"slice":0}': 1, POISON: DELIVERIES, '{"slice":1}': 1}:
        sys.exit(f"delivered: {counts}; dead letters: {letters}")


main()
