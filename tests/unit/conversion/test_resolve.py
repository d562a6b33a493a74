"""What has a codec, what has none and is told so, and converters of one's own."""

from __future__ import annotations

import subprocess
import sys
from collections import deque
from collections.abc import Sequence
from typing import Annotated, Any, ForwardRef, NewType, Optional, TypeVar, Union

import pytest

from runic.ogm.conversion import NativeTypes, TypeConverter, codec_for, codec_from_converter, register_converter

Meters = NewType("Meters", float)
Depth = NewType("Depth", Meters)
T = TypeVar("T")


class Colour:
    def __init__(self, red: int, green: int, blue: int) -> None:
        self.parts = (red, green, blue)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Colour) and self.parts == other.parts

    __hash__ = None  # type: ignore[assignment]


class ColourConverter(TypeConverter[Colour]):
    def to_graph(self, value: Colour) -> str:
        return "#{:02x}{:02x}{:02x}".format(*value.parts)

    def from_graph(self, value: str) -> Colour:
        return Colour(*bytes.fromhex(value[1:]))


class Wrapped(ColourConverter):
    cypher_fn = "intern"


class Slug(str):
    __slots__ = ()


def test_codec_is_made_once() -> None:
    assert codec_for(list[int]) is codec_for(list[int])
    assert codec_for(float) is not codec_for(float, NativeTypes(non_finite=True))


def test_wrappers_are_looked_through() -> None:
    assert codec_for(Depth) is codec_for(Annotated[float, []]) is codec_for(float)


@pytest.mark.parametrize("annotation", [int | None, Optional[int], Union[int, None]])  # noqa: UP007,UP045 - all spellings
def test_none_is_left_out(annotation: object) -> None:
    assert codec_for(annotation) == codec_for(int)


@pytest.mark.parametrize(
    ("annotation", "text"),
    [
        (Any, "Any does not say how to store a value"),
        (object, "object does not say how to store a value"),
        (complex, r"values of type complex cannot be stored: .* register_converter\(complex, ...\)"),
        (Slug, "values of type Slug cannot be stored"),
        (type(None), "NoneType"),
        (None, "None"),
        ("Later", "'Later'"),
        (ForwardRef("Later"), "Later"),
        (T, "~T"),
        (Sequence[int], "Sequence"),
        (deque[int], "deque"),
        (list[complex], "values of type complex"),
        (dict[int, str], "keys are str, not int"),
        (list[int] | list[str], "different names"),
        (int | Any, "Any"),
        (list[Colour], "values of type Colour"),
    ],
)
def test_annotation_without_codec_says_why(annotation: object, text: str) -> None:
    with pytest.raises(TypeError, match=text):
        codec_for(annotation)


def test_only_plain_types_promise_their_instances() -> None:
    assert [codec_for(kind).exact for kind in (str, bool, int, float)] == [str, bool, None, None]


def test_converter_makes_a_codec() -> None:
    codec = codec_from_converter(Wrapped())
    assert codec.encode(Colour(1, 2, 255)) == "#0102ff"
    assert codec.decode is not None
    assert codec.decode("#0102ff") == Colour(1, 2, 255)
    assert (codec.function, codec.wire, codec.mutable) == ("intern", "any", True)


def test_failing_converter_is_named() -> None:
    with pytest.raises(ValueError, match=r"ColourConverter\.to_graph: AttributeError: 'str' object"):
        codec_from_converter(ColourConverter()).encode("red")


def test_converter_must_not_return_none() -> None:
    class Nothing(ColourConverter):
        def to_graph(self, value: Colour) -> Any:
            del value

    with pytest.raises(ValueError, match=r"Nothing\.to_graph returned None"):
        codec_from_converter(Nothing()).encode(Colour(1, 2, 3))


def test_registered_converter_serves_all_places() -> None:
    class Paint(Colour):
        pass

    class PaintConverter(ColourConverter):
        def from_graph(self, value: str) -> Colour:
            return Paint(*bytes.fromhex(value[1:]))

    with pytest.raises(TypeError):
        codec_for(Paint)
    register_converter(Paint, PaintConverter())
    for annotation, value in (
        (Paint, Paint(1, 2, 3)),
        (list[Paint], [Paint(1, 2, 3)]),
        (dict[str, Paint], {"a": Paint(9, 9, 9)}),
    ):
        codec = codec_for(annotation)
        assert codec.decode is not None
        assert codec.decode(codec.encode(value)) == value


def test_wrapping_converter_is_refused_inside() -> None:
    class Dye(Colour):
        pass

    register_converter(Dye, Wrapped())
    assert codec_for(Dye).function == "intern"
    with pytest.raises(TypeError, match="cypher_fn wraps a whole property"):
        codec_for(list[Dye])


def test_registration_goes_before_the_package() -> None:
    class Kind(Colour):
        pass

    register_converter(Kind, ColourConverter())
    first = codec_for(Kind)
    register_converter(Kind, Wrapped())
    assert (first.function, codec_for(Kind).function) == (None, "intern")


@pytest.mark.parametrize(("python_type", "converter"), [("Colour", ColourConverter()), (Colour, ColourConverter)])
def test_wrong_registration_is_refused(python_type: Any, converter: Any) -> None:
    with pytest.raises(TypeError, match="must be"):
        register_converter(python_type, converter)


def test_package_never_imports_pydantic() -> None:
    program = "import sys, runic.ogm.conversion; sys.exit('pydantic' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0
