#!/usr/bin/python3
"""Prints each event of a board once, over restarts of the broker: monitor.py REQUESTS EVENTS"""
import os, sys, msgpack, zmq
requests, events = map(zmq.Context.instance().socket, (zmq.DEALER, zmq.SUB))
requests.connect(sys.argv[1])
events.connect(sys.argv[2])
events.subscribe("")

def ask(verb, args, patience_ms=None):  # only for reads: they are safe to repeat
    requests.send(msgpack.packb([1, os.urandom(16), 0, [[1, verb, args]]]))
    return msgpack.unpackb(requests.recv()) if requests.poll(patience_ms) else None

newest = ask("hello", {})[1]
while True:
    body = msgpack.unpackb(events.recv_multipart()[1])
    ahead = "log" in body and body["seq"] > newest  # a tick, each second: it tells what was missed
    missed = ask("replay", {"after": newest}, 1000) if ahead else None
    for event in missed[2][0][2]["events"] if missed else [body]:
        if "kind" in event and event["seq"] == newest + 1:
            print(newest := event["seq"], event["kind"], event.get("task", {}).get("guid") or event["executor_id"], flush=True)
