"""Metrics and health of a real broker (docs/metrics.md): what is served where, to friend and foe."""
import re
import shutil
import subprocess
import threading

from expect import holds, same
from ports import free_port
from system_board import Skipped, eventually
from visitors import connect, exchange, families, get, value

SNAPSHOTS = {"journal.segment_bytes": "256KiB", "limits.batch_bytes": "128KiB", "journal.snapshot_bytes": "1MiB"}


def _start(board, options=None, endpoint=None):
    """Starts the broker with metrics on; where they are."""
    endpoint = endpoint or f"127.0.0.1:{free_port()}"
    board.start({"metrics.endpoint": endpoint, **(options or {})})
    return endpoint


def _load(board):
    """Some of everything: a client that did it."""
    c = board.client()
    c.call("heartbeat", executor_id="e1", incarnation="i1", ttl_ms=60_000)
    c.desire_many([f"g{k}" for k in range(50)], payload=b"p" * 1000, domain="blue")
    c.call("acquire", executor_id="e1", max=10)
    c.call("start", guid="g0", executor_id="e1", container_handle="box")
    c.call("complete", guid="g0", executor_id="e1")
    c.call("resolving", guid="g0")
    c.call("resolve", guid="g0")
    c.refused("not_found", "claim", "a task that is not there", {"guid": "nope", "executor_id": "e1"})
    return c


def _snapshot(board, c):
    """Works until a snapshot was taken."""
    for at in range(200):
        if c.stats()["snapshots"] > 0:
            return
        guids = [f"s{at}-{k}" for k in range(100)]
        c.desire_many(guids, payload=b"p" * 2000)
        c.many([("cancel", {"guid": guid, "reason": "no"}) for guid in guids])
        c.many([("resolve", {"guid": guid}) for guid in guids])
    holds(False, "a snapshot is taken")


def nothing_is_served_where_it_is_not_asked_for(board):
    board.start()
    listening = subprocess.run(["ss", "-Hltnp"], capture_output=True, text=True, check=False).stdout
    ours = [line for line in listening.splitlines() if f"pid={board.process.pid}," in line]
    if not ours:
        raise Skipped("ss tells nothing")
    same(len(ours), 2, f"requests and events are all that listens: {ours}")


def figures_follow_what_happens(board):
    endpoint = _start(board)
    _load(board)
    status, text = get(endpoint, "/metrics")
    same(status, 200, "/metrics: 200")
    for name, labels, wanted in (
        ("taskbbs_ready", {}, 1),
        ("taskbbs_tasks", {"state": "pending"}, 40),
        ("taskbbs_tasks", {"state": "claimed"}, 9),
        ("taskbbs_domain_tasks", {"domain": "blue", "state": "pending"}, 40),
        ("taskbbs_domain_tasks", {"domain": "(other)", "state": "pending"}, 0),
        ("taskbbs_requests_total", {"verb": "desire", "outcome": "ok"}, 50),
        ("taskbbs_requests_total", {"verb": "claim", "outcome": "not_found"}, 1),
        ("taskbbs_refused_total", {"error": "not_found"}, 1),
        ("taskbbs_events_total", {"event": "claimed", "cause": "request"}, 10),
        ("taskbbs_tasks_ended_total", {"result": "succeeded"}, 1),
        ("taskbbs_task_state_seconds_count", {"state": "pending"}, 10),
        ("taskbbs_task_state_seconds_count", {"state": "running"}, 1),
        ("taskbbs_executors", {}, 1),
        ("taskbbs_sessions", {}, 1),
        ("taskbbs_read_only", {}, 0),
        ("taskbbs_limit_used", {"name": "tasks"}, 49),
    ):
        same(value(text, name, **labels), wanted, f"{name} {labels}")
    for name in ("taskbbs_sync_seconds_count", "taskbbs_batch_events_count", "taskbbs_loop_turn_seconds_count", "taskbbs_loop_latency_seconds_count",
                 "taskbbs_journal_written_bytes_total", "process_resident_memory_bytes", "process_open_fds",
                 "taskbbs_journal_disk_free_bytes", "process_cpu_seconds_total"):
        holds(value(text, name) > 0, f"{name} is told", text)
    same(value(text, "taskbbs_journal_files", kind="segment"), 1, "one segment")


