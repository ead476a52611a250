"""The options of [security], one by one; what they are for is security.py."""
import security
from expect import holds, same
from ports import free_port


def security_server_key_turns_encryption_on(board):
    security._serve(board)
    same(board.client().stats()["curve"], True, "with it, stats says curve")
    holds(security._hears_nothing(board, None), "a client in the clear hears nothing", "")


def security_authorized_keys_say_who_gets_in(board):
    security._serve(board, "ci monitor")
    same(security._client(board, "ci").call("hello")["role"], "monitor", "who stands there gets in")


def security_allow_plaintext_opens_what_is_refused_without_it(board):
    events = f"tcp://0.0.0.0:{free_port()}"
    code, words = board.run(options={"events.endpoint": events})
    same(code, 78, f"without it: {words}")
    board.start({"events.endpoint": events, "security.allow_plaintext": "true"})
    same(board.client().stats()["open_plaintext"], True, "with it: stats says open_plaintext")
