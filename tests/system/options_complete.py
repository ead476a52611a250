"""No option without a scenario that sets it and sees what it does."""
import re

import options_converge
import options_journal
import options_limits
import options_security
from expect import holds, same

AREAS = (options_journal, options_converge, options_limits, options_security)


def every_option_of_the_help_has_a_scenario_and_no_scenario_is_of_none(board):
    code, words = board.run("--help")
    same(code, 0, "--help: 0")
    options = {
        name.replace(".", "_")
        for name in re.findall(r"^ *--([a-z]+\.[a-z_]+) ", words, re.MULTILINE)
    }
    holds(len(options) > 30, "--help lists the options", options)
    scenarios = [
        name
        for area in AREAS
        for name, one in vars(area).items()
        if callable(one) and one.__module__ == area.__name__ and not name.startswith("_")
    ]
    untested = [
        option for option in options if not any(one.startswith(option + "_") for one in scenarios)
    ]
    same(sorted(untested), [], "every option has a scenario")
    strange = [
        one for one in scenarios if not any(one.startswith(option + "_") for option in options)
    ]
    same(strange, [], "every scenario is of an option")


def every_option_may_stand_in_the_environment_and_in_the_file(board):
    _, words = board.run("--help")
    defaults = re.findall(r"^ *--([a-z]+\.[a-z_]+) \S+ \(=([^)]+)\)", words, re.MULTILINE)
    environment = {
        "TASKBBS_" + name.upper().replace(".", "_"): value for name, value in defaults
    }
    code, told = board.run("--check-config", environment=environment)
    same(code, 0, f"the environment is right: {told}")
    for variable, (name, _) in zip(environment, defaults):
        holds(f"{name} = " in told and f"(environment {variable})" in told, f"{variable} counts", told)
    path = board.home / "all.conf"
    path.write_text(
        "".join("[{}]\n{} = {}\n".format(*name.split("."), value) for name, value in defaults)
    )
    code, told = board.run("--check-config", "--config", str(path))
    same(code, 0, f"the file is right: {told}")
    same(told.count(f"({path}:"), len(defaults), "each counts")