def times_until_claimed_and_until_completed_are_of_tasks_that_were(board):
    endpoint = _start(board)
    c = board.client()
    c.desire("cancelled")
    c.call("cancel", guid="cancelled", reason="enough")
    c.call("heartbeat", executor_id="e", incarnation="i", ttl_ms=60_000)
    for guid in ("rejected", "done"):
        c.desire(guid)
        c.call("claim", guid=guid, executor_id="e")
        c.call("start", guid=guid, executor_id="e", container_handle="h")
    c.call("reject", guid="rejected", executor_id="e")
    c.call("complete", guid="done", executor_id="e")
    text = get(endpoint, "/metrics")[1]
    for state, wanted in (("pending", 2), ("running", 1)):
        same(value(text, "taskbbs_task_state_seconds_count", state=state), wanted, f"{state}: those that went on")


def connections_are_told_as_of_the_scrape(board):
    endpoint = _start(board)
    stop, trouble = threading.Event(), []

    def come_and_go():
        host, port = board.events.removeprefix("tcp://").split(":")
        while not stop.is_set():
            wires = [connect(f"{host}:{port}") for _ in range(10)]
            for wire in wires:
                wire.close()

    strangers = threading.Thread(target=come_and_go)
    strangers.start()
    try:
        for _ in range(100):
            text = get(endpoint, "/metrics")[1]
            for socket in ("requests", "events"):
                if not 0 <= value(text, "taskbbs_connections", socket=socket) < 10_000:
                    trouble.append(value(text, "taskbbs_connections", socket=socket))
    finally:
        stop.set()
        strangers.join()
    same(trouble, [], "each count is one")


def promtool_has_nothing_to_say_of_the_names(board):
    if not shutil.which("promtool"):
        raise Skipped("there is no promtool")
    endpoint = _start(board, SNAPSHOTS)
    _snapshot(board, _load(board))
    text = get(endpoint, "/metrics")[1]
    done = subprocess.run(
        ["promtool", "check", "metrics"], input=text, capture_output=True, text=True, check=False
    )
    same((done.returncode, done.stdout + done.stderr), (0, ""), "promtool check metrics")


def the_document_lists_what_is_served_and_nothing_else(board):
    endpoint = _start(board, SNAPSHOTS)
    _snapshot(board, _load(board))
    text = get(endpoint, "/metrics")[1]
    rows = re.findall(
        r"^\| `(\w+)` \| (\w+) \| ([\w, ]*?) ?\|",
        (board.source / "docs" / "metrics.md").read_text(encoding="utf-8"),
        re.MULTILINE,
    )
    same(sorted(f"{name} {kind}" for name, kind, _ in rows),
         sorted(f"{name} {kind}" for name, kind in families(text).items()),
         "docs/metrics.md lists each metric and its type")
    for name, _, labels in rows:
        seen = {
            frozenset(re.findall(r'(\w+)="', line)) - {"le"}
            for line in re.findall(rf"^{name}(?:_bucket|_sum|_count)?(?:{{(.*)}})? \S+$", text, re.MULTILINE)
        }
        same(seen, {frozenset(labels.replace(",", "").split())}, f"docs/metrics.md: the labels of {name}")


