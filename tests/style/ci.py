#!/usr/bin/python3
"""The two that guard every change, .ci/run and the workflow, run the same: the workflow a preset of the
tests beside the other."""
import re

import sources


def commands_of_script(text):
    for line in re.findall(r"^\./run (.*) </dev/null$", text, re.MULTILINE):
        verb, *words = line.split()
        yield from (f"test {preset}" for preset in words) if verb == "test" else [line]


def commands_of_workflow(text):
    return re.findall(r"^ {10}- (.*)$", text[text.index("command:"):text.index("steps:")], re.MULTILINE)


if __name__ == "__main__":
    script = sorted(commands_of_script(sources.text_of(".ci/run")))
    workflow = sorted(commands_of_workflow(sources.text_of(".github/workflows/ci.yml")))
    sources.verdict([] if script and script == workflow else
                    [f".ci/run runs {script}, .github/workflows/ci.yml {workflow}"])
