"""The words that a secret's name holds, and what tells of encoded text: what the pass over the bytes looks for beside the anchors of keys.

Each at most eight bytes: longer ones compile slower.
"""

WORDS = (
    b"_pat=", b"_pat =", b"_pat:", b'_pat"', b"_pat'",
    b"passw", b"securest", b"basicaut", b"nection(", b".login(", b"wt.sign(", b"psk=", b" -u ", b"--user", b" -p", b"passphr", b"passcod", b"pwd",
    b"secret", b"token", b"apikey", b"api key", b"credenti", b"_key", b"-key", b".key=", b".key =", b'.key"', b".key'", b".key:",
    b"accessk", b"privatek",
    b"_auth", b"authoriz", b"pass=", b"pass =", b"pass:", b'pass"', b"pass'", b"_pass", b"_pw", b"pw=", b"accountk", b"entified", b"bearer ", b"_dsn",
    b"auth=", b"authkey", b"authtok",
)  # fmt: skip
"""In any case."""

CASED = (b"Key=", b"Key =", b'Key"', b"Key'", b"Key:", b"KEY=", b"KEY =", b'KEY"', b"KEY'", b"KEY:")
"""In this case: a `key` that is a name's last word without a mark before it, as in apiKey. Alone it is no secret's name, and the commonest of all names."""

ENCODED = (b"base64", b"b64", b"atob(", b"ls0tls1c", b"%2d", b"\\u002d", b"\\x2d", b"&#45;", b"&#x2d;")
"""Near these stands text in another spelling, or begins it: calls and names that decode, a PEM block in base64, a dash that needed no escape. Any case."""

COMMENT = b"gentkey:"
"""In every comment of ours (`agentkey: ignore`)."""

LITERALS = (*((word, True) for word in WORDS), *((word, False) for word in CASED), *((word, True) for word in ENCODED), (COMMENT, False))
"""All of them, each with whether any case will do."""