def a_snapshot_is_told_with_its_time_and_how_long_it_took(board):
    endpoint = _start(board, SNAPSHOTS)
    c = _load(board)
    text = get(endpoint, "/metrics")[1]
    holds("\ntaskbbs_snapshot_duration_seconds " not in text, "none yet: no duration", text)
    _snapshot(board, c)
    text = eventually(
        lambda: (seen := get(endpoint, "/metrics")[1]) and value(seen, "taskbbs_snapshots_total") and seen,
        "a snapshot is counted",
    )
    for name in ("taskbbs_snapshot_timestamp_seconds", "taskbbs_snapshot_duration_seconds", "taskbbs_snapshot_seq"):
        holds(value(text, name) > 0, f"{name} is told", text)
    holds(value(text, "taskbbs_journal_files", kind="snapshot") >= 1, "its file is counted", text)
    same(value(text, "taskbbs_snapshot_failures_total"), 0, "none failed")


def a_broker_is_alive_and_ready_until_it_has_no_space(board):
    endpoint = _start(board)
    board.client().desire("g")
    same(get(endpoint, "/livez"), (200, "ok\n"), "/livez")
    same(get(endpoint, "/readyz"), (200, "ready\n"), "/readyz")
    board.terminate()
    # More than any disk has: the reserve can't be whole.
    board.start({"metrics.endpoint": endpoint, "journal.reserve_bytes": "60TiB"})
    eventually(lambda: board.client().stats()["read_only"], "a reserve that does not fit is read_only")
    status, why = get(endpoint, "/readyz")
    same(status, 503, "/readyz: new work is refused")
    holds(why.startswith("read_only: "), "/readyz says why", why)
    same(get(endpoint, "/livez")[0], 200, "/livez: a restart would not help")
    same(value(get(endpoint, "/metrics")[1], "taskbbs_ready"), 0, "taskbbs_ready is what /readyz says")


def other_paths_and_methods_are_refused_with_a_line_of_help(board):
    endpoint = _start(board)
    for path in ("/", "/metrics/x", "/favicon.ico", "/%00"):
        status, words = get(endpoint, path)
        same((status, "/metrics" in words), (404, True), f"{path}: 404")
    for method in (b"POST", b"PUT", b"DELETE", b"OPTIONS", b"BREW"):
        heard = exchange(endpoint, method + b" /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\n\r\nhello")
        holds(" 405 " in heard.splitlines()[0] and "GET and HEAD" in heard, f"{method}: 405", heard)
    heard = exchange(endpoint, b"HEAD /livez HTTP/1.1\r\nHost: x\r\n\r\n")
    holds(" 200 " in heard and heard.endswith("\r\n\r\n"), "HEAD: 200 and no body", heard)
    heard = exchange(endpoint, b"GET http://x/livez HTTP/1.1\r\nHost: x\r\n\r\n")
    holds(" 200 " in heard.splitlines()[0] and heard.endswith("ok\n"), "a whole address, as a proxy asks: 200", heard)


def thousands_who_say_nothing_and_half_requests_do_not_keep_others_out(board):
    endpoint = _start(board)
    idle = []
    try:
        for at in range(2000):
            peer = connect(endpoint)
            peer.settimeout(None)
            if at % 2:
                try:
                    peer.sendall(b"GET /metrics HTTP/1.1\r\nX-Slow: ")
                except OSError:
                    pass  # it is one too many already
            idle.append(peer)
            if at % 200 == 0:
                same(get(endpoint, "/readyz"), (200, "ready\n"), "who asks is answered meanwhile")
        same(get(endpoint, "/metrics")[0], 200, "who asks is answered at the end")
        holds(
            value(get(endpoint, "/metrics")[1], "process_open_fds") < 300,
            "connections are bounded",
        )
        board.client().desire("g")
    finally:
        for peer in idle:
            peer.close()


