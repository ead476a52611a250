"""CURVE, authorized keys and their reload (docs/security.md): who gets in, and who does not."""
import os
import signal
import time

import zmq

from client import Client
from expect import holds, same
from key_table import authorize, client_keys, key, keygen, pair, secured
from ports import free_port
from subscriber import Subscriber
from system_board import eventually

ANY = "tcp://0.0.0.0"


def _serve(board, *lines, options=None):
    """Serves with CURVE: these may come in; somebody who asks on behalf of the board always may."""
    board.start({**secured(board, *lines), **(options or {})})


def _client(board, name, server="server", session=None):
    guest = Client(board.context, board.requests, session,
                   curve=(*pair(board, name), pair(board, server)[0]))
    board.guests.append(guest)
    return guest


def _subscriber(board, name):
    guest = Subscriber(board.context, board.events, ("",), curve=client_keys(board, name))
    board.guests.append(guest)
    return guest


def _hears_nothing(board, curve, seconds=1.0):
    """Whether no hello is answered to this client."""
    guest = Client(board.context, board.requests, curve=curve)
    guest.send([[1, "hello", {}]])
    end = time.monotonic() + seconds
    heard = False
    while time.monotonic() < end and not heard:
        heard = guest.pump(0.05)
    guest.close()
    return not heard


def _is_told_of_who_comes_in_the_clear(board):
    """Mostly at once. Now and then libzmq tells the broker nothing, perhaps as the client's own saw
    first that they do not match and hung up; it does not come again by itself.
    """
    def is_told():
        holds(_hears_nothing(board, None, 0.2), "a client without CURVE hears nothing")
        return "handshake_failed" in board.words()
    eventually(is_told, "a client without CURVE is told of")
    board.says("handshake_failed .*it has no key")


def _reload(board):
    before = board.words()
    board.process.send_signal(signal.SIGHUP)
    return eventually(
        lambda: [line for line in board.words()[len(before):].splitlines()
                 if " reloaded" in line or " reload_refused" in line],
        "SIGHUP is answered in the log")[0]


# ---- keys ------------------------------------------------------------------------------------

def keygen_writes_a_pair_and_never_over_another(board):
    path = keygen(board, "k")
    same(path.stat().st_mode & 0o777, 0o600, "keygen: 0600")
    public = path.with_name("k.pub").read_text()
    same((len(path.read_text()), len(public)), (41, 41), "keygen: Z85 on one line")
    code, words = board.run("keygen", str(path))
    same(code, 1, "keygen: never over a key")
    holds("is there" in words, "keygen: says why", words)
    code, words = board.run("keygen")
    same(code, 78, "keygen wants a file")
    holds("usage" in words, "keygen: usage", words)
    same(sorted(one.name for one in board.home.iterdir() if one.name.startswith("k")),
         ["k", "k.pub"], "keygen: leaves nothing else")


def keys_that_are_wrong_are_told_at_start_and_by_check_config(board):
    pair(board, "server")
    authorize(board, "ci monitor")
    clients, server = board.home / "clients", board.home / "server"

    def refused(*patterns, **options):
        for flag in ((), ("--check-config",)):
            given = {"security.server_key": server, "security.authorized_keys": clients,
                     **{name.replace("__", "."): value for name, value in options.items()}}
            code, words = board.run(*flag, options=given)
            same(code, 78, f"configuration: {words}")
            for pattern in patterns:
                holds(pattern in words, f"{pattern} is told", words)

    none = board.home / "none"
    refused(f"{none}: No such file", f"taskbbsd keygen {none}", security__server_key=none)
    refused(f"{none}: No such file", "a line for each client", security__authorized_keys=none)
    refused("is no file", "a line for each client", security__authorized_keys=board.home)
    refused("security.authorized_keys", "missing", security__authorized_keys=None)
    refused("security.server_key", security__server_key=None)
    server.chmod(0o644)
    refused("chmod 600")
    server.chmod(0o600)
    clients.write_text("nonsense\n")
    refused(f"{clients}:1: ", "no public key")
    authorize(board, "ci monitor")
    clients.chmod(0o666)
    refused("every user may change it")
    clients.chmod(0o600)
    code, words = board.run("--check-config", options={
        "security.server_key": server, "security.authorized_keys": clients})
    same(code, 0, f"--check-config takes what is right: {words}")


# ---- the door --------------------------------------------------------------------------------

