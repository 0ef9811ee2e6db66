"""The words that a secret's name holds, in lower case; the SIMD pass looks for them in any case.

Each at most eight bytes: longer ones compile slower.
"""

WORDS = (
    b"passw", b"passphr", b"passcod", b"pwd", b"secret", b"token", b"apikey", b"api key", b"credenti", b"_key", b"-key",
    b"accessk", b"privatek", b"key=", b"key =", b'key"', b"key'", b"key:", b"_auth", b"authoriz", b"pass=", b"pass =", b"pass:", b'pass"', b"pass'",
    b"_pass", b"_pw", b"pw=", b"accountk", b"identifi", b"bearer ", b"_dsn", b"auth=", b"authkey", b"authtok",
)  # fmt: skip
