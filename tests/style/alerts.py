#!/usr/bin/python3
"""Each alert has its section in docs/alerts.md and a link that leads there, and its test; alerts and dashboard
speak of metrics that docs/metrics.md lists (and tests/system/metrics.py sees on a real broker)."""
import json
import re

import sources

ALERTS = "config/prometheus/alerts.yml"
TESTS = "config/prometheus/alerts_test.yml"
OPERATIONS = "docs/operations.md"
RUNBOOKS = "docs/alerts.md"
METRICS = "docs/metrics.md"
DASHBOARD = "config/grafana/taskbbs.json"
BASE = "https://taskbbs.example/docs/"


def rules():
    """{alert: its lines}"""
    parts = re.split(r"^      - alert: (\w+)$", sources.text_of(ALERTS), flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2]))


def check_rules():
    sections = re.findall(r"^## (\w+)$", sources.text_of(RUNBOOKS), re.MULTILINE)
    tests = sources.text_of(TESTS)
    found = rules()
    if not found:
        yield f"{ALERTS}: no alert was found"
    for alert, text in found.items():
        if f'runbook_url: "{BASE}alerts.md#{alert.lower()}"' not in text:
            yield f"{ALERTS}: {alert} has no link to its section"
        if "severity: page" not in text and "severity: ticket" not in text:
            yield f"{ALERTS}: {alert} does not say how urgent it is"
        for word in ("fires", "is silent"):
            if f'"{alert} {word}: ' not in tests:
                yield f"{TESTS}: no test in which {alert} {word}"
    operations = sources.text_of(OPERATIONS)
    yield from (f"{OPERATIONS}: no row of {alert}" for alert in found if f"| [{alert}](" not in operations)
    yield from (f"{RUNBOOKS}: no section {alert}" for alert in found if alert not in sections)
    yield from (f"{RUNBOOKS}: {section} is no alert" for section in sections if section not in found)


def check_names():
    known = set()
    for name, kind in re.findall(r"^\| `(\w+)` \| (\w+) \|", sources.text_of(METRICS), re.MULTILINE):
        known |= {name} if kind != "histogram" else {name + end for end in ("_bucket", "_sum", "_count")}
    texts = {alert: re.search(r"expr: (.*?)\n        (?:for|labels):", text, re.DOTALL)[1] for alert, text in rules().items()}
    for panel in json.loads(sources.text_of(DASHBOARD))["panels"]:
        for target in panel.get("targets", []):
            texts[f"{DASHBOARD}: {panel['title']}: {target['expr']}"] = target["expr"]
    for place, text in texts.items():
        for name in re.findall(r"\b(?:taskbbs|process)_\w+", text):
            if name not in known:
                yield f"{place}: {METRICS} lists no {name}"


if __name__ == "__main__":
    sources.verdict([*check_rules(), *check_names()])
