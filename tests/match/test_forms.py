"""The forms in which a name is given a value: what the table says of their first and last bytes holds, so that no form is left out where it fits."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from agentkey_lint.match import forms

FORMS = pytest.mark.parametrize("form", forms._FORMS, ids=lambda form: form.after.decode()[:40])


@FORMS
@settings(deadline=None)  # text of a pattern is found by trial
@given(data=st.data())
def test_a_form_begins_and_ends_as_the_table_says(form: forms.Form, data: st.DataObject) -> None:
    before = data.draw(st.from_regex(re.compile(form.before, re.IGNORECASE)))
    after = data.draw(st.from_regex(re.compile(rb"\A(?:" + form.after + rb")", re.IGNORECASE)))
    assert form in [one for _, one in forms._forms(before[-1:], after[:1])]


@given(st.binary(max_size=3), st.lists(st.sampled_from([b" ", b"=", b'"', b"'", b":", b",", b"(", b")", b"value", b"\n", b"||", b"login u ", b"-", b";"])))
def test_all_forms_tried_in_turn_give_the_same(before: bytes, parts: list[bytes]) -> None:
    data = before + b"password" + b"".join(parts)
    start, end = len(before), len(before) + len(b"password")
    by_form = forms.around(data, start, end)
    slow = next(
        (
            (match.span(), form.style)
            for form in forms._FORMS
            if (match := re.compile(form.after, re.IGNORECASE).match(data, end))
            and re.compile(form.before, re.IGNORECASE).search(data[:start])
            and form.style != "sql"
        ),
        None,
    )
    assert (by_form and (by_form[0].span(), by_form[1])) == slow
