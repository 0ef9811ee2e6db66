#!/bin/sh
set -eu
export OPENAI_API_KEY="${OPENAI_API_KEY:?set it first}"
curl -sS -H "Authorization: Bearer $OPENAI_API_KEY" https://api.openai.com/v1/models > /dev/null
curl -sS -H "x-api-key: sk-ant-api03-{{93 x aA0_-}}AA" https://api.anthropic.com/v1/models > /dev/null
codex exec "tidy up"
