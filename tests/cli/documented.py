"""docs/cli.md knows every command, option, format, exit code and context's name, and none besides."""

import re
import sys
from pathlib import Path

from board import Cli, run_tests

ROOT = Path(__file__).resolve().parent.parent.parent
DOCUMENT = (ROOT / "docs" / "cli.md").read_text()
cli = Cli(sys.argv[1], "tcp://127.0.0.1:1")

OPTION = re.compile(r"^  (?:-[a-z0-9], )?--([a-z-]+)", re.MULTILINE)


def part(title, level="##"):
    """What stands under a heading, up to the next one that is as high."""
    found = re.search(rf"^{level} {re.escape(title)}\n(.*?)(?=^#{{2,{len(level)}}} |\Z)", DOCUMENT,
                      re.MULTILINE | re.DOTALL)
    assert found, f"docs/cli.md has no {level} {title}"
    return found.group(1)


def in_first_cells(text):
    """What is written as code in the first cells of a table's rows."""
    return {word for cell in re.findall(r"^\|((?:[^|\\]|\\.)*)\|", text, re.MULTILINE)
            for word in re.findall(r"`([^`]+)`", cell)}


def options_in(text):
    return {word.split()[0].removeprefix("--") for word in in_first_cells(text)
            if word.startswith("--")}


def commands():
    listed = cli("--help").split("Commands:\n")[1].split("\n\n")[0]
    return re.findall(r"^  ([a-z-]+)", listed, re.MULTILINE)


def options_of_help(text):
    own, common = text.split("Options of every command:")
    return set(OPTION.findall(own)), set(OPTION.findall(common))


def test_every_command_has_a_section_and_every_section_a_command():
    sections = re.findall(r"^### (.*)$", part("Commands"), re.MULTILINE)
    assert sections == commands(), set(sections) ^ set(commands())


def test_every_option_of_a_command_is_in_its_section_and_no_other():
    for command in commands():
        known, _ = options_of_help(cli(command, "--help"))
        written = options_in(part(command, "###"))
        assert written == known, f"{command}: {sorted(written ^ known)}"


def test_every_common_option_is_described_and_no_other():
    _, known = options_of_help(cli("stats", "--help"))
    assert options_in(part("Options of every command")) == known


def test_every_option_that_is_named_anywhere_is_one():
    known = {"off"}
    for command in commands():
        own, common = options_of_help(cli(command, "--help"))
        known |= own | common
    named = set(re.findall(r"(?<![\w-])--([a-z][a-z-]*)", DOCUMENT))
    assert named <= known, named - known


def test_every_format_is_described():
    told = cli.run("stats", "-o", "none", exit=2).stderr
    formats = set(told.split("is not ")[1].split("=TEXT")[0].split("|"))
    assert {word.split("=")[0] for word in in_first_cells(part("Formats"))} == formats


def test_every_exit_code_is_described_and_every_status_has_one():
    help_text = cli("--help").split("Exit codes")[1]
    codes = set(re.findall(r"^  (\d+) ", help_text, re.MULTILINE)) | set(
        re.findall(r" {2,}(\d+) ", help_text))
    described = part("Exit codes")
    assert in_first_cells(described) == codes, in_first_cells(described) ^ codes
    header = (ROOT / "protocol" / "status.hpp").read_text()
    statuses = set(re.findall(r'"([a-z_]+)"', header)) - {"ok"}
    assert len(statuses) > 10
    assert statuses <= set(re.findall(r"`([a-z_]+)`", described)), statuses


def test_operations_tell_which_codes_keep_an_executors_service_down():
    unit = (ROOT / "systemd" / "taskbbs-executor@.service").read_text()
    down = re.search(r"^RestartPreventExitStatus=(.*)$", unit, re.MULTILINE)[1].split()
    told = (ROOT / "docs" / "operations.md").read_text().split("| code of `taskbbs-executor@` |")[1].split("\n\n")[0]
    assert re.findall(r"^\| (\d+) \|[^|]*\| stays down \|", told, re.MULTILINE) == down, (told, down)


def test_every_field_that_a_document_may_have_is_described():
    shapes = part("Shapes")
    named = set(re.findall(r"`([a-z0-9_]+)`", shapes))
    for name in fields_of_sources():
        assert name in named, f"{name} is not described under Shapes"


def fields_of_sources():
    """The names of members, as the sources spell them."""
    task = (ROOT / "protocol" / "task.hpp").read_text()
    names = set(re.findall(r'Field\{"([a-z_]+)"', task))
    for source in ("cli/json.cpp", "cli/sweep.cpp", "cli/bench/report.cpp"):
        text = (ROOT / source).read_text()
        names |= set(re.findall(r'\{"([a-z0-9_]+)", ?', text))
        names |= set(re.findall(r'json\["([a-z_]+)"\]', text))
    assert len(names) > 60
    return names


def test_every_name_of_a_context_is_described_and_no_other():
    source = (ROOT / "cli" / "context.cpp").read_text().split("constexpr auto keys")[0]
    known = set(re.findall(r'\{\.name = "([a-z-]+)"', source))
    assert len(known) > 4
    assert in_first_cells(part("Contexts")) == known


if __name__ == "__main__":
    run_tests(dict(globals()))
