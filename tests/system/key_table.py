"""Key pairs of a board's clients, and the table of those who may come in."""
from expect import same


def keygen(board, name):
    """A new pair; the path of its secret key."""
    code, words = board.run("keygen", str(board.home / name))
    same(code, 0, f"keygen: {words}")
    return board.home / name


def key(path):
    return path.read_text().strip().encode()


def pair(board, name):
    """(public, secret), made when they are asked for the first time."""
    path = board.home / name
    if not path.exists():
        keygen(board, name)
    return key(path.with_name(f"{name}.pub")), key(path)


def authorize(board, *lines):
    """Writes the table: "NAME ROLE ..." each, NAME being that of its key as well."""
    table = "".join(f"{pair(board, line.split()[0])[0].decode()} {line}\n" for line in lines)
    (board.home / "clients").write_text("# clients\n" + table)


def secured(board, *lines):
    """The options of a board with CURVE: these may come in, and who asks on behalf of the board."""
    pair(board, "server")
    authorize(board, "board operator", *lines)
    board.curve = client_keys(board, "board")
    return {"security.server_key": board.home / "server",
            "security.authorized_keys": board.home / "clients"}


def client_keys(board, name):
    """What a socket of this client wants: its pair, and the server's public key."""
    return (*pair(board, name), pair(board, "server")[0])
