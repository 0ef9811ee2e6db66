"""Edits of a TOML manifest whose layout must change, by tomlkit: keys in one inline list, or a list that is still empty."""

from agentkey_lint.manifest.lists import line_end

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

    Value = str | tuple[str, ...]


def changed(data: bytes, fields: "Mapping[str, Value]", id_: str = "") -> bytes:
    """The text with one more key, or with these fields of the key of that id set. Raises ValueError where tomlkit cannot do that either."""
    import tomlkit

    try:
        document = tomlkit.parse(data.decode())
        keys = document.get("key")
        values = {name: value if isinstance(value, str) else list(value) for name, value in fields.items()}
        if id_:
            next(key for key in keys or () if key.get("id") == id_).update(values)
        elif keys:
            table = tomlkit.inline_table() if not isinstance(keys, tomlkit.items.AoT) else tomlkit.table()
            table.update(values)
            keys.append(table)
        else:
            document.pop("key", None)
            document.append("key", tomlkit.aot())
            document["key"].append(tomlkit.item(values))
        text = tomlkit.dumps(document)
    except (ValueError, KeyError, TypeError, AttributeError, StopIteration, RecursionError) as error:  # its errors are ValueErrors, all but those
        raise ValueError("tomlkit cannot edit this") from error
    end = line_end(data).decode()
    return text.replace("\r\n", "\n").replace("\n", end).encode()
