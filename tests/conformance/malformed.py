"""Section 1 and 2: hostile bytes. Nothing of them is carried out and nobody else notices."""
import socket

from client import Client, Silent
from expect import Broken, holds, same
from packing import Raw, nest, pack, pairs, text

FORM = "§2: a message that is not of this form is answered malformed"


def _message(c, args, verb="desire"):
    return pack([1, c.session, 0, [[c.next_id(), verb, args]]])


def trailing_bytes_are_malformed(board):
    c = board.client()
    for tail in (b"\x00", b"\xc0", pack([1, c.session, 0, [[9, "hello", {}]]])):
        c.malformed(f"{FORM}: trailing bytes", _message(c, {"task": {"guid": "g"}}) + tail)
    holds(c.gone("g"), "§2: a malformed message changes nothing")


def a_message_cut_anywhere_is_malformed(board):
    c = board.client()
    full = _message(c, {"task": {"guid": "g", "payload": b"some bytes", "annotation": "words"}})
    for length in range(len(full)):
        c.malformed(f"{FORM}: cut after {length} bytes", full[:length])
    holds(c.gone("g"), "§2: a malformed message changes nothing")


def lying_lengths_are_malformed_at_once(board):
    c = board.client()
    head = b"\x94\x01\xc4\x10" + c.session + b"\x00"
    for lie in (
        b"\xdd\xff\xff\xff\xff",
        b"\xdc\xff\xff",
        b"\xdf\xff\xff\xff\xff",
        b"\xde\xff\xff",
        b"\xdb\xff\xff\xff\xff",
        b"\xc6\xff\xff\xff\xff",
        b"\xc9\xff\xff\xff\xff\x01",
        b"\xdb\x7f\xff\xff\xff",
        b"\xdd\x00\x00\x04\x00",
        b"\xdd\x40\x00\x00\x00",
    ):
        c.malformed(f"{FORM}: a length that lies, {lie.hex()}", lie)
        c.malformed(f"{FORM}: requests whose length lies, {lie.hex()}", head + lie)
        c.malformed(
            f"{FORM}: a value whose length lies, {lie.hex()}",
            head + b"\x91\x93\x01\xa5hello\x81\xa1x" + lie,
        )


def the_byte_that_is_never_used_is_malformed(board):
    c = board.client()
    c.malformed(f"{FORM}: 0xc1", b"\xc1")
    c.malformed(f"{FORM}: 0xc1 inside", _message(c, {"x": Raw(b"\xc1")}, "hello"))


def an_empty_frame_is_malformed(board):
    board.client().malformed(f"{FORM}: an empty frame", b"")


def a_message_may_be_eight_deep_but_not_nine(board):
    c = board.client()
    rule = "§1: a message nested deeper than 8 is malformed (the message is level 1)"
    for core in (nest(4), {"a": {"b": {"c": {}}}}, [{"x": [{}]}]):
        c.frames(_message(c, {"x": core}, "hello"))
        same(c.reply(c.id).status, "ok", f"{rule}; 8 levels are fine")
    for core in (nest(5), {"a": {"b": {"c": {"d": {}}}}}, [{"x": [{"y": []}]}], nest(200)):
        c.malformed(rule, _message(c, {"x": core}, "hello"))
    c.malformed(rule, b"\x91" * 100000)
    c.malformed(rule, b"\x91" * 100000 + b"\xc0")
    c.malformed(rule, pack([1, nest(8), 0, []]))


