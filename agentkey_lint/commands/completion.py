"""`completion`: a script that completes this command line in a shell, made from the parser of arguments itself."""

from agentkey_lint.model.record import Record
from agentkey_lint.report.text import say

TYPE_CHECKING = False
if TYPE_CHECKING:
    from argparse import Action, ArgumentParser, Namespace
    from collections.abc import Iterator, Sequence

PROGRAM = "agentkey-lint"
SHELLS = ("bash", "zsh", "fish")
FILES = "\0files"
"""What stands for any file among the words to choose from."""
_PATHS = frozenset(("PATH", "PATH:LINE", "FILE", "FOLDER", "LOG", "REPO"))


class Option(Record):
    """names: all spellings. words: what its value is one of; None: it takes no value. many: after a comma the next one follows."""

    names: tuple[str, ...]
    help: str
    words: "tuple[str, ...] | None"


class Verb(Record):
    """One command or a verb of one. path: the words that lead to it. words: what may stand behind them, beside options."""

    path: tuple[str, ...]
    help: str
    options: tuple[Option, ...]
    words: tuple[str, ...]


def arguments(command: "ArgumentParser") -> None:
    command.epilog = (
        'bash: eval "$(agentkey-lint completion bash)" in ~/.bashrc; zsh: the output as a file _agentkey-lint in a folder of $fpath; '
        "fish: the output as ~/.config/fish/completions/agentkey-lint.fish."
    )
    command.add_argument("shell", choices=SHELLS)


def run(options: "Namespace") -> int:
    write = {"bash": bash, "zsh": zsh, "fish": fish}[options.shell]
    say("\n".join(write(list(verbs(options.parser())))) + "\n")
    return 0


def verbs(parser: "ArgumentParser", path: "tuple[str, ...]" = (), help: str = "") -> "Iterator[Verb]":
    """The parser's own words, then those of every command and verb below it."""
    import argparse

    options: list[Option] = []
    words: list[str] = []
    below: list[tuple[str, ArgumentParser, str]] = []
    for action in parser._actions:
        if isinstance(action, argparse._SubParsersAction):
            said = {choice.dest: choice.help or "" for choice in action._choices_actions}
            below += [(name, one, said.get(name, "")) for name, one in action.choices.items()]
        elif action.help == argparse.SUPPRESS:
            continue
        elif action.option_strings:
            options.append(Option(tuple(action.option_strings), _plain(action.help or ""), _words(action) if action.nargs != 0 else None))
        else:
            words += _words(action)
    yield Verb(path, _plain(help), tuple(options), (*words, *(name for name, _, _ in below)))
    for name, one, said_of in below:
        yield from verbs(one, (*path, name), said_of)


def _words(action: "Action") -> "tuple[str, ...]":
    """What a value may be."""
    if action.choices:
        return tuple(str(choice) for choice in action.choices)
    names = action.metavar if isinstance(action.metavar, str) else ""
    if names == "RULE":
        from agentkey_lint.engine.pipeline import rules

        return tuple(rule.id for rule in rules())
    return (FILES,) if names in _PATHS else ()


def _plain(text: str) -> str:
    """The first clause of a help text, without the brackets that zsh ends it with."""
    return text.partition(";")[0].replace("%%", "%").translate(str.maketrans("[]\n", "() "))


def _listed(words: "Sequence[str]") -> str:
    return " ".join(word for word in words if word != FILES)


def _key(path: "tuple[str, ...]") -> str:
    return " ".join(path)


