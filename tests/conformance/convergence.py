"""Section 5, convergence: each row of the table, by passes that are asked for. (kicks.py: kicks and timers.)"""
import time

from expect import holds, same, within
from schema import NO_LIMIT

GONE = "executor disappeared before completion"
LATE = "not claimed within time limit"
HOUR = 3600000
NOTHING = {"kicked": 0, "demoted": 0, "failed": 0, "requeued": 0, "expired": 0}


def _counts(c, **args):
    seen = c.converge(**args)
    return {name: seen[name] for name in NOTHING}


def _only(name, count=1):
    return {**NOTHING, name: count}


def _last(watch, c):
    return [(one["stream"], one["kind"], one["cause"], one["task"]["guid"]) for one in watch.events(c.seq)]


def a_pass_over_fresh_tasks_does_nothing(board):
    c = board.client()
    c.beat()
    for state in ("pending", "claimed", "running", "completed", "resolving"):
        c.bring(state, state)
    before = c.stats()["seq"]
    same(_counts(c), NOTHING, "§5: nothing is due")
    same(_counts(c, time_to_claim_ms=HOUR, convergence_interval_ms=HOUR), NOTHING, "§5: nothing is due")
    same(c.stats()["seq"], before, "§5: a pass that finds nothing is no event")


def pending_past_time_to_claim_is_failed_and_not_kicked(board):
    c = board.client()
    c.desire("g", created_at=1234812)
    watch = board.subscriber()
    same(_counts(c, time_to_claim_ms=0, aged=True), _only("failed"), "§5: pending since >= time_to_claim: failed; else kicked")
    task = c.get("g")
    same((task["state"], task["failed"], task["failure_reason"], task["created_at"], task["executor_id"]), ("completed", True, LATE, 1234812, ""),
         f'§5: completed, failed, "{LATE}"')
    same(task["completed_at"], task["updated_at"], "§3: completed_at")
    same(_last(watch, c), [("completed", "completed", "converge", "g")], "§7: time limits that fail a task are `completed`, cause converge")


def time_to_claim_counts_from_pending_since_and_kicks_do_not_matter(board):
    c = board.client()
    c.desire("g")
    time.sleep(0.5)
    same(_counts(c, time_to_claim_ms=HOUR, aged=True), _only("kicked"), "§5: kicked")
    time.sleep(0.3)
    same(_counts(c, time_to_claim_ms=700, convergence_interval_ms=HOUR), _only("failed"), "§5: since pending_since, which kicks do not set")


def time_to_claim_starts_anew_after_a_rejection(board):
    c = board.client()
    c.desire("g")
    time.sleep(1.0)
    c.claim("g")
    c.reject("g", delay_ms=0)
    rejected = time.monotonic()
    counts = _counts(c, time_to_claim_ms=900, convergence_interval_ms=HOUR)
    if time.monotonic() - rejected < 0.85:
        same(counts, NOTHING, "§3: pending_since: reject sets it")


def a_demotion_does_not_start_time_to_claim_anew(board):
    c = board.client()
    c.beat()
    c.desire("g")
    time.sleep(0.5)
    c.claim("g")
    same(_counts(c, time_to_claim_ms=HOUR, aged=True)["demoted"], 1, "§5: claimed: demoted")
    same(_counts(c, time_to_claim_ms=450, convergence_interval_ms=HOUR), _only("failed"), "§3: pending_since: demotions do not set it")


def a_task_may_have_its_own_time_to_claim(board):
    c = board.client()
    c.desire("never", time_to_claim_ms=NO_LIMIT)
    c.desire("soon", time_to_claim_ms=1)
    c.desire("late", time_to_claim_ms=HOUR)
    c.desire("usual")
    time.sleep(0.01)
    same(_counts(c, time_to_claim_ms=HOUR, convergence_interval_ms=HOUR), _only("failed"), "§5: time_to_claim (the task's own, else 30 min)")
    same(c.get("soon")["failure_reason"], LATE, "§5: time_to_claim: the task's own")
    same(_counts(c, time_to_claim_ms=0, convergence_interval_ms=HOUR), _only("failed"), "§3: time_to_claim_ms 0 = converge.time_to_claim; 4294967295 = no limit")
    same((c.get("usual")["failure_reason"], c.get("never")["state"], c.get("late")["state"]), (LATE, "pending", "pending"), "§5: the task's own, else 30 min")


def a_task_that_is_not_due_is_not_late(board):
    c = board.client()
    c.desire("g", not_before=time.time_ns() + 10**12)
    same(_counts(c, time_to_claim_ms=0, convergence_interval_ms=HOUR), NOTHING, "§3: pending_since is never before not_before")


