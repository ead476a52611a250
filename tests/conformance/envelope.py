"""Section 2: the form of messages, versions, order of replies, one message of many requests."""
import time

from client import Client
from expect import holds, same, within
from packing import Raw, pack, wide

FORM = "§2: a message that is not of this form is answered malformed"


def a_message_of_one_request_is_answered_with_its_id_and_a_status(board):
    c = board.client()
    reply = c.ask("hello", {}, number=77)
    same((reply.id, reply.status), (77, "ok"), "§2: a reply is [id, status, body]")


def another_version_is_answered_unsupported_version_whatever_follows(board):
    c = board.client()
    for message in (
        [2, c.session, 0, [[1, "hello", {}]]],
        [2],
        [0],
        [-1],
        [2, "what", {"ever": 1}, None],
        [7, c.session, 0, []],
        [2**63 - 1, 1],
        [-(2**63)],
    ):
        c.frames(pack(message))
        reply = c.reply(0)
        same(
            reply.status,
            "unsupported_version",
            f"§2: an array that begins with another int ({message[0]}) is unsupported_version",
        )
        same(
            reply.body.get("supported"),
            [1],
            "§2: the body of unsupported_version says supported [1]",
        )


def another_version_changes_nothing(board):
    c = board.client()
    c.frames(pack([2, c.session, 50, [[1, "desire", {"task": {"guid": "g"}}]]]))
    same(c.reply(0).status, "unsupported_version", "§2: another version is unsupported_version")
    holds(c.gone("g"), "§2: an unsupported message is not carried out")
    c.call("desire", task={"guid": "g"})


def a_message_of_two_frames_is_malformed(board):
    c = board.client()
    good = pack([1, c.session, 0, [[1, "desire", {"task": {"guid": "g"}}]]])
    c.malformed("§1: a request message is ONE frame; more are malformed", good, good)
    c.malformed("§1: a request message is ONE frame; more are malformed", good, b"")
    c.malformed("§1: a request message is ONE frame; more are malformed", b"", good)
    c.malformed("§1: a request message is ONE frame; more are malformed", *[good] * 500)
    holds(c.gone("g"), "§2: a malformed message changes nothing")


def a_message_that_is_no_array_is_malformed(board):
    c = board.client()
    for value in (None, True, 1, -1, 1.5, "1", b"1", {}, {"version": 1}, []):
        c.malformed(f"{FORM}: {value!r} is no message", pack(value))


def a_message_that_begins_with_anything_but_an_int_is_malformed(board):
    c = board.client()
    for first in (None, True, 1.0, "1", b"\x01", [], {}):
        c.malformed(f"{FORM}: version {first!r}", pack([first, c.session, 0, [[1, "hello", {}]]]))


def a_message_with_too_few_or_extra_elements_is_malformed(board):
    c = board.client()
    full = [1, c.session, 0, [[1, "hello", {}]]]
    for count in (1, 2, 3):
        c.malformed(f"{FORM}: {count} elements", pack(full[:count]))
    for extra in (None, 0, {}, "x"):
        c.malformed(f"{FORM} (extra elements included)", pack(full + [extra]))


def a_request_with_too_few_or_extra_elements_is_malformed(board):
    c = board.client()
    for request in (
        [],
        [1],
        [1, "hello"],
        [1, "hello", {}, None],
        [1, "hello", {}, {}, 1],
        {},
        1,
        None,
        "hello",
    ):
        c.malformed(f"{FORM}: request {request!r}", pack([1, c.session, 0, [request]]))


def a_session_is_sixteen_bytes(board):
    c = board.client()
    for session in (b"", b"x" * 15, b"x" * 17, None, 5, ["x"] * 16, {}):
        c.malformed(
            f"§2: session is bin, 16 bytes: {session!r}", pack([1, session, 0, [[1, "hello", {}]]])
        )