def a_key_twice_in_a_map_is_malformed(board):
    c = board.client()
    rule = "§1: a message with a key twice in a map is malformed"
    c.malformed(rule, _message(c, pairs(("task", {"guid": "g"}), ("task", {"guid": "g"}))))
    c.malformed(rule, _message(c, {"task": pairs(("guid", "g"), ("guid", "h"))}))
    c.malformed(rule, _message(c, {"task": {"guid": "g"}, "x": pairs(("y", 1), ("y", 1))}))
    c.malformed(rule, _message(c, pairs(("x", 1), ("x", 2)), "hello"))
    c.malformed(rule, _message(c, {"x": [[pairs(("y", 1), ("y", None))]]}, "hello"))
    c.malformed(
        rule, _message(c, pairs(*[(f"k{at}", at) for at in range(300)], ("k7", 0)), "hello")
    )
    c.malformed(rule, _message(c, pairs(("", 1), ("", 2)), "hello"))
    wide_twin = pairs((Raw(b"\xd9\x01x"), 1), ("x", 2))
    c.malformed(f"{rule}, whatever its width", _message(c, wide_twin, "hello"))
    holds(c.gone("g") and c.gone("h"), "§2: a malformed message changes nothing")


def the_same_key_in_two_maps_is_fine(board):
    c = board.client()
    same(
        c.ask("hello", {"x": {"x": {"x": 1}}, "y": [{"x": 1}, {"x": 2}]}).status,
        "ok",
        "§1: only a key twice in one map is malformed",
    )


def a_malformed_message_carries_out_none_of_its_requests_and_acks_nothing(board):
    c = board.client()
    c.malformed(
        FORM, pack([1, c.session, 900, [[1, "desire", {"task": {"guid": "g"}}], [2, "hello"]]])
    )
    holds(c.gone("g"), "§2: a malformed message changes nothing")
    same(
        c.ask("desire", {"task": {"guid": "h"}}, number=5, acked=0).status,
        "ok",
        "§2: a malformed message changes nothing, its acked neither",
    )


def malformed_messages_are_counted(board):
    c = board.client()
    before = c.stats().get("malformed", 0)
    for _ in range(7):
        c.malformed(FORM, b"\xc1")
    holds(
        c.stats().get("malformed", 0) >= before + 7,
        "§2: a malformed message is counted",
        (before, c.stats().get("malformed")),
    )


def a_message_over_message_bytes_is_malformed_or_closes_its_connection(board):
    board.start(
        {
            "limits.message_bytes": "64KiB",
            "limits.payload_bytes": "16KiB",
            "limits.result_bytes": "16KiB",
        }
    )
    other = board.client()
    same(other.call("hello")["limits"]["message_bytes"], 65536, "§4 hello: limits.message_bytes")
    for size in (70000, 1000000):
        c = Client(board.context, board.requests)
        args = {"task": {"guid": "g", "x": b"x" * size}}
        c.frames(pack([1, c.session, 0, [[1, "desire", args]]]))
        try:
            same(c.reply(0, 1.0).status, "malformed", "§1: longer than limits.message_bytes")
        except Silent:
            pass
        c.close()
        holds(other.gone("g"), "§1: a message longer than limits.message_bytes is not carried out")
    same(
        other.ask("desire", {"task": {"guid": "h"}, "x": b"x" * 60000}).status,
        "ok",
        "§1: a message up to limits.message_bytes is read",
    )


def bytes_that_are_no_zmtp_harm_nobody(board):
    c = board.client()
    host, port = board.requests.removeprefix("tcp://").split(":")
    for noise in (b"", b"GET / HTTP/1.1\r\n\r\n", b"\xff" * 64, b"\x00" * 1000, bytes(range(256))):
        with socket.create_connection((host, int(port)), 5) as wire:
            wire.sendall(noise)
            same(c.ask("hello").status, "ok", "§2: never harms another client")


def hostile_bytes_never_harm_another_client(board):
    good, bad = board.client(), board.client()
    for at in range(300):
        bad.frames(bytes((at * 7 + k * 13) % 256 for k in range(at % 40)))
        if at % 10 == 0:
            same(
                good.ask("desire", {"task": {"guid": f"g{at}"}}).status,
                "ok",
                "§2: a malformed message never harms another client",
            )
    same(len(good.listing()), 30, "§2: a malformed message never harms another client")