def pending_since_kick_interval_is_kicked(board):
    c = board.client()
    watch = board.subscriber()
    before = c.bring("g", "pending", payload=b"12345")
    seen = c.converge(aged=True)
    same(seen["kicked"], 1, "§5: pending since >= kick_interval: kicked")
    task = c.get("g")
    same({name for name in task if task[name] != before[name]}, {"updated_at", "seq"}, "§5: kicked: announced again, updated_at = now")
    same(seen.get("seq"), task["seq"], "§4 converge: seq")
    events = watch.events(c.seq)
    same([(one["stream"], one["kind"]) for one in events], [("pending", "desired"), ("pending", "kicked")], "§7: kicks are in `pending.`")
    same((events[1]["cause"], events[1]["task"]["payload_size"]), ("converge", 5), "§7: a kick has the header and cause converge")


def the_interval_of_a_pass_is_compared_with_the_age(board):
    c = board.client()
    c.desire("g")
    same(_counts(c, convergence_interval_ms=30000), NOTHING, "§5: ages compare with >=")
    time.sleep(0.45)
    same(_counts(c, convergence_interval_ms=400), _only("kicked"), "§5: ages compare with >=")
    time.sleep(0.45)
    same(_counts(c, convergence_interval_ms=400), _only("kicked"), "§4 converge: convergence_interval_ms stands for kick_interval without back-off")


def an_interval_of_0_makes_everything_due(board):
    c = board.client()
    c.desire("g")
    same(_counts(c, convergence_interval_ms=0), _only("kicked"), "§4: convergence_interval_ms? absent is not the same as 0; §5: >=")


def claimed_without_presence_is_failed_keeping_who_had_it(board):
    c = board.client()
    watch = board.subscriber("pending.", "completed.")
    for state in ("claimed", "running"):
        c.bring(state, state, "ghost")
        c.bring(f"{state}-requeue", state, "ghost", on_executor_lost="requeue")
        c.bring(f"{state}-last", state, "ghost", on_executor_lost="requeue", max_rejections=0)
    before = c.seq
    counts = _counts(c)
    same((counts["requeued"], counts["failed"], counts["demoted"], counts["kicked"]), (2, 4, 0, 0), "§5: executor not present: as if lost")
    for state in ("claimed", "running"):
        task = c.get(state)
        same((task["state"], task["failed"], task["failure_reason"], task["executor_id"], task["epoch"]), ("completed", True, GONE, "ghost", 0),
             "§5: executor not present: as if the executor had been lost")
        task = c.get(f"{state}-requeue")
        same((task["state"], task["executor_id"], task["epoch"], task["container_handle"], task["rejection_count"], task["rejection_reason"]),
             ("pending", "", 0, "", 1, GONE), "§5: requeue: back to pending, counts as a rejection")
        same(c.get(f"{state}-last")["failure_reason"], f"rejected 1 times: {GONE}", "§5: requeue past max_rejections")
    for one in watch.events(c.seq):
        if one["seq"] > before:
            holds(one["cause"] in ("converge", "executor_lost"), "§5: as if the executor had been lost", one)


def claimed_and_present_is_demoted_when_stale(board):
    c = board.client()
    c.beat()
    watch = board.subscriber("pending.", "completed.")
    before = c.bring("g", "claimed")
    same(_counts(c, aged=True), _only("demoted"), "§5: claimed since >= claim_timeout: demoted")
    task = c.get("g")
    same((task["state"], task["executor_id"], task["container_handle"], task["epoch"], task["rejection_count"]), ("pending", "", "", 0, 0),
         "§5: demoted: executor_id, container_handle, epoch cleared")
    same(task["pending_since"], before["pending_since"], "§3: pending_since: demotions do not set it")
    same(_last(watch, c), [("pending", "desired", "request", "g"), ("pending", "demoted", "converge", "g")], "§7: demotions are in `pending.`")
    c.refused("wrong_state", "start", "§5: demoted: its owner is too late", {"guid": "g", "executor_id": "e1", "epoch": before["epoch"]})


def running_and_present_is_left_alone(board):
    c = board.client()
    c.beat()
    c.bring("g", "running")
    c.bring("h", "running", run_timeout_ms=HOUR)
    same(_counts(c, aged=True, time_to_claim_ms=0), NOTHING, "§5: running: nothing but its run_timeout_ms")


def running_past_its_run_timeout_is_failed(board):
    c = board.client()
    c.beat()
    c.bring("g", "running", run_timeout_ms=200)
    watch = board.subscriber()
    time.sleep(0.25)
    same(_counts(c), _only("failed"), "§5: running since >= run_timeout_ms: failed")
    task = c.get("g")
    same((task["state"], task["failed"], task["failure_reason"], task["executor_id"], task["container_handle"], task["epoch"]),
         ("completed", True, "run time limit passed", "e1", "h1", 0), '§5: completed, failed, "run time limit passed"')
    same(_last(watch, c), [("completed", "completed", "converge", "g")], "§7: time limits that fail a task are `completed`")


