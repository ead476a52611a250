"""taskbbs explain: what a task waits for, who could take it, who owns it, what comes next."""

import os
import time

from board import Board, ns_of, run_tests, wait_for

NOT_SOON = ("--converge.every", "0")


def explained(board, guid="g"):
    return board.cli.json("explain", guid)[0]


def heartbeat(board, name, *options):
    board.cli("heartbeat", "--executor-id", name, "--ttl-ms", "600000", *options)


def test_a_task_that_is_not_there_ends_with_3_and_points_to_its_history():
    with Board() as board:
        done = board.cli.run("explain", "nobody", exit=3)
        assert "taskbbs history nobody" in done.stderr, done.stderr


def test_a_pending_task_says_since_when_until_when_and_that_nobody_offers_its_stack():
    with Board("--converge.time_to_claim", "10m") as board:
        heartbeat(board, "e1", "--stacks", "linux", "--slots", "4")
        before = time.time_ns()
        board.cli("desire", "g", "--stack", "gpu")
        shown = explained(board)
        assert shown["state"] == "pending" and shown["waits_for"] == "claim", shown
        assert abs(ns_of(shown["since"]) - before) < 20e9, shown
        assert ns_of(shown["until"]) - ns_of(shown["since"]) == 600e9, shown
        assert shown["offers"]["missing"] == ["stack"], shown
        assert shown["offers"]["other_stack"] == 1 and shown["offers"]["could_take"] == 0, shown
        assert shown["owner"] is None, shown
        words = board.cli("explain", "g")
        assert "nobody offers stack gpu now" in words and "e1: of stack linux" in words, words
        assert "then it fails: not claimed within time limit" in words, words


def test_who_could_take_a_task_and_why_the_others_do_not():
    with Board(*NOT_SOON) as board:
        heartbeat(board, "able", "--stacks", "s", "--slots", "2", "--memory-mb", "100")
        heartbeat(board, "full", "--stacks", "s", "--slots", "1", "--memory-mb", "100")
        heartbeat(board, "draining", "--stacks", "s", "--slots", "2", "--memory-mb", "100")
        heartbeat(board, "small", "--stacks", "s", "--slots", "2", "--memory-mb", "99")
        heartbeat(board, "elsewhere", "--stacks", "t", "--slots", "2")
        board.cli("drain", "--executor-id", "draining")
        board.cli("desire", "other", "--stack", "s")
        board.cli("claim", "other", "--executor-id", "full")
        board.cli("desire", "g", "--stack", "s", "--memory-mb", "100")
        offers = explained(board)["offers"]
        why = {each["executor_id"]: each["obstacles"] for each in offers["examples"]}
        assert why == {"able": [], "full": ["full"], "draining": ["draining"],
                       "small": ["too_small"], "elsewhere": ["other_stack"]}, offers
        assert offers["present"] == 5 and offers["could_take"] == 1 and not offers["missing"], offers
        words = board.cli("explain", "g")
        assert "small: too small: 99 of 100 MB of memory free" in words, words
        assert "full: full: 1 of 1 slots taken" in words, words


def test_resources_and_a_domain_that_nobody_offers_are_named():
    with Board(*NOT_SOON) as board:
        heartbeat(board, "e1", "--stacks", "s", "--slots", "2", "--memory-mb", "100")
        board.cli("desire", "g", "--stack", "s", "--memory-mb", "200")
        assert explained(board)["offers"]["missing"] == ["memory_mb"]
        assert "enough memory_mb (at most 100 free)" in board.cli("explain", "g")
        board.executor("--stack", "r", "--domain", "mine", "--executor-id", "e2")
        board.cli("desire", "h", "--stack", "r", "--domain", "yours")
        wait_for(lambda: explained(board, "h")["offers"]["missing"] == ["domain"], "an acquire")
        assert "nobody offers domain yours now" in board.cli("explain", "h")
        assert "e2: takes domain mine only" in board.cli("explain", "h")


def test_an_owner_is_named_with_its_lease_and_the_next_step():
    with Board("--converge.every", "30s", "--converge.claim_timeout", "50s") as board:
        heartbeat(board, "e1", "--stacks", "s", "--slots", "2")
        board.cli("desire", "g", "--stack", "s", "--run-timeout-ms", "90000")
        epoch = board.cli.json("claim", "g", "--executor-id", "e1")[0]["epoch"]
        claimed = explained(board)
        assert claimed["waits_for"] == "start", claimed
        owner = claimed["owner"]
        assert owner["executor_id"] == "e1" and owner["epoch"] == epoch and owner["present"], owner
        assert ns_of(owner["lease_ends_at"]) - ns_of(claimed["since"]) == 50e9, claimed
        assert ns_of(owner["presence_ends_at"]) > ns_of(claimed["at"]), claimed
        step = claimed["next"][0]
        assert step["action"] == "demote" and step["at"] >= step["due_at"], claimed
        assert (ns_of(step["at"]) - ns_of(claimed["next_pass_at"])) % 30e9 == 0, claimed
        assert claimed["offers"] is None, claimed

        board.cli("start", "g", "--executor-id", "e1", "--epoch", str(epoch))
        running = explained(board)
        assert running["waits_for"] == "complete", running
        assert ns_of(running["owner"]["lease_ends_at"]) - ns_of(running["since"]) == 90e9, running
        assert "run time limit passed" in board.cli("explain", "g")

        board.cli("complete", "g", "--epoch", str(epoch), "--failed", "--failure-reason", "broke")
        assert explained(board)["waits_for"] == "resolving"
        assert explained(board)["next"][0]["action"] == "kick"
        assert "failed: broke" in board.cli("explain", "g")
        board.cli("resolving", "g", exit=1)
        resolving = explained(board)
        assert resolving["owner"]["role"] == "requester", resolving
        assert resolving["next"][0]["then"] == "it goes back to completed", resolving


def test_what_was_foretold_happens():
    with Board("--converge.every", "1s", "--converge.claim_timeout", "1500ms") as board:
        heartbeat(board, "e1", "--stacks", "s", "--slots", "2")
        board.cli("desire", "g", "--stack", "s")
        board.cli("claim", "g", "--executor-id", "e1")
        foretold = explained(board)["next"][0]
        assert foretold["action"] == "demote", foretold
        wait_for(lambda: board.state("g") == "pending", "the claim to end")
        demoted = [event for event in board.cli.json("replay", "--guid", "g")
                   if event["kind"] == "demoted"][0]
        happened = ns_of(demoted["at"])
        assert ns_of(foretold["due_at"]) <= happened, (foretold, demoted)
        assert abs(happened - ns_of(foretold["at"])) < 20e9, (foretold, demoted)


def test_several_are_explained_in_one_go_and_the_worst_counts():
    with Board(*NOT_SOON) as board:
        board.cli("desire", "a", "b")
        done = board.cli.run("explain", "a", "nobody", "b", exit=3)
        assert done.stdout.startswith("a is pending") and "\n\nb is pending" in done.stdout
        assert "no passes are made unless asked for" in done.stdout, done.stdout


def test_more_executors_than_a_page_holds_are_all_counted():
    with Board(*NOT_SOON, "--limits.reply_bytes", "1KiB") as board:
        for i in range(25):
            heartbeat(board, f"e{i}", "--stacks", "s")
        board.cli("desire", "g", "--stack", "t")
        offers = explained(board)["offers"]
        assert offers["present"] == 25 and len(offers["examples"]) == 20, offers


if __name__ == "__main__":
    os.environ.pop("TASKBBS_ENDPOINT", None)
    run_tests(dict(globals()))