def a_session_given_as_str_is_the_same_session(board):
    c = board.client(b"sixteen bytes ok")
    first = c.desire("g")
    c.frames(pack([1, "sixteen bytes ok", 0, [[1, "desire", {"task": {"guid": "g"}}]]]))
    same(c.reply(1).body.get("seq"), first["seq"], "§1: a bin field also takes a str, as its bytes")
    c.frames(pack([1, Raw(b"\xb0" + b"\xff" * 16), 0, [[2, "hello", {}]]]))
    same(c.reply(2).status, "ok", "§1: a str in a bin field is bytes and need not be UTF-8")


def acked_and_id_are_integers_in_range(board):
    c = board.client()
    for acked in (-1, 2**63, "0", 0.0, True, b"", [], {}):
        c.malformed(
            f"§2: acked is an int, 0..2^63-1: {acked!r}",
            pack([1, c.session, acked, [[1, "hello", {}]]]),
        )
    for number in (0, -1, 2**63, 2**64 - 1, "1", 1.0, True, None, b"", []):
        c.malformed(
            f"§2: id is an int from 1 to 2^63-1: {number!r}",
            pack([1, c.session, 0, [[number, "hello", {}]]]),
        )
    same(c.ask("hello", number=2**63 - 1).status, "ok", "§1: integers go up to 2^63-1")
    same(
        c.ask("desire", {"task": {"guid": "g"}}, number=2**63 - 1).status,
        "ok",
        "§1: integers go up to 2^63-1, a mutation's id too",
    )


def a_verb_is_a_str_and_args_are_a_map(board):
    c = board.client()
    for verb in (1, True, b"hello", [], {}, 1.5):
        c.malformed(f"§2: verb is a str: {verb!r}", pack([1, c.session, 0, [[1, verb, {}]]]))
    for args in (1, True, "x", b"", [], [["guid", "g"]], 1.5):
        c.malformed(f"§2: args is a map: {args!r}", pack([1, c.session, 0, [[1, "hello", args]]]))


def a_message_carries_one_to_1024_requests(board):
    c = board.client()
    c.malformed("§2: 1..1024 requests: none", pack([1, c.session, 0, []]))
    many = [[number, "get", {"guid": "g"}] for number in range(1, 1026)]
    c.malformed("§2: 1..1024 requests: 1025", pack([1, c.session, 0, many]))
    c.malformed("§2: requests are an array", pack([1, c.session, 0, {}]))
    c.malformed("§2: requests are an array", pack([1, c.session, 0, None]))
    c.send(many[:1024])
    for number in range(1, 1025):
        same(c.reply(number).status, "not_found", "§2: each of 1024 requests is answered")
    same(len(c.order), 4 + 1024, "§2: a request is answered at most once per time it was received")


def replies_come_in_the_order_of_the_requests(board):
    c = board.client()
    requests = []
    for at in range(200):
        requests += [
            ("desire", {"task": {"guid": f"g{at}"}}),
            ("get", {"guid": f"g{at}"}),
            ("claim", {"guid": "nope", "executor_id": "e"}),
            ("nonsense", {}),
            ("stats", {}),
            ("list", {"limit": 0}),
            ("heartbeat", {"executor_id": "e", "ttl_ms": 60000}),
        ]
    c.many(requests, chunk=333)
    same(c.order, sorted(c.order), "§2: requests of a session are answered in the order received")


def a_request_sees_what_the_one_before_it_in_its_message_did(board):
    c = board.client()
    verbs = [
        ("desire", {"task": {"guid": "g"}}),
        ("claim", {"guid": "g", "executor_id": "e"}),
        ("start", {"guid": "g", "executor_id": "e", "container_handle": "h"}),
        ("complete", {"guid": "g"}),
        ("resolving", {"guid": "g"}),
        ("resolve", {"guid": "g"}),
        ("get", {"guid": "g"}),
    ]
    replies = c.many(verbs)
    same(
        [reply.status for reply in replies],
        ["ok"] * 6 + ["not_found"],
        "§2: requests of a session are applied in the order received",
    )