def only_who_holds_an_authorized_key_gets_in(board):
    _serve(board, "ci requester")
    same(_client(board, "ci").call("hello")["role"], "requester", "an authorized key gets in")
    same(board.client().stats()["keys_refused"], 0, "stats: keys_refused, at first")
    holds(_hears_nothing(board, None), "a client without CURVE hears nothing", "")
    _is_told_of_who_comes_in_the_clear(board)
    before = board.client().stats()["keys_refused"]
    holds(before >= 1, "stats: keys_refused of those without a key", before)
    stranger = client_keys(board, "stranger")
    holds(_hears_nothing(board, stranger), "a client with another key hears nothing", "")
    wrong = (*pair(board, "ci"), pair(board, "stranger")[0])
    holds(_hears_nothing(board, wrong), "a client that expects another server hears nothing", "")
    board.says("client_refused .*not among the authorized")
    holds(board.client().stats()["keys_refused"] >= before + 2, "stats: keys_refused", before)
    same(board.client().stats()["curve"], True, "stats: curve")


def who_expects_another_servers_key_is_told(board):
    _serve(board, "ci requester")
    _hears_nothing(board, (*pair(board, "ci"), pair(board, "stranger")[0]))
    board.says("handshake_failed .*another server's key")


def events_are_encrypted_too_and_not_for_who_is_bound_to_domains(board):
    _serve(board, "ci monitor", "tenant monitor domains=a")
    listener = _subscriber(board, "ci")
    board.client().desire("g")
    listener.wait_for(lambda body: body["kind"] == "desired")
    features = _client(board, "tenant").call("hello")["features"]
    holds("events_denied" in features, "hello: events_denied", features)
    for name, curve in (("a tenant", client_keys(board, "tenant")),
                        ("one in the clear", None)):
        socket = board.context.socket(zmq.SUB)
        if curve:
            socket.curve_publickey, socket.curve_secretkey, socket.curve_serverkey = curve
        socket.setsockopt(zmq.SUBSCRIBE, b"")
        socket.connect(board.events)
        board.client().desire("for_" + name.split()[-1])
        same(socket.poll(1000), 0, f"{name} hears no event, not even a tick")
        socket.close(0)


def roles_are_checked_for_each_request(board):
    _serve(board, "watcher monitor", "ci requester", "worker executor executors=web-*")
    watcher, ci, worker = (_client(board, name) for name in ("watcher", "ci", "worker"))
    watcher.refused("denied", "desire", "§6: a monitor reads", {"task": {"guid": "g"}})
    ci.desire("g")
    same(watcher.call("get", guid="g")["task"]["state"], "pending", "§6: a monitor reads")
    ci.refused("denied", "claim", "§6: a requester takes nothing",
               {"guid": "g", "executor_id": "web-1"})
    worker.refused("denied", "claim", "an executor acts under its own names",
                   {"guid": "g", "executor_id": "db-1"})
    worker.call("claim", guid="g", executor_id="web-1")
    worker.refused("denied", "converge", "§6: an operator's", {})


# ---- reload ----------------------------------------------------------------------------------

def a_key_that_is_added_gets_in_without_a_restart(board):
    _serve(board)
    pair(board, "late")
    authorize(board, "board operator", "late monitor")
    holds(" reloaded" in _reload(board), "SIGHUP: reloaded", board.words())
    same(_client(board, "late").call("hello")["role"], "monitor", "the new key gets in")


def a_key_that_is_revoked_loses_its_rights_at_once(board):
    _serve(board, "ci operator")
    ci, listener = _client(board, "ci"), _subscriber(board, "ci")
    ci.desire("g")
    listener.wait_for(lambda body: body["kind"] == "desired")
    waiting = ci.next_id()
    ci.send([[waiting, "acquire", {"executor_id": "e", "wait_ms": 60000, "stacks": ["other"]}]])
    ci.call("hello")  # by now it waits
    authorize(board, "board operator")
    _reload(board)
    same(ci.reply(waiting).body["tasks"], [], "what it waited for has ended, empty")
    ci.refused("denied", "get", "its connection is of no use any more", {"guid": "g"})
    board.client().desire("later", stack="other")
    time.sleep(1.0)
    got = [body for _, body in iter(lambda: listener.receive(0.1), None)
           if body.get("task", {}).get("guid") == "later"]
    same(got, [], "nor does it hear events")


