"""Answers support tickets."""

import os

import anthropic
import redis

client = anthropic.Anthropic(api_key="sk-ant-api03-{{93 x aA0_-}}AA")
cache = redis.from_url("redis://agent:{{12 x aA0}}9x@cache.internal.corp-tickets.net:6379/0")
token = os.environ["GITHUB_TOKEN"]


def answer(ticket: str) -> str:
    """What the model says to a ticket."""
    known = cache.get(ticket)
    if known:
        return known.decode()
    reply = client.messages.create(model="claude-sonnet-4-5", max_tokens=1024, messages=[{"role": "user", "content": ticket}])
    return reply.content[0].text
