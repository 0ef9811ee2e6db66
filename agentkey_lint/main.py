"""argv in, exit status out. The hook's own fixed form starts without argparse; everything else goes through `arguments`.

Exit statuses: 0 clean, 1 findings, 2 the whole job could not be done (also when there are findings), 130 interrupted.
"""

import os
import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

CLEAN, FINDINGS, NOT_WHOLE, INTERRUPTED = 0, 1, 2, 130


def main(argv: "Sequence[str]") -> int:
    """Run one command. Errors that a person can mend are one line; anything else is a bug, reported without any text of the scanned files."""
    from agentkey_lint.model.errors import AgentkeyError

    try:
        if len(argv) >= 2 and argv[0] == "hook" and argv[1] == "--":
            from agentkey_lint.commands.hook import hook

            return hook(argv[2:])
        from agentkey_lint import arguments

        return arguments.dispatch(argv)
    except AgentkeyError as error:
        from agentkey_lint.engine.shown import without_secrets

        sys.stderr.write(f"agentkey-lint: {without_secrets(str(error))}\n")
        return NOT_WHOLE
    except KeyboardInterrupt:
        sys.stderr.write("agentkey-lint: interrupted\n")
        return INTERRUPTED
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)
        return NOT_WHOLE
    except Exception as error:
        from agentkey_lint.engine.pipeline import place_of

        sys.stderr.write(f"agentkey-lint: a bug: {place_of(error)}\n")
        return NOT_WHOLE


def run() -> None:
    """The console command."""
    import gc

    from agentkey_lint.model import imports

    imports.install()
    gc.set_threshold(50_000)  # a hook's modules and facts are built without one collection; a large run still has its own
    status = main(sys.argv[1:])
    if "agentkey_lint.model.expressions" in sys.modules:
        from agentkey_lint.model.expressions import keep

        keep()
    if "atexit" in sys.modules:
        import atexit

        atexit._run_exitfuncs()
    try:
        sys.stdout.flush()
        sys.stderr.flush()
    except BrokenPipeError:
        status = NOT_WHOLE
    os._exit(status)  # taking the interpreter apart would cost a hook a seventh of its time
