"""What is installed is hardened as usual: position independent, RELRO and bound at start, stack protector,
FORTIFY, no code on the stack."""

from hardened import faults, programs_and_libraries
from installation import Installation, run, run_tests


def test_every_program_and_library_is_hardened():
    with Installation() as installed:
        found = programs_and_libraries(installed.prefix)
        assert {path.name.split(".")[0] for path in found} == {"taskbbs", "taskbbsd", "libtaskbbs", "libtaskbbs_testing"}, found
        for path in found:
            assert not faults(path), f"{path.name}: missing: {', '.join(faults(path))}"


def test_a_program_that_is_not_hardened_is_told_apart():
    with Installation() as installed:
        source, plain = installed.dir / "plain.cpp", installed.dir / "plain"
        source.write_text("int main() {}\n")
        run("g++", "-no-pie", "-fno-stack-protector", "-Wl,-z,norelro,-z,lazy,-z,execstack", source, "-o", plain)
        assert len(faults(plain)) == 5, faults(plain)


run_tests(globals())
