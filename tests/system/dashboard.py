"""The dashboard and the alerts on a real Prometheus that scrapes a real broker at work: each panel's query
gives data, of brokers alone, and each rule can be evaluated."""
import json
import math
import shutil
import subprocess
import urllib.parse

from expect import holds, same
from ports import free_port
from system_board import Skipped, eventually
from visitors import get

SETTINGS = {
    "journal.segment_bytes": "256KiB",
    "limits.batch_bytes": "128KiB",
    "journal.snapshot_bytes": "1MiB",
    "converge.every": "500ms",
    "converge.kick_interval": "500ms",
}
# What Grafana puts in.
VARIABLES = {"$__rate_interval": "10s", "$instance": ".*"}
PAYLOAD = b"p" * 4000
# May rightly fire at once where a machine is slow or a broker is built to be.
OF_THE_MACHINE = {"TaskbbsLoopStalls"}


class _Prometheus:
    """One of our own, in a directory of the board's; ended with the scenario."""

    def __init__(self, board, target, job="taskbbs"):
        program = shutil.which("prometheus")
        if not program:
            raise Skipped("there is no prometheus")
        home = board.home / "prometheus"
        home.mkdir()
        self.endpoint = f"127.0.0.1:{free_port()}"
        self.target = target
        (home / "prometheus.yml").write_text(
            "global: {scrape_interval: 1s, evaluation_interval: 1s}\n"
            f"rule_files: [{board.source}/config/prometheus/alerts.yml]\n"
            "scrape_configs:\n"
            f"  - {{job_name: {job}, static_configs: [{{targets: ['{target}']}}]}}\n"
            f"  - {{job_name: prometheus, static_configs: [{{targets: ['{self.endpoint}']}}]}}\n"
        )
        self.log = home / "log"
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(
                ["setpriv", "--pdeathsig", "KILL", program, f"--config.file={home}/prometheus.yml",
                 f"--storage.tsdb.path={home}/data", f"--web.listen-address={self.endpoint}"],
                stdout=log, stderr=log, stdin=subprocess.DEVNULL,
            )  # fmt: skip

    def __enter__(self):
        eventually(self.is_ready, "prometheus serves")
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()

    def is_ready(self):
        holds(self.process.poll() is None, "prometheus runs", self.log.read_text(errors="replace")[-400:])
        try:
            return get(self.endpoint, "/-/ready")[0] == 200
        except OSError:
            return False

    def ask(self, path, **query):
        status, text = get(self.endpoint, f"/api/v1/{path}?{urllib.parse.urlencode(query)}")
        holds(status == 200, f"prometheus answers {query}", text)
        return json.loads(text)["data"]

    def gives_data(self, expression):
        found = self.ask("query", query=expression)["result"]
        shown = {one["metric"].get("instance", self.target) for one in found}
        same(sorted(shown - {self.target}), [], f"only the broker's own figures are shown: {expression}")
        return any(not math.isnan(float(one["value"][1])) for one in found)


def _panels(board):
    """(title, expression as Prometheus is asked) of each query of the dashboard."""
    text = (board.source / "config" / "grafana" / "taskbbs.json").read_text(encoding="utf-8")
    out = []
    for panel in json.loads(text)["panels"]:
        for target in panel.get("targets", []):
            expression = target["expr"]
            for name, value in VARIABLES.items():
                expression = expression.replace(name, value)
            out.append((panel["title"], expression))
    return out


class _PlainLoad:
    """Work that goes well, and nothing else."""

    def __init__(self, board):
        self.round = 0
        self.client = board.client()
        self.client.call("heartbeat", executor_id="e1", incarnation="i", ttl_ms=60_000)

    def step(self):
        guids = [f"t{self.round}-{k}" for k in range(20)]
        self.round += 1
        self.client.desire_many(guids, domain="blue")
        for verb, args in (("claim", {"executor_id": "e1"}), ("start", {"executor_id": "e1", "container_handle": "h"}),
                           ("complete", {}), ("resolving", {}), ("resolve", {})):
            self.client.many([(verb, {"guid": guid, **args}) for guid in guids])


class _Load:
    """A bit of everything each time."""

    def __init__(self, board):
        self.round = 0
        self.board = board
        self.client = board.client()
        self.subscriber = board.subscriber()
        self.client.call("pause", domain="paused")
        self.client.desire("waits", domain="green")

    def step(self):
        c, at = self.client, self.round
        self.round += 1
        c.call("heartbeat", executor_id="e1", incarnation="i", ttl_ms=60_000)
        # Twice in all: from six lost executors on, an alert would be right to fire.
        c.call("heartbeat", executor_id="restarts", incarnation=f"i{min(at, 2)}", ttl_ms=60_000)
        guids = [f"t{at}-{k}" for k in range(20)]
        c.desire_many(guids, payload=PAYLOAD, domain="blue")
        c.many([("claim", {"guid": guid, "executor_id": "e1"}) for guid in guids[:15]])
        c.many(
            [("start", {"guid": guid, "executor_id": "e1", "container_handle": "h"}) for guid in guids[:15]]
        )
        c.many(
            [
                ("complete", {"guid": guid, "executor_id": "e1", "failed": guid.endswith("3"), "failure_reason": "no"})
                for guid in guids[:15]
            ]
        )
        c.many([("cancel", {"guid": guid, "reason": "enough"}) for guid in guids[15:]])
        c.many([("resolving", {"guid": guid}) for guid in guids[:-1]])
        c.many([("resolve", {"guid": guid}) for guid in guids[:-1]])
        c.ask("claim", {"guid": "nobody", "executor_id": "e1"})
        c.ask("desire", {"task": {"guid": "waits"}})
        while self.subscriber.socket.poll(0):
            self.subscriber.socket.recv_multipart()


def _await_all_panels(prometheus, load, panels):
    empty = list(panels)

    def all_give_data():
        load.step()
        empty[:] = [one for one in empty if not prometheus.gives_data(one[1])]
        return not empty

    try:
        eventually(all_give_data, "each panel shows data")
    except AssertionError as error:
        raise AssertionError(f"no data in {empty}") from error


def every_panel_shows_data_where_nothing_goes_wrong_whatever_the_job_is_called(board):
    target = f"127.0.0.1:{free_port()}"
    board.start({"metrics.endpoint": target})
    with _Prometheus(board, target, job="boards") as prometheus:
        _await_all_panels(prometheus, _PlainLoad(board), _panels(board))


def every_panel_of_the_dashboard_shows_data_and_every_rule_is_evaluated(board):
    target = f"127.0.0.1:{free_port()}"
    board.start({"metrics.endpoint": target, **SETTINGS})
    panels = _panels(board)
    holds(len(panels) > 30, "the dashboard has panels", panels)
    load = _Load(board)
    with _Prometheus(board, target) as prometheus:
        _await_all_panels(prometheus, load, panels)
        same(prometheus.gives_data("taskbbs_no_such_metric"), False, "what is not there gives none")
        rules = [rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]]
        holds(len(rules) > 15, "the rules are loaded", rules)
        eventually(
            lambda: all(rule["health"] != "unknown" for rule in rules) or
            rules.clear() or rules.extend(
                rule for group in prometheus.ask("rules")["groups"] for rule in group["rules"]
            ),
            "each rule is evaluated",
        )
        same([rule["name"] for rule in rules if rule["health"] != "ok"], [], "each rule can be evaluated")
        firing = {one["labels"]["alertname"] for one in prometheus.ask("alerts")["alerts"] if one["state"] == "firing"}
        same(sorted(firing - OF_THE_MACHINE), [], "nothing fires on a broker that is well")