def completed_is_kicked_with_its_outcome_intact(board):
    c = board.client()
    c.bring("g", "running")
    c.complete("g", failed=True, failure_reason="'cause I said so", result=b"a magical result")
    before = c.get("g")
    watch = board.subscriber()
    same(_counts(c, aged=True), _only("kicked"), "§5: completed since >= kick interval: kicked")
    task = c.get("g")
    same({name for name in task if task[name] != before[name]}, {"updated_at", "seq"}, "§5: kicked: announced again, updated_at = now")
    events = watch.events(c.seq)
    same([(one["stream"], one["kind"], one["task"]["failure_reason"], one["task"]["result_size"]) for one in events],
         [("completed", "kicked", "'cause I said so", 16)], "§7: `completed.` (kicks and demotions included)")


def completed_expires_only_if_an_expiry_is_set(board):
    c = board.client()
    c.bring("g", "completed")
    time.sleep(0.1)
    same(_counts(c)["expired"], 0, "§5: completed_expiry, default 0: never")


def completed_past_its_expiry_is_gone_as_if_resolved(board):
    board.start({"converge.completed_expiry": "200ms"})
    c = board.client()
    c.bring("g", "completed")
    c.bring("h", "resolving")
    watch = board.subscriber()
    time.sleep(0.25)
    same(_counts(c), _only("expired"), "§5: completed since completed_at >= completed_expiry: gone; resolving is not")
    holds(c.gone("g") and not c.gone("h"), "§5: gone, as if resolved")
    events = watch.events(c.seq)
    same([(one["stream"], one["kind"], one["cause"], one["task"]["guid"], one["task"]["epoch"]) for one in events],
         [("resolved", "resolved", "converge", "g", 0)], "§7: expiry is `resolved`")


def kicks_do_not_put_expiry_off(board):
    board.start({"converge.completed_expiry": "600ms"})
    c = board.client()
    c.bring("g", "completed")
    time.sleep(0.35)
    same(_counts(c, aged=True).get("kicked"), 1, "§5: completed: kicked")
    time.sleep(0.35)
    same(_counts(c)["expired"], 1, "§5: expiry counts from completed_at")


def resolving_that_is_stale_is_demoted_and_fenced(board):
    c = board.client()
    old = c.bring("g", "resolving")
    watch = board.subscriber()
    same(_counts(c, aged=True), _only("demoted"), "§5: resolving since >= resolve_timeout: demoted to completed")
    task = c.get("g")
    same({name for name in task if task[name] != old[name]}, {"state", "epoch", "updated_at", "seq"}, "§5: demoted to completed; epoch cleared")
    same((task["state"], task["epoch"]), ("completed", 0), "§5: demoted to completed; epoch cleared")
    same(_last(watch, c), [("completed", "demoted", "converge", "g")], "§7: `completed.` (kicks and demotions included)")
    new = c.resolving("g")["epoch"]
    c.refused("not_owner", "resolve", "§4: epoch must match the task's", {"guid": "g", "epoch": old["epoch"]})
    c.resolve("g", epoch=new)


def many_that_are_due_at_once_are_all_done_while_others_are_served(board):
    c, other = board.client(), board.client()
    c.desire_many([f"g{at}" for at in range(5000)])
    number = c.next_id()
    time.sleep(1.1)
    c.send([[number, "converge", {"convergence_interval_ms": 1000}]])
    slowest = 0.0
    for at in range(20):
        began = time.monotonic()
        other.desire(f"x{at}")
        slowest = max(slowest, time.monotonic() - began)
    reply = c.reply(number)
    within(reply.body["kicked"], 5000, 5020, "§4 converge: one whole pass now")
    within(slowest, 0, 2, "§5: a pass runs in slices of at most 1 ms between requests")
    same(c.call("converge", time_to_claim_ms=0).get("failed", 0), 5020, "§4 converge: one whole pass now")


def two_passes_at_once_are_both_answered(board):
    a, b = board.client(), board.client()
    a.desire_many([f"g{at}" for at in range(2000)])
    for c in (a, b):
        c.send([[number, "converge", {"convergence_interval_ms": HOUR, "time_to_claim_ms": 0}] for number in (90001, 90002)])
    failed = sum(c.reply(number).body.get("failed", 0) for c in (a, b) for number in (90001, 90002))
    same(failed, 2000, "§4 converge: each counts what it did; nothing is done twice")
