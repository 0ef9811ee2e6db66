"""`Record`: a named tuple with typed fields that does not import `typing` (9 ms, more than the rest of a hook run's start-up).

Type checkers see `typing.NamedTuple`; at run time a metaclass builds the same from plain parts. `collections.namedtuple` would compile a function for
each class, which for the sixty that a hook needs takes as long as looking through its files.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any
    from typing import NamedTuple as Record
else:
    from _collections import _tuplegetter

    _new = tuple.__new__
    _NO_DEFAULTS = {}

    def _annotations(body):
        """The annotated names of a class body; from Python 3.14 on they are worked out when asked for."""
        if "__annotations__" in body:
            return body["__annotations__"]
        import annotationlib

        function = annotationlib.get_annotate_from_class_namespace(body)
        return annotationlib.call_annotate_function(function, annotationlib.Format.FORWARDREF) if function else ()

    def _filled(cls, values, named):
        """All values of a record, of which some are named or left to their defaults. Raises TypeError as a call does."""
        fields, defaults = cls._fields, cls._field_defaults
        if len(values) > len(fields):
            raise TypeError(f"{cls.__name__} takes {len(fields)} values, not {len(values)}")
        found = list(values)
        for field in fields[len(values) :]:
            if field in named:
                found.append(named.pop(field))
            elif field in defaults:
                found.append(defaults[field])
            else:
                raise TypeError(f"{cls.__name__} needs {field}")
        if named:
            raise TypeError(f"{cls.__name__} has no field {', '.join(named)}, or it is given twice")
        return found

    class _Values(tuple):
        """What every record can do: the interface of named tuples."""

        __slots__ = ()
        _fields = ()
        _field_defaults = _NO_DEFAULTS
        _last = ()  # the values of those defaults

        def __new__(cls, *values, **named):
            if not named:
                left = len(cls._fields) - len(values)
                if not left:
                    return _new(cls, values)
                if 0 < left <= len(cls._last):
                    return _new(cls, values + cls._last[-left:])
            return _new(cls, _filled(cls, values, named))

        @classmethod
        def _make(cls, values):
            made = _new(cls, values)
            if len(made) != len(cls._fields):
                raise TypeError(f"{cls.__name__} takes {len(cls._fields)} values, not {len(made)}")
            return made

        def _replace(self, **named):
            made = self._make(map(named.pop, self._fields, self))
            if named:
                raise ValueError(f"{type(self).__name__} has no field {', '.join(named)}")
            return made

        def _asdict(self):
            return dict(zip(self._fields, self, strict=True))

        def __repr__(self):
            return f"{type(self).__name__}({', '.join(f'{field}={value!r}' for field, value in zip(self._fields, self, strict=True))})"

        def __getnewargs__(self):
            return tuple(self)

    class _Meta(type):
        def __new__(mcs, name, bases, body):
            if not bases:
                return super().__new__(mcs, name, bases, body)
            fields = tuple(_annotations(body))
            defaults = {field: body[field] for field in fields if field in body}
            getters = {field: _tuplegetter(at, field) for at, field in enumerate(fields)}
            hidden = ("__classcell__", "__annotations__", "__annotate__", "__annotate_func__")
            methods = {key: value for key, value in body.items() if key not in hidden}
            more = {"__slots__": (), "_fields": fields, "_field_defaults": defaults, "_last": (*defaults.values(),), "__match_args__": fields}
            return type(name, (_Values,), {**methods, **getters, **more})

    class Record(metaclass=_Meta):
        """Base of every value."""


NOTHING: "Mapping[str, Any]" = {}
"""What a field that maps texts holds by default. It is the same for all records, and nobody may write to a mapping."""

__all__ = ["NOTHING", "Record"]
