"""What a program or library shows of how it was compiled and linked, as readelf tells it."""

import re
import subprocess


def told(path, *options):
    return subprocess.run(["readelf", "--wide", *options, str(path)], check=True, capture_output=True, text=True).stdout


def faults(path):
    """What is missing of the usual hardening; a library need not hold a call that FORTIFY makes safer."""
    headers, dynamic = told(path, "--file-header", "--program-headers"), told(path, "--dynamic")
    symbols = told(path, "--dyn-syms")
    library = ".so." in path.name
    stack = re.search(r"GNU_STACK +(?:0x\w+ +){5}(\w+)", headers)
    wanted = {
        "position independent": re.search(r"Type: +DYN", headers) and (library or re.search(r"FLAGS_1.*\bPIE\b", dynamic)),
        "no table of functions that can be written (RELRO)": "GNU_RELRO" in headers and re.search(r"FLAGS_1.*\bNOW\b", dynamic),
        "no code on the stack": stack and "E" not in stack[1],
        "stack protector": "__stack_chk_fail" in symbols,
        "FORTIFY": library or re.search(r"\b__\w+_chk\b", symbols.replace("__stack_chk_fail", "")),
    }
    return [what for what, there in wanted.items() if not there]


def programs_and_libraries(prefix):
    return [path for path in sorted([*prefix.glob("bin/*"), *prefix.rglob("lib*.so.*")]) if not path.is_symlink()]