def a_table_with_a_mistake_changes_nothing(board):
    _serve(board, "ci monitor")
    ci = _client(board, "ci")
    (board.home / "clients").write_text("nonsense\n")
    line = _reload(board)
    holds("reload_refused" in line and "no public key" in line, "SIGHUP: the mistake is told", line)
    same(ci.call("hello")["role"], "monitor", "the old table stays")
    (board.home / "clients").unlink()
    holds("reload_refused" in _reload(board), "a missing table is a mistake", board.words())
    same(_client(board, "ci").call("hello")["role"], "monitor", "the old table stays")


def options_that_can_change_do_and_the_others_are_told(board):
    path = board.home / "taskbbsd.conf"
    path.write_text("[limits]\ntasks = 1\n")
    board.start({"config": path})
    c = board.client()
    c.desire("a")
    c.refused("busy", "desire", "limits.tasks is reached", {"task": {"guid": "b"}})
    path.write_text("[limits]\ntasks = 2\nmessage_bytes = 1MiB\n")
    _reload(board)
    c.desire("b")
    board.says("reload_changed option=limits.tasks from=1 to=2")
    board.says("reload_needs_restart option=limits.message_bytes")
    path.write_text("[limits]\ntasks = lots\n")
    line = _reload(board)
    holds("reload_refused" in line and f"{path}:2" in line, "what is wrong is told", line)
    c.refused("busy", "desire", "the old limit stays", {"task": {"guid": "c"}})


def what_the_command_line_hides_is_told(board):
    path = board.home / "taskbbsd.conf"
    path.write_text("[limits]\nexecutors = 7\n")
    board.start({"config": path, "limits.executors": 7})
    path.write_text("[limits]\nexecutors = 9\n")
    _reload(board)
    board.says(f'reload_hidden option=limits.executors value=9 at={path}:2 by="command line"')


def what_a_reload_did_is_said_at_the_more_talkative_level(board):
    path = board.home / "taskbbsd.conf"
    for level, then in (("info", "error"), ("error", "info")):
        path.write_text(f"[log]\nlevel = {level}\n")
        board.start({"config": path})
        path.write_text(f"[log]\nlevel = {then}\n")
        _reload(board)
        board.says(f"info reload_changed option=log.level from={level} to={then}")
        board.terminate()
        same(" info stopped" in board.words(), then == "info", "then the new level holds")


# ---- in the clear ----------------------------------------------------------------------------

def an_open_endpoint_without_curve_is_refused_at_start(board):
    for option in ("requests.endpoint", "events.endpoint"):
        for host in (ANY, "tcp://*", "tcp://[::]", "tcp://eth0"):
            code, words = board.run(options={option: f"{host}:{free_port()}"})
            same(code, 78, f"{option} = {host}: {words}")
            holds(option in words and "security.server_key" in words
                  and "security.allow_plaintext" in words, "what to do is told", words)


def an_open_endpoint_may_be_chosen_and_is_said_loudly(board):
    port = free_port()
    board.start({"events.endpoint": f"{ANY}:{port}", "security.allow_plaintext": "true", "log.level": "error"})
    board.says("warn open_plaintext .*everybody is operator")
    same(board.client().stats()["open_plaintext"], True, "stats: open_plaintext")
    board.terminate()
    board.start({})
    same(board.client().stats()["open_plaintext"], False, "stats: on loopback it is not open")


def an_open_endpoint_is_fine_with_curve(board):
    port = free_port()
    board.requests = f"tcp://127.0.0.1:{port}"
    _serve(board, options={"requests.endpoint": f"{ANY}:{port}"})
    same(board.client().stats()["open_plaintext"], False, "stats: open_plaintext")


def nobody_gets_in_where_the_zap_handler_says_no(board):
    """Fails closed: a hundred strangers at once, and the authorized one still gets in."""
    _serve(board, "ci monitor")
    sockets = []
    for at in range(100):
        socket = board.context.socket(zmq.DEALER)
        socket.setsockopt(zmq.LINGER, 0)
        public, secret = zmq.curve_keypair()
        socket.curve_publickey, socket.curve_secretkey = public, secret
        socket.curve_serverkey = pair(board, "server")[0]
        socket.connect(board.requests)
        socket.send(b"\x93\x01\xc4\x10" + os.urandom(16) + b"\x00", zmq.DONTWAIT)
        sockets.append(socket)
    same(_client(board, "ci").call("hello")["role"], "monitor", "an authorized key gets in")
    same([socket.poll(10) for socket in sockets], [0] * 100, "no stranger is answered")
    for socket in sockets:
        socket.close(0)
