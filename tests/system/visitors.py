"""Whoever asks the broker's metrics endpoint: whole requests by urllib, and hostile ones by bare sockets."""
import re
import socket
import urllib.error
import urllib.request

PATIENCE = 30.0


def get(endpoint, path):
    """(status, text) of a GET."""
    try:
        with urllib.request.urlopen(f"http://{endpoint}{path}", timeout=PATIENCE) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as error:
        return error.code, error.read().decode()


def connect(endpoint):
    host, port = endpoint.rsplit(":", 1)
    return socket.create_connection((host.strip("[]"), int(port)), timeout=PATIENCE)


def exchange(endpoint, words):
    """All that comes back until the other side hangs up."""
    with connect(endpoint) as peer:
        peer.sendall(words)
        heard = b""
        try:
            while more := peer.recv(65536):
                heard += more
        except ConnectionResetError:
            pass
        return heard.decode(errors="replace")


def families(text):
    """{name: type} of all families that /metrics shows."""
    return dict(re.findall(r"^# TYPE (\S+) (\S+)$", text, re.MULTILINE))


def samples(text):
    """{(name, labels as a frozenset of pairs): value}"""
    out = {}
    for name, labels, value in re.findall(r"^(\w+)(?:\{(.*)\})? (\S+)$", text, re.MULTILINE):
        out[name, frozenset(re.findall(r'(\w+)="([^"]*)"', labels))] = float(value)
    return out


def value(text, name, /, **labels):
    return samples(text)[name, frozenset(labels.items())]
