"""A MessagePack encoder that can also lie.

Ordinary clients pack ordinary values; a hostile one needs strings that are not UTF-8, maps with a
key twice, and every legal but unusual width. `pack` takes plain Python values and, anywhere inside
them, `Raw` bytes that are put in as they stand.
"""
import struct


class Raw(bytes):
    """Bytes that are already MessagePack, or pretend to be."""


def text(data):
    """A MessagePack str holding these bytes, whether they are UTF-8 or not."""
    return Raw(
        _head(
            len(data),
            ((0xA0, 31, None), (0xD9, 0xFF, ">B"), (0xDA, 0xFFFF, ">H"), (0xDB, 0xFFFFFFFF, ">I")),
        )
        + data
    )


def pairs(*items):
    """A map of these (key, value) pairs, duplicates and all."""
    body = b"".join(pack(key) + pack(value) for key, value in items)
    return Raw(_head(len(items), ((0x80, 15, None), (0xDE, 0xFFFF, ">H"))) + body)


def nest(depth, core=None):
    """`core` inside `depth` arrays."""
    for _ in range(depth):
        core = [] if core is None else [core]
    return core


def wide(value):
    """The value in the widest encodings that MessagePack has for it."""
    if value is None or isinstance(value, (bool, float, Raw)):
        return Raw(pack(value))
    if isinstance(value, int):
        return Raw(b"\xd3" + struct.pack(">q", value))
    if isinstance(value, bytes):
        return Raw(b"\xc6" + struct.pack(">I", len(value)) + value)
    if isinstance(value, str):
        data = value.encode()
        return Raw(b"\xdb" + struct.pack(">I", len(data)) + data)
    if isinstance(value, dict):
        body = b"".join(wide(key) + wide(item) for key, item in value.items())
        return Raw(b"\xdf" + struct.pack(">I", len(value)) + body)
    return Raw(b"\xdd" + struct.pack(">I", len(value)) + b"".join(map(wide, value)))


def pack(value):
    """The value in the narrowest encodings."""
    if isinstance(value, Raw):
        return bytes(value)
    if value is None:
        return b"\xc0"
    if isinstance(value, bool):
        return b"\xc3" if value else b"\xc2"
    if isinstance(value, int):
        return _pack_int(value)
    if isinstance(value, float):
        return b"\xcb" + struct.pack(">d", value)
    if isinstance(value, bytes):
        return (
            _head(len(value), ((0xC4, 0xFF, ">B"), (0xC5, 0xFFFF, ">H"), (0xC6, 0xFFFFFFFF, ">I")))
            + value
        )
    if isinstance(value, str):
        return bytes(text(value.encode()))
    if isinstance(value, dict):
        return bytes(pairs(*value.items()))
    head = _head(len(value), ((0x90, 15, None), (0xDC, 0xFFFF, ">H"), (0xDD, 0xFFFFFFFF, ">I")))
    return head + b"".join(map(pack, value))


def _pack_int(value):
    if 0 <= value < 128 or -32 <= value < 0:
        return struct.pack(">b", value)
    unsigned = ((0xCC, ">B", 8), (0xCD, ">H", 16), (0xCE, ">I", 32), (0xCF, ">Q", 64))
    signed = ((0xD0, ">b", 7), (0xD1, ">h", 15), (0xD2, ">i", 31), (0xD3, ">q", 63))
    for tag, form, bits in unsigned if value >= 0 else signed:
        if -(1 << bits) <= value < 1 << bits:
            return bytes([tag]) + struct.pack(form, value)
    raise ValueError(value)


def _head(length, forms):
    for tag, most, form in forms:
        if length <= most:
            return (
                bytes([tag | length]) if form is None else bytes([tag]) + struct.pack(form, length)
            )
    raise ValueError(length)
