"""Taking the linter up in a repository: what each part of the set-up adds to which file.

Functions from a file's bytes to those it should have; nothing here reads or writes a file, or asks anybody.
"""


class Refused(Exception):
    """A file is laid out so that nothing can be added without rewriting it; the message says what to do by hand."""
