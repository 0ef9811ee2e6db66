#!/bin/sh
set -e
./smartagentctl start --service --account-access-key {{8 x hex}}-{{4 x hex}}-{{4 x hex}}-{{4 x hex}}-{{12 x hex}}
