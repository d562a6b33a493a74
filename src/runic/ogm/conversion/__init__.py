"""How values travel to a database and back, one codec a type; nothing here knows a database."""

from __future__ import annotations

from runic.ogm.conversion.base import Codec, NativeTypes, TypeConverter
from runic.ogm.conversion.converters import codec_from_converter, register_converter
from runic.ogm.conversion.keys import for_key
from runic.ogm.conversion.resolve import codec_for
from runic.ogm.conversion.spatial import sized

__all__ = [
    "Codec",
    "NativeTypes",
    "TypeConverter",
    "codec_for",
    "codec_from_converter",
    "for_key",
    "register_converter",
    "sized",
]
