// cli/executor/process.hpp: commands under sh.
#include "cli/executor/process.hpp"

#include <catch2/catch.hpp>

#include <csignal>
#include <poll.h>
#include <unistd.h>

using namespace taskbbs::cli;

namespace {

constexpr Bound bound{.bytes = 1000};

Ending ending_of(Process& process) {
    for (;;) {
        std::array<pollfd, 3> polled{};
        const auto descriptors = process.descriptors();
        for (std::size_t i = 0; i < polled.size(); ++i) {
            polled[i] = {.fd = descriptors[i], .events = POLLIN, .revents = 0};
        }
        REQUIRE(::poll(polled.data(), polled.size(), 10'000) > 0);
        if (const auto ending = process.serve()) {
            return *ending;
        }
    }
}

CommandResult result_of(Process& process) {
    return ending_of(process).result;
}

bool runs(pid_t pid) {
    return ::kill(pid, 0) == 0;
}

auto start_shell(const std::string& command, const std::string& guid = "g") {
    return Process::start(shell_program(command), guid, bound, bound);
}

CommandResult result_of(const std::string& command) {
    auto process = start_shell(command, "guid-1");
    REQUIRE(process);
    return result_of(*process);
}

CommandResult result_of_program(const Program& program, Bound err_bound = bound) {
    auto process = Process::start(program, "guid-1", bound, err_bound);
    REQUIRE(process);
    return result_of(*process);
}

}  // namespace

TEST_CASE("outputs are captured apart, with the exit status") {
    const CommandResult wanted{.exit = 3, .out = "out\n", .err = "err\n"};
    CHECK(result_of("echo out; echo err >&2; exit 3") == wanted);
}

TEST_CASE("a command is one line of shell, quotes and all") {
    CHECK(result_of("printf '%s|' \"a b\" 'c\"d' \\$HOME").out == "a b|c\"d|$HOME|");
    CHECK(result_of("").exit == 0);
}

TEST_CASE("a command finds its guid and an empty standard input") {
    CHECK(result_of("echo $TASKBBS_GUID; cat").out == "guid-1\n");
}

TEST_CASE("a program reads its input to the end, whatever bytes it holds") {
    const std::string input("line\n\0\xff", 7);
    CHECK(result_of_program({"/bin/cat", {"cat"}, input}).out == input);
    CHECK(result_of_program({"/bin/cat", {"cat"}, {}}).out.empty());
}

TEST_CASE("a program that reads none of a large input is not waited for") {
    CHECK(result_of_program({"/bin/true", {"true"}, std::string(1 << 20, 'x')}).exit == 0);
}

TEST_CASE("a program gets its arguments as they are, and its guid in the environment") {
    const Program program{
        "/bin/sh", {"sh", "-c", "echo \"$1|$TASKBBS_GUID\"", "sh", "$HOME *"}, {}};
    CHECK(result_of_program(program).out == "$HOME *|guid-1\n");
}

TEST_CASE("of an output the end is kept where that is wanted") {
    const Program program{"/bin/sh", {"sh", "-c", "seq 1000 >&2; echo last >&2"}, {}};
    CHECK(result_of_program(program, {.bytes = 10, .of_end = true}).err == "1000\nlast\n");
    CHECK(result_of_program(program, {.bytes = 4, .of_end = true}).err == "ast\n");
}

TEST_CASE("a command has no descriptor of the executor's but its three") {
    CHECK(result_of("ls /proc/self/fd | tr '\\n' ' '").out == "0 1 2 3 ");  // 3: ls's own
}

TEST_CASE("long outputs are cut at the bound, and the command is not held up") {
    const auto result = result_of("head -c 3000000 /dev/zero; echo done >&2");
    CHECK(result.out.size() == bound.bytes);
    CHECK(result.err == "done\n");
    CHECK(result.truncated);
    CHECK_FALSE(result_of("head -c 1000 /dev/zero").truncated);
}

TEST_CASE("a kill reaches the whole group and shows as the signal") {
    auto process = start_shell("sleep 60 & sleep 60");
    REQUIRE(process);
    process->kill(SIGTERM);
    CHECK(result_of(*process) == CommandResult{.signal = SIGTERM});
}

TEST_CASE("what a command leaves running in its group is killed at its end") {
    // The one in the background would hold the pipe open for a minute.
    CHECK(result_of("sleep 60 & echo here") == CommandResult{.exit = 0, .out = "here\n"});
}

TEST_CASE("a shell that can't find its command says so with 127") {
    const auto result = result_of("no-such-command-anywhere");
    CHECK(result.exit == 127);
    CHECK_FALSE(result.err.empty());
}

TEST_CASE("what a command leaves running in a session of its own is killed at its end too") {
    const auto result = result_of("setsid sh -c 'echo $$; exec sleep 60' & sleep 0.3; exit 4");
    CHECK(result.exit == 4);
    REQUIRE_FALSE(result.out.empty());
    CHECK_FALSE(runs(std::stoi(result.out)));
}

TEST_CASE("nothing of a command outlives its process object") {
    std::string pid;
    {
        auto process = start_shell("setsid sh -c 'echo $$; exec sleep 60' & wait");
        REQUIRE(process);
        pollfd out{.fd = process->descriptors()[1], .events = POLLIN, .revents = 0};
        REQUIRE(::poll(&out, 1, 10'000) == 1);
        std::array<char, 16> word{};
        REQUIRE(::read(out.fd, word.data(), word.size() - 1) > 0);
        pid = word.data();
    }
    CHECK_FALSE(runs(std::stoi(pid)));
}

TEST_CASE("orphans that a command makes while it runs don't end it") {
    CHECK(result_of("(sleep 0.1 &) ; sleep 0.4; exit 5").exit == 5);
}

TEST_CASE("a command that the system does not take ends as not run, with the reason") {
    // Longer than one argument may be.
    auto process = start_shell(std::string(200'000, 'x'));
    REQUIRE(process);
    const Ending ending = ending_of(*process);
    CHECK(ending.trouble == "cannot start the command: exec: Argument list too long");
    CHECK(ending.result == CommandResult{.err = ending.trouble});
}

TEST_CASE("a command that kills its supervisor has ended, by that signal") {
    CHECK(result_of("kill -9 $PPID; sleep 60").signal == SIGKILL);
}
