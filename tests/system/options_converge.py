"""Options of [converge] and [presence]: what each one changes.

Only what has to pass is waited for; what must not happen is judged by the times of the events.
"""
from expect import holds, same
from system_board import eventually

NS = 1_000_000_000
SOON = "1ms"


def _until(board, options, before, name, **wanted):
    """Asks for passes until one does this to the only task, and nothing else."""
    board.start({"converge.kick_interval": "1h", **options})
    c = board.client()
    c.beat("e1")
    c.bring("g", before)

    def done():
        counts = c.converge()
        return counts if counts[name] else None

    counts = eventually(done, f"a pass counts {name}")
    counts.pop("seq")
    same({key: count for key, count in counts.items() if count}, {name: 1}, "and nothing else")
    for key, value in wanted.items():
        same(c.get("g")[key], value, f"{key} after the pass")
    return c


def converge_every_is_the_time_between_passes_that_nobody_asked_for(board):
    board.start({"converge.every": "20ms", "converge.kick_interval": SOON})
    c = board.client()
    c.desire("g")
    eventually(
        lambda: any(one["kind"] == "kicked" for one in c.history()), "a pass comes by itself"
    )
    board.terminate()
    board.start({"converge.every": "0s", "converge.kick_interval": SOON})
    c.connect()
    before = c.stats()["seq"]
    eventually(lambda: c.stats()["uptime_ms"] > 500, "time passes")
    same(c.stats()["seq"], before, "0s: no passes but those asked for")
    same(c.converge()["kicked"], 1, "0s: those asked for")


def converge_time_to_claim_fails_what_nobody_claims(board):
    _until(
        board, {"converge.time_to_claim": SOON}, "pending", "failed",
        state="completed", failed=True, failure_reason="not claimed within time limit",
    )


def converge_kick_interval_announces_again(board):
    _until(board, {"converge.kick_interval": SOON}, "pending", "kicked", state="pending")


def converge_kick_interval_max_ends_the_doubling(board):
    """Twenty kicks in a row: doubled each time they would take a quarter of an hour."""
    board.start({"converge.kick_interval": SOON, "converge.kick_interval_max": "2ms"})
    c = board.client()
    c.desire("g")
    kicks = 0
    while kicks < 20:
        kicks += c.converge()["kicked"]
    at = [one["at"] for one in c.history()]
    holds(at[-1] - at[0] < 600 * NS, "§5: doubled up to kick_interval_max", at)


def converge_claim_timeout_demotes_what_is_not_started(board):
    _until(board, {"converge.claim_timeout": SOON}, "claimed", "demoted", state="pending")


def converge_resolve_timeout_demotes_what_is_not_resolved(board):
    _until(board, {"converge.resolve_timeout": SOON}, "resolving", "demoted", state="completed")


def converge_completed_expiry_drops_what_nobody_resolves(board):
    c = _until(board, {"converge.completed_expiry": SOON}, "completed", "expired")
    holds(c.gone("g"), "§5: gone, as if resolved")


def converge_kick_rate_bounds_the_announcements_of_a_second(board):
    board.start({"converge.every": "20ms", "converge.kick_interval": SOON, "converge.kick_rate": 10})
    c = board.client()
    c.desire_many([f"g{at}" for at in range(100)])

    def kicks():
        found = [one["at"] for one in c.history(streams=["pending"]) if one["kind"] == "kicked"]
        return found if len(found) > 30 else None

    at = eventually(kicks, "kicks come")
    for first, later in zip(at, at[20:]):
        holds(later - first >= 0.9 * NS, "§5: at most kick_rate a second", (first, later))


def _three_run_out(board, options):
    """Three executors that fall silent together."""
    board.start(options)
    c = board.client()
    for executor in ("e1", "e2", "e3"):
        c.beat(executor, ttl_ms=1000)
    return c


def presence_brake_percent_is_the_share_from_which_on_the_network_is_suspected(board):
    c = _three_run_out(board, {"presence.brake_percent": 50, "presence.brake_grace": "1h"})
    eventually(lambda: c.stats()["brake"], "§5: the brake holds")
    same(c.stats()["executors"], 3, "§5: none is lost while it holds")
    board.says("warn brake_holds")
    board.terminate()
    board.forget()
    c = _three_run_out(board, {"presence.brake_percent": 100, "presence.brake_grace": "1h"})
    eventually(lambda: c.stats()["executors"] == 0, "100: the brake never holds")
    holds("brake_holds" not in board.words(), "100: the brake never holds", board.words())


def presence_brake_grace_is_how_long_they_may_still_be_heard(board):
    c = _three_run_out(board, {"presence.brake_percent": 1, "presence.brake_grace": "3s"})
    eventually(lambda: c.stats()["executors"] == 0, "§5: lost at the end of the grace")
    at = {kind: [one["at"] for one in c.history() if one["kind"] == kind] for kind in ("joined", "lost")}
    for joined, lost in zip(at["joined"], at["lost"]):
        holds(lost - joined >= 4 * NS, "§5: lost only brake_grace after it ran out", at)
    board.says("warn brake_holds")
