"""Errors that a person can do something about. Everything else is a bug."""


class AgentkeyError(Exception):
    """The whole job could not be done; the message says why and where, and holds nothing secret."""


class UsageError(AgentkeyError):
    """The command line or a setting is wrong."""
