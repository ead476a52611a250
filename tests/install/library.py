"""The library shows its API and no more; its headers need neither zmq nor msgpack, and no header that is
not installed."""

import re

from installation import Installation, ROOT, run, run_tests


def shown_by(library):
    """The symbols that programs can link against, as they stand there and as people write them."""
    mangled = [line.split()[-1] for line in run("nm", "-D", "--defined-only", library).splitlines()]
    return mangled, run("c++filt", "--no-params", *mangled).splitlines()


def marked(headers):
    """The classes and functions that they mark as shown."""
    text = "".join(header.read_text() for header in headers)
    return set(re.findall(r"^(?:class|struct) TASKBBS_EXPORT (\w+) {", text, re.MULTILINE)
               + re.findall(r"^TASKBBS_EXPORT .*?(\w+)\(", text, re.MULTILINE))


def test_only_what_is_marked_in_a_public_header_can_be_linked():
    with Installation() as installed:
        api = marked(installed.headers())
        assert {"Client", "Watch", "Error", "name_of"} <= api, api
        for library in installed.lib.glob("libtaskbbs*.so"):
            mangled, plain = shown_by(library)
            assert plain, library
            for symbol, name in zip(mangled, plain):
                # A template's name comes with what it returns.
                entity = re.search(r"(?:^| )taskbbs::(?:testing::)?(\w+)(?:::(?:~?\w+|operator=)(?:<.*>|\[abi:cxx11\])?)?$", name)
                assert entity and entity[1] in api, f"{library.name}: {symbol}: {name}"


def test_every_class_and_every_verbs_arguments_are_marked():
    with Installation() as installed:
        headers = [header for header in installed.headers() if header.parent.name != "protocol"]
        assert len(headers) > 5, headers
        for header in headers:
            for kind, name in re.findall(r"^(class|struct) (\w+) {$", header.read_text(), re.MULTILINE):
                assert kind == "struct" and not name.endswith("Args"), f"{header.name}: {name} is not TASKBBS_EXPORT"


def test_programs_are_not_made_to_link_what_the_library_uses():
    with Installation() as installed:
        assert [flag for flag in installed.flags("--libs") if flag.startswith("-l")] == ["-ltaskbbs"]
        targets = "".join(file.read_text() for file in installed.lib.glob("cmake/taskbbs/*.cmake"))
        assert "taskbbs::sdk" in targets
        for word in ("zmq", "msgpack", "fmt", "Werror", str(ROOT)):
            assert word not in targets, word


def test_headers_need_neither_zmq_nor_msgpack_and_nothing_that_is_not_installed():
    with Installation() as installed:
        headers = installed.headers()
        assert len(headers) > 10, headers
        for header in headers:
            read = run("g++", "-M", "-x", "c++", *installed.flags("--cflags"), header).replace("\\\n", " ").split()
            assert not [file for file in read if re.search(r"zmq|msgpack", file)], header
            strange = [file for file in read[1:] if not file.startswith(("/usr/", str(installed.prefix)))]
            assert not strange, (header, strange)
            assert '"protocol/' not in header.read_text(), header


run_tests(globals())