def endless_and_broken_requests_cost_neither_memory_nor_the_others(board):
    endpoint = _start(board)
    board.client().desire("g")
    before = value(get(endpoint, "/metrics")[1], "process_resident_memory_bytes")
    for words in (
        b"GET /" + b"x" * 3_000_000 + b" HTTP/1.1\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\n" + b"H: v\r\n" * 500_000 + b"\r\n",
        b"GET /metrics HTTP/1.1\r\nHost: x\r\nContent-Length: 99999999999999999999\r\n\r\n",
        b"GET /metrics HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFF\r\n",
        b"GET /metrics HTTP/1.0\r\n\r\n" * 10_000,
        b"\x16\x03\x01" + bytes(100_000),
        b"\x00" * 100_000,
    ):
        for _ in range(20):
            with connect(endpoint) as peer:
                try:
                    peer.sendall(words)
                except OSError:
                    pass  # it is hung up on: well
        same(get(endpoint, "/livez"), (200, "ok\n"), "who asks is answered after it")
    after = value(get(endpoint, "/metrics")[1], "process_resident_memory_bytes")
    holds(after < before + 32e6, "memory is bounded", (before, after))


def _is_live(endpoint):
    try:
        return get(endpoint, "/livez") == (200, "ok\n")
    except OSError:
        return False


def executors_lost_by_time_are_counted_as_such(board):
    endpoint = _start(board, {"presence.brake_percent": "100"})
    board.client().call("heartbeat", executor_id="e", ttl_ms=1000)

    def lost(cause):
        return value(get(endpoint, "/metrics")[1], "taskbbs_events_total", event="lost", cause=cause)

    eventually(lambda: lost("converge") == 1, "its time ran out")
    same(lost("request"), 0, "nobody asked for it")


def _open_files(endpoint):
    try:
        return value(get(endpoint, "/metrics")[1], "process_open_fds")
    except OSError:
        return 0  # hung up on: no file was left at that moment


def figures_are_served_while_strangers_take_all_connections(board):
    board.prefix = ["prlimit", "--nofile=300:300"]
    endpoint = _start(board)
    board.client().desire("g")
    strangers = []
    try:
        for _ in range(400):
            strangers.append(connect(board.requests.removeprefix("tcp://")))
        # For a moment no file may be left at all; then who asks is hung up on, and asks again.
        eventually(lambda: _is_live(endpoint), "/livez where connections are short")
        # Strangers are connected once they wait in the listener's queue; the broker takes them one by one.
        eventually(lambda: _open_files(endpoint) > 100, "open files are counted")
    finally:
        for peer in strangers:
            peer.close()


def it_stops_at_once_while_others_are_connected(board):
    endpoint = _start(board)
    board.client().desire("g")
    with connect(endpoint) as half:
        half.sendall(b"GET /metrics HT")
        board.terminate()


def an_ipv6_address_and_any_free_port_are_served(board):
    try:
        board.start({"metrics.endpoint": "[::1]:0"})
    except Exception as error:
        raise Skipped("there is no IPv6 here") from error
    board.client().desire("g")
    endpoint = board.says(r"info metrics endpoint=\"?(\[::1\]:\d+)")[1]
    same(get(endpoint, "/readyz"), (200, "ready\n"), "by IPv6")


def a_taken_port_and_an_address_of_others_end_the_start_with_a_line(board):
    endpoint = _start(board)
    board.client().desire("g")
    rival = board.home / "rival"
    rival.mkdir()
    board.refuses_to_start(
        1, "metrics.endpoint", endpoint, "Address already in use; another process has it",
        options={"journal.dir": rival, "metrics.endpoint": endpoint},
    )
    board.refuses_to_start(
        1, "192.0.2.1", "choose an address of this host",
        options={"journal.dir": rival, "metrics.endpoint": "192.0.2.1:7413"},
    )


def what_is_no_host_and_port_is_a_wrong_configuration(board):
    for wrong in ("7413", "tcp://127.0.0.1:7413", "127.0.0.1:http", ":7413", "::1:7413", "127.0.0.1:70000"):
        code, words = board.run("--metrics.endpoint", wrong)
        same(code, 78, f"{wrong}: exit 78")
        holds("metrics.endpoint" in words and "HOST:PORT" in words, "what would be right is told", words)