def unknown_fields_of_any_kind_are_ignored(board):
    c = board.client()
    oddities = {
        "nil": None,
        "f": 1.5,
        "neg": -(2**63),
        "big": 2**64 - 1,
        "b": b"\xff\xfe",
        "s": "é\0",
        "l": [1, "x", {}],
        "m": {"guid": 5},
        "ext": Raw(b"\xd4\x05\x01"),
        "time": Raw(b"\xd6\xff\x00\x00\x00\x01"),
        "f32": Raw(b"\xca\x3f\x80\x00\x00"),
    }
    rule = "§1: unknown fields of a map are ignored"
    reply = c.ask("desire", {"task": {"guid": "g", **oddities}, **oddities})
    same((reply.status, reply.body.get("message")), ("ok", None), rule)
    same(
        c.ask(
            "acquire",
            {
                "executor_id": "e",
                "free": {"memory_mb": 1, "disk_mb": 1, "cpu_percent": 1, **oddities},
                **oddities,
            },
        ).status,
        "ok",
        rule,
    )
    same(c.ask("hello", oddities).status, "ok", rule)


def a_str_that_is_not_utf8_is_refused_even_where_nobody_reads_it(board):
    c = board.client()
    rule = "§1: any other str, map keys and unknown fields included, MUST be valid UTF-8"
    bad = (
        b"\xff",
        b"\xc3",
        b"\xc0\x80",
        b"\xed\xa0\x80",
        b"\xf4\x90\x80\x80",
        b"\xe2\x82",
        b"ok\x80",
        b"\xf8\x88\x80\x80\x80",
        b"\xe0\x80\x80",
    )
    for number, data in enumerate(bad):
        guid = f"g{number}"
        for args in (
            {"task": {"guid": guid, "annotation": text(data)}},
            {"task": {"guid": guid, "type": text(data)}},
            {"task": {"guid": guid, "x": text(data)}},
            {"task": {"guid": guid}, "x": [[text(data)]]},
            {"task": {"guid": guid}, "x": {"y": text(data)}},
            {"task": pairs(("guid", guid), (text(data), 1))},
            pairs(("task", {"guid": guid}), (text(data), 1)),
        ):
            c.refused("invalid_request", "desire", f"{rule}: {data!r}", args)
        holds(c.gone(guid), f"{rule}: refused means not carried out")
    c.refused("invalid_request", "hello", rule, {"x": text(b"\xff")})
    c.refused("invalid_request", "get", rule, {"guid": text(b"\xff")})


def every_valid_utf8_is_kept(board):
    c = board.client()
    words = "\0 é € 𝄞 \u07ff\u0800\uffff\U00010000\U0010ffff \ud7ff\ue000 \r\n\t\x7f"
    c.desire("g", annotation=words, type="ü" * 32)
    same(c.get("g")["annotation"], words, "§1: a str is UTF-8")
    same(c.get("g")["type"], "ü" * 32, "§1: limits of strs are in bytes")


def a_verb_that_is_not_utf8_is_refused_in_valid_utf8(board):
    c = board.client()
    number = c.next_id()
    c.frames(pack([1, c.session, 0, [[number, text(b"\xff\xfe"), {}]]]))
    reply = c.reply(number)
    holds(
        reply.status in ("unknown_verb", "invalid_request"),
        "§4: unknown_verb comes first, then UTF-8",
        reply,
    )


def a_message_of_a_thousand_hostile_requests_leaves_the_broker_alive(board):
    c = board.client()
    for size in (1, 16, 255, 70000):
        c.frames(pack([1, c.session, 0, [[1, "x" * size, {}]]]))
        same(c.reply(1).status, "unknown_verb", "§4: unknown_verb")
    try:
        c.send(
            [
                [number, "acquire", {"executor_id": "e", "stacks": ["s"] * 900}]
                for number in range(2, 300)
            ]
        )
        for number in range(2, 300):
            same(c.reply(number).status, "ok", "§4 acquire: stacks is a list")
    except Silent as error:
        raise Broken("§4 acquire: costs O(matching queues x log tasks)") from error