def bash(found: "Sequence[Verb]") -> "Iterator[str]":
    """bash 3.2 or newer, without bash-completion."""
    yield f"# completion of {PROGRAM} for bash, written by `{PROGRAM} completion bash`"
    yield "_agentkey_lint() {"
    yield '    local verb="" word previous="" current="${COMP_WORDS[COMP_CWORD]}" words="" files="" at'
    yield "    COMPREPLY=()"
    yield "    for ((at = 1; at < COMP_CWORD; at++)); do"
    yield '        word="${COMP_WORDS[at]}"'
    yield '        case "$verb${verb:+ }$word" in'
    yield f'            {" | ".join(_quoted(_key(verb.path)) for verb in found if verb.path)}) verb="$verb${{verb:+ }}$word" ;;'
    yield "        esac"
    yield '        previous="$word"'
    yield "    done"
    yield '    if [[ $current == "=" ]]; then current=""; elif [[ $previous == "=" ]]; then previous="${COMP_WORDS[COMP_CWORD-2]}"; fi'
    yield '    case "$verb:$previous" in'
    for verb in found:
        for option in verb.options:
            if option.words is not None:
                names = " | ".join(_quoted(f"{_key(verb.path)}:{name}") for name in option.names)
                yield f"        {names}) words={_quoted(_listed(option.words))} files={'1' if FILES in option.words else ''} ;;"
    yield '        *) case "$verb" in'
    for verb in found:
        options = " ".join(name for option in verb.options for name in option.names)
        yield f"            {_quoted(_key(verb.path))})"
        yield f"                if [[ $current == -* ]]; then words={_quoted(options)}"
        yield f"                else words={_quoted(_listed(verb.words))} files={'1' if FILES in verb.words else ''}; fi ;;"
    yield "        esac ;;"
    yield "    esac"
    yield "    local IFS=$' \\t\\n'"
    yield '    COMPREPLY=($(compgen -W "$words" -- "$current"))'
    yield "    IFS=$'\\n'"
    yield '    if [[ -n $files ]]; then COMPREPLY+=($(compgen -f -- "$current")); compopt -o filenames 2> /dev/null; fi'
    yield "}"
    yield f"complete -F _agentkey_lint {PROGRAM}"


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "'\\''") + "'"


def zsh(found: "Sequence[Verb]") -> "Iterator[str]":
    """zsh's own `_arguments`, one function a verb."""
    yield f"#compdef {PROGRAM}"
    yield f"# completion of {PROGRAM} for zsh, written by `{PROGRAM} completion zsh`"
    for verb in found:
        below = [one for one in found if one.path[:-1] == verb.path and one.path]
        yield f"{_function(verb.path)}() {{"
        if below:
            yield "    local -a verbs"
            yield f"    verbs=({' '.join(_quoted(f'{one.path[-1]}:{one.help}') for one in below)})"
        yield "    local state line"
        yield "    _arguments -S \\"
        for option in verb.options:
            value = "" if option.words is None else f":value:{_choice(option.words)}"
            names = "{" + ",".join(option.names) + "}" if len(option.names) > 1 else option.names[0]
            yield f"        {names}{_quoted(f'[{option.help}]{value}')} \\"
        if below:
            yield "        '1:command:->verb' '*::argument:->rest'"
            yield "    case $state in"
            yield "        verb) _describe command verbs ;;"
            yield "        rest) case $line[1] in"
            yield from (f"            {one.path[-1]}) {_function(one.path)} ;;" for one in below)
            yield "        esac ;;"
            yield "    esac"
        else:
            yield f"        {_quoted('*:argument:' + _choice(verb.words))}"
        yield "}"
    yield f'if [[ $funcstack[1] == {_function(())} ]]; then {_function(())} "$@"; else compdef {_function(())} {PROGRAM}; fi'


def _function(path: "tuple[str, ...]") -> str:
    return "_" + "_".join((PROGRAM, *path))


def _choice(words: "Sequence[str]") -> str:
    listed = _listed(words)
    return "_files" if FILES in words else f"({listed})" if listed else " "


def fish(found: "Sequence[Verb]") -> "Iterator[str]":
    """fish 3 or newer. A condition tells which verb the line is at, as one word may be a command and a verb of another."""
    yield f"# completion of {PROGRAM} for fish, written by `{PROGRAM} completion fish`"
    yield "function __agentkey_lint_at"
    yield "    set -l verb"
    yield "    for word in (commandline -opc)[2..-1]"
    yield "        set -l next (string join ' ' -- $verb $word)"
    yield f"        contains -- $next {' '.join(_quoted(_key(verb.path)) for verb in found if verb.path)}; and set verb $next"
    yield "    end"
    yield '    test "$verb" = "$argv[1]"'
    yield "end"
    yield f"complete -c {PROGRAM} -f"
    for verb in found:
        line = f'complete -c {PROGRAM} -n "__agentkey_lint_at {_quoted(_key(verb.path))}"'
        below = [one for one in found if one.path[:-1] == verb.path and one.path]
        for one in below:
            yield f"{line} -a {one.path[-1]} -d {_quoted(one.help)}"
        for option in verb.options:
            names = " ".join(f"-l {name[2:]}" if name.startswith("--") else f"-s {name[1:]}" for name in option.names)
            value = "" if option.words is None else " -r -F" if FILES in option.words else f" -x -a {_quoted(_listed(option.words))}"
            yield f"{line} {names}{value} -d {_quoted(option.help)}"
        if FILES in verb.words:
            yield f"{line} -F"
        if not below and _listed(verb.words):
            yield f"{line} -a {_quoted(_listed(verb.words))}"
