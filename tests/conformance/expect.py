"""How a scenario says which sentence of the contract is broken.

Every expectation carries the rule, as its section and words in docs/protocol.md; what was seen is
put behind it, cut short.
"""


class Broken(AssertionError):
    """A sentence of the contract does not hold."""


def holds(condition, rule, seen=None):
    """The condition is true, or the rule is broken."""
    if not condition:
        raise Broken(rule if seen is None else f"{rule} | seen: {_short(seen)}")


def same(seen, wanted, rule):
    """What was seen is what the rule wants."""
    if seen != wanted:
        raise Broken(f"{rule} | wanted: {_short(wanted)} | seen: {_short(seen)}")


def within(seen, least, most, rule):
    """least <= seen <= most."""
    if not least <= seen <= most:
        raise Broken(f"{rule} | wanted: {least}..{most} | seen: {seen}")


def _short(value):
    words = repr(value)
    return words if len(words) <= 400 else words[:400] + "..."
