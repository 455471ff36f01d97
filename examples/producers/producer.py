#!/usr/bin/env python3
"""Submits one task over AMQP and waits for its answer. Needs nothing but pika.

usage: producer.py FUNCTION [JSON]        e.g.  producer.py markdown '{"name": "a.md", "text": "# Hi"}'
       WARREN_BROKER_URL (amqp://guest:guest@localhost:5672), WARREN_BROKER_PREFIX (warren)
"""
import json
import os
import sys
import uuid

import pika

url = os.environ.get("WARREN_BROKER_URL", "amqp://guest:guest@localhost:5672")
prefix = os.environ.get("WARREN_BROKER_PREFIX", "warren")
if len(sys.argv) < 2:
    sys.exit(__doc__)
function = sys.argv[1]
body = sys.argv[2] if len(sys.argv) > 2 else "null"
patience = 30

connection = pika.BlockingConnection(pika.URLParameters(url))
channel = connection.channel()
channel.confirm_delivery()  # the confirm means: offered, and never lost
replies = channel.queue_declare(queue="", exclusive=True).method.queue

channel.basic_publish(
    exchange=f"{prefix}.tasks",
    routing_key=function,
    body=body.encode(),
    mandatory=True,
    properties=pika.BasicProperties(
        content_type="application/json",
        delivery_mode=2,
        message_id=str(uuid.uuid4()),  # the idempotency key: publishing it again makes no second task
        reply_to=replies,
        correlation_id="1",
    ),
)

for method, properties, answer in channel.consume(replies, auto_ack=True, inactivity_timeout=patience):
    if properties is None:
        sys.exit(f"no answer within {patience} s: is a server running on this broker?")
    print(json.dumps({"type": properties.type, "task": (properties.headers or {}).get("x-warren-task"), "answer": json.loads(answer)}))
    connection.close()
    sys.exit(0 if properties.type == "task.succeeded" else 2)
