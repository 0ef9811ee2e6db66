"""What the templates of the labelled set are filled in with: words of everyday projects, and secrets made on the spot."""

import base64
import random
import re
import string
import sys
from collections.abc import Callable
from typing import Any

from scanners import ROOT

sys.path.insert(0, str(ROOT))
from agentkey_lint.testing import expand

WORDS = {
    "svc": "billing orders search reports invoices catalog shipping payments identity weather booking ledger inventory analytics mailer",
    "user": "deploy appuser jenkins mkeller svc_reports backup etl_user ops rwagner readonly admin grafana",
    "host": "db.corp.net mysql-01.corp.net api.partner-systems.com smtp.corp.net ci.corp.net 10.20.4.17 cache-2.eu.corp.net rest.vendor-cloud.io",
    "domain": "corp.net partner-systems.com vendor-cloud.io kellerwerke.de",
    "word": "lodash axios fastparse chalk semver glob pluggy attrs kombu ansi-styles",
    "Word": "Kestrel Willow Harbor Summit Juniper Falcon",
    "Person": "Miriam Jonas Petra Anil Chen Sofia",
    "version": "1.4.2 0.19.0 4.17.21 2.31.0 7.0.0-rc.1 12.5.3",
}
"""Words by part; a file uses the same one throughout. A part in capitals, or with one capital, is spelt so."""

PHRASE = (
    "copper lantern river stone marble canyon otter velvet thunder pepper galaxy walnut bishop cobalt meadow rocket saddle ember falcon "
    "timber orchid puzzle magnet harvest winter dragon sunset coffee tiger guitar monkey summer silver castle"
)
LEET = str.maketrans("aeiost", "431057")

COMMON = """
openai-project-key anthropic-api-key google-api-key hugging-face-user-token groq-api-key xai-api-key perplexity-api-key replicate-api-token
aws-access-key-id github-classic-token github-fine-grained-token github-oauth-token github-user-to-server-token gitlab-personal-token slack-bot-token
slack-user-token stripe-secret-key stripe-restricted-key sendgrid-api-key npm-access-token pypi-api-token docker-hub-personal-token
digitalocean-personal-token shopify-access-token databricks-personal-token grafana-service-account-token linear-api-key notion-integration-token
figma-personal-token sentry-user-token doppler-personal-token vault-service-token telegram-bot-token
new-relic-user-key postman-api-key rubygems-api-key terraform-api-token
"""
"""Kinds with a shape of their own that scanners in general know, by their id in rules/keys."""


class Filling:
    """Fills in the lines of one file: words stay the same within it, secrets are new each time, and its keys are of one kind."""

    def __init__(self, rng: random.Random, kinds: list[dict[str, Any]]) -> None:
        self._rng = rng
        self._words = {name: rng.choice(words.split()) for name, words in WORDS.items()}
        usual = [kind for kind in kinds if kind["id"] in COMMON.split() and "context" not in kind and kind["tier"] != "public"]
        self._kind = rng.choice(usual)
        self._made = 0

    def fill(self, text: str) -> str:
        """A line with all its parts filled in. Raises ValueError for a part that neither this nor the recipes know."""
        text = re.sub(r"\{\{(\w+)\}\}", lambda match: self._part(match[1], match[0]), text)
        return expand(text, self._rng.random().hex())

    def _part(self, name: str, whole: str) -> str:
        if name in SECRETS:
            return SECRETS[name](self._rng)
        if name == "key":
            self._made += 1
            return expand(self._rng.choice(self._kind["recipes"]), self._rng.random().hex(), self._kind.get("checksum", ""))
        variable = (self._kind["variables"] or ["SERVICE_TOKEN"])[0]
        more = {"KEYVAR": variable, "keyvar": variable.lower(), "keyword": "KEY"}
        words = self._words | {name.upper(): word.upper() for name, word in self._words.items() if name == "svc"} | {"Svc": self._words["svc"].title()}
        return more.get(name) or words.get(name) or whole


def _chars(rng: random.Random, letters: str, least: int, most: int) -> str:
    """Random text in which every group of letters (lower, upper, digits) that the alphabet has occurs."""
    while True:
        text = "".join(rng.choice(letters) for _ in range(rng.randint(least, most)))
        if all(set(text) & set(group) for group in (string.ascii_lowercase, string.ascii_uppercase, string.digits) if set(group) <= set(letters)):
            return text


def _random_password(rng: random.Random) -> str:
    return _chars(rng, string.ascii_letters + string.digits + "!#%^*-_+=?", 10, 20)


def _phrase(rng: random.Random) -> str:
    join = rng.choice(["-", "_", "", "!", "."])
    words = [rng.choice([word, word.title()]) for word in rng.sample(PHRASE.split(), rng.randint(2, 3))]
    return join.join(words) + rng.choice(["", "!", "#", "-"]) + str(rng.randint(10, 9999))


def _leet(rng: random.Random) -> str:
    word = rng.choice(PHRASE.split())
    return word.translate(LEET).capitalize() + rng.choice("!#_-.") + "".join(rng.choice(string.ascii_letters + string.digits) for _ in range(rng.randint(2, 5)))


def _any_password(rng: random.Random) -> str:
    return rng.choice([_random_password, _phrase, _leet])(rng)


def _safe_password(rng: random.Random) -> str:
    """One that needs no quoting in a URL, a shell or a line of configuration."""
    return re.sub(r"[^A-Za-z0-9._-]", "", rng.choice([_alnum, _phrase, _leet])(rng)[: rng.randint(12, 24)])


def _hex(rng: random.Random) -> str:
    return "".join(rng.choice("0123456789abcdef") for _ in range(rng.choice([32, 40, 48, 64])))


def _alnum(rng: random.Random) -> str:
    return _chars(rng, string.ascii_letters + string.digits, 20, 48)


def _base64(rng: random.Random) -> str:
    return base64.b64encode(rng.randbytes(rng.choice([24, 32, 33]))).decode()


def _token(rng: random.Random) -> str:
    return rng.choice([_hex, _alnum, _base64])(rng)


def _repeated(rng: random.Random) -> str:
    return rng.choice("xX0a") * rng.randint(20, 40)


SECRETS: dict[str, Callable[[random.Random], str]] = {
    "anypass": _any_password,
    "safepass": _safe_password,
    "hex": _hex,
    "alnum": _alnum,
    "token": _token,
    "repeated": _repeated,
    "djangokey": lambda rng: "".join(rng.choice(string.ascii_lowercase + string.digits + "!@#$%^&*(-_=+)") for _ in range(50)),
    "salt": lambda rng: "".join(rng.choice(string.ascii_letters + string.digits + "!@#$%^&*()-_[]{}<>~`+=,.;:/?|") for _ in range(64)),
    # Amazon's own samples, which its documentation uses everywhere; put together here, because they have the shape of keys.
    "awssample": lambda rng: "AKIA" + "IOSFODNN7" + "EXAMPLE",
    "awssamplesecret": lambda rng: "wJalrXUtnFEMI/" + "K7MDENG/" + "bPxRfiCY" + "EXAMPLEKEY",
}
