"""What keeps the daemon from starting: exit code 1 and one line that says what to do next."""
import os
import shutil
import socket

from expect import holds, same
from ports import free_port

NOBODY = 65534


def a_second_broker_on_the_same_directory_leaves_the_first_unharmed(board):
    board.start()
    c = board.client()
    c.desire("before")
    board.refuses_to_start(1, "in use by another broker", "stop that one, or give this one")
    c.desire("between")
    board.terminate()
    board.start()
    board.says("recovered .*clean_stop=true")
    c.connect()
    same(len(c.listing()), 2, "the first broker was not harmed")


def a_port_that_is_taken_is_named(board):
    board.start()
    rival = board.home / "rival"
    rival.mkdir()
    for option, taken in (
        ("requests.endpoint", board.requests),
        ("events.endpoint", board.events),
    ):
        board.refuses_to_start(
            1,
            option,
            taken,
            "Address already in use; another process has it",
            options={"journal.dir": rival, option: taken},
        )
    board.client().desire("g")


def a_port_that_a_stranger_holds_is_named_too(board):
    with socket.socket() as stranger:
        stranger.bind(("127.0.0.1", 0))
        stranger.listen()
        taken = f"tcp://127.0.0.1:{stranger.getsockname()[1]}"
        board.refuses_to_start(1, taken, options={"requests.endpoint": taken})
    board.start()  # what the failed start made of the directory does not matter


def an_address_of_another_host_is_named(board):
    endpoint = f"tcp://192.0.2.1:{free_port()}"  # reserved for documents
    board.refuses_to_start(1, endpoint, "choose an address", options={
        "requests.endpoint": endpoint, "security.allow_plaintext": "true"})


def a_missing_directory_is_named(board):
    missing = board.home / "nowhere"
    board.refuses_to_start(
        1, "must exist and belong to", f"install -d .* {missing}", options={"journal.dir": missing}
    )
    holds(not missing.exists(), "it is not made", missing)


def a_file_in_place_of_the_directory_is_named(board):
    file = board.home / "file"
    file.write_text("")
    board.refuses_to_start(1, str(file), "Not a directory", options={"journal.dir": file})


def a_directory_without_permission_is_named(board):
    prefix = ()
    if os.geteuid() == 0:
        board.daemon = shutil.copy(board.daemon, board.home)  # where others may reach it
        board.home.chmod(0o755)
        prefix = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
        board.journal.chmod(0o700)
    else:
        board.journal.chmod(0)
    board.refuses_to_start(
        1, str(board.journal), "Permission denied", "must exist and belong to", prefix=prefix
    )
    board.journal.chmod(0o755)
    if os.geteuid() == 0:  # may be read, but not written
        board.refuses_to_start(1, "Permission denied", f"chown -R .* {board.journal}; ", prefix=prefix)
    board.start()


def a_privileged_port_is_named(board):
    if os.geteuid() != 0:
        return  # covered by whoever runs this as root: the port may be taken here
    board.daemon = shutil.copy(board.daemon, board.home)
    board.home.chmod(0o755)
    os.chown(board.journal, NOBODY, NOBODY)
    prefix = ("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups")
    with open("/proc/sys/net/ipv4/ip_unprivileged_port_start", encoding="ascii") as file:
        first = int(file.read())
    if first <= 7:
        return
    board.refuses_to_start(
        1,
        "this user may not: choose a port",
        options={"requests.endpoint": "tcp://127.0.0.1:7"},
        prefix=prefix,
    )
