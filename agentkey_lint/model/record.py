"""`Record`: a named tuple with typed fields that does not import `typing` (9 ms, more than the rest of a hook run's start-up).

Type checkers see `typing.NamedTuple`; at run time a metaclass builds the same thing with `collections.namedtuple`.
"""

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import NamedTuple as Record
else:
    from collections import namedtuple

    def _annotations(body):
        """The annotated names of a class body; from Python 3.14 on they are worked out when asked for."""
        if "__annotations__" in body:
            return body["__annotations__"]
        import annotationlib

        function = annotationlib.get_annotate_from_class_namespace(body)
        return annotationlib.call_annotate_function(function, annotationlib.Format.FORWARDREF) if function else ()

    class _Meta(type):
        def __new__(mcs, name, bases, body):
            if not bases:
                return super().__new__(mcs, name, bases, body)
            fields = tuple(_annotations(body))
            defaults = [body.pop(field) for field in fields if field in body]
            base = namedtuple(name, fields, defaults=defaults or None)
            methods = {key: value for key, value in body.items() if key not in ("__classcell__", "__annotations__", "__annotate__", "__annotate_func__")}
            return type(name, (base,), {"__slots__": (), **methods})

    class Record(metaclass=_Meta):
        """Base of every value."""


__all__ = ["Record"]