def a_message_is_not_a_transaction(board):
    c = board.client()
    replies = c.many(
        [
            ("desire", {"task": {"guid": "a"}}),
            ("desire", {"task": {"guid": "a"}}),
            ("what", {}),
            ("desire", {"task": {"guid": "b c"}}),
            ("desire", {"task": {"guid": "d"}}),
        ]
    )
    same(
        [reply.status for reply in replies],
        ["ok", "already_exists", "unknown_verb", "invalid_request", "ok"],
        "§2: a message is not a transaction: each request stands alone",
    )


def every_width_of_messagepack_is_read(board):
    c = board.client()
    task = {
        "guid": "g",
        "payload": b"bytes",
        "annotation": "words",
        "priority": -5,
        "memory_mb": 64,
        "created_at": 1234812,
    }
    c.frames(wide([1, c.session, 0, [[1, "desire", {"task": task}]]]))
    same(c.reply(1).status, "ok", "§1: bodies are MessagePack, in whatever width")
    seen = c.get("g")
    same({name: seen[name] for name in task}, task, "§1: bodies are MessagePack, in whatever width")


def a_reply_message_ends_once_it_has_passed_reply_bytes(board):
    board.start({"limits.reply_bytes": "64KiB"})
    c = board.client()
    c.desire("g", payload=b"x" * 10000)
    c.sizes.clear()
    c.send([[number, "get", {"guid": "g"}] for number in range(10, 110)])
    for number in range(10, 110):
        same(c.reply(number).status, "ok", "§2: the broker may answer in several reply messages")
    within(
        max(c.sizes),
        10000,
        64 * 1024 + 11000,
        "§2: several reply messages once one has passed limits.reply_bytes",
    )


def the_seq_of_a_reply_message_is_at_least_that_of_what_it_tells(board):
    c, other = board.client(), board.client()
    for at in range(50):
        reply = c.ask("desire", {"task": {"guid": f"g{at}"}})
        holds(reply.seq >= reply.body["seq"], "§2: seq is the newest durable event number", reply)
        read = other.ask("get", {"guid": f"g{at}"})
        holds(read.seq >= reply.body["seq"], "§2 Durability: that holds for reads too", read)


def two_connections_of_one_session_are_each_answered(board):
    a = board.client()
    b = board.client(a.session)
    a.send([[1, "desire", {"task": {"guid": "a"}}]])
    b.send([[2, "desire", {"task": {"guid": "b"}}]])
    same(
        (a.reply(1).status, b.reply(2).status),
        ("ok", "ok"),
        "§2: replies go to the peer that asked",
    )


def a_client_that_leaves_without_reading_harms_nobody(board):
    c = board.client()
    c.desire("g", payload=b"x" * 500000)
    for _ in range(5):
        ghost = Client(board.context, board.requests)
        ghost.send([[number, "get", {"guid": "g"}] for number in range(1, 200)])
        c.call("hello")
        ghost.close()
    same(
        c.ask("get", {"guid": "g"}).status,
        "ok",
        "§2: a reply whose peer is gone is dropped; others go on",
    )


def a_message_may_be_as_long_as_message_bytes(board):
    c = board.client()
    most = c.call("hello")["limits"]["message_bytes"]
    tasks = [{"guid": f"g{at}", "payload": b"x" * 2**20} for at in range(most // 2**20 - 1)]
    replies = c.many([("desire", {"task": task}) for task in tasks])
    same({reply.status for reply in replies}, {"ok"}, "§1: up to limits.message_bytes")
    rest = most - len(pack([1, c.session, c.acked, [[c.id + 1, "hello", {"x": b""}]]])) - 16
    same(c.ask("hello", {"x": b"y" * rest}).status, "ok", "§1: up to limits.message_bytes")


def a_peer_that_does_not_read_harms_nobody(board):
    c, deaf = board.client(), board.client()
    c.desire("g", payload=b"x" * 100000)
    deaf.send([[number, "get", {"guid": "g"}] for number in range(1, 1001)])
    for at in range(50):
        began = time.monotonic()
        c.desire(f"g{at}")
        within(time.monotonic() - began, 0, 20, "§2: never harms another client")
    deaf.connect()
    same(deaf.ask("get", {"guid": "g"}, 5000).status, "ok", "§2: the client retries")
