// `taskbbs executor`: takes a place on the board and runs what it gets.
#include "cli/client_options.hpp"
#include "cli/commands.hpp"
#include "cli/complain.hpp"
#include "cli/executor/driver.hpp"
#include "cli/failure.hpp"
#include "cli/signals.hpp"
#include "cli/task_fields.hpp"

#include <algorithm>
#include <array>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fmt/format.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace taskbbs::cli {
namespace {

// Of what a program of --exec writes to its standard error: its last line is told.
constexpr std::size_t last_words_bytes = 4096;

// The host's name and the process's number, in the charset of an executor_id.
std::string default_executor_id() {
    std::array<char, 65> host{};
    ::gethostname(host.data(), host.size() - 1);
    std::string name{host.data()};
    std::replace_if(
        name.begin(),
        name.end(),
        [](char letter) { return std::isalnum(static_cast<unsigned char>(letter)) == 0; },
        '-');
    return fmt::format("{}-{}", name, ::getpid());
}

ExecutorSessionHandlers handlers_for(Inbox& inbox) {
    return {.on_stale =
                [&inbox](const std::string& guid) {
                    inbox.post([guid](Jobs& jobs, Moment at) { jobs.stale(guid, at); });
                },
            .on_draining =
                [&inbox](bool on) {
                    inbox.post([on](Jobs& jobs, Moment at) { jobs.draining(on, at); });
                },
            .on_presence =
                [&inbox](Presence presence, const std::optional<Error>& error) {
                    inbox.post([presence, error](Jobs& jobs, Moment at) {
                        if (presence == Presence::superseded) {
                            jobs.expelled(
                                Exit::refused, "another executor of this name has taken over", at);
                        } else if (presence == Presence::departed && error) {
                            jobs.expelled(exit_of(*error), error->message, at);
                        } else {
                            jobs.presence(presence, at);
                        }
                    });
                }};
}

ExecutorSessionOptions executor_options_of(const Arguments& arguments,
                                           ClientOptions client,
                                           Inbox& inbox) {
    ExecutorSessionOptions options{
        .executor_id = arguments.text("executor-id").value_or(default_executor_id()),
        .stacks = arguments.names("stack"),
        .slots = arguments.integer("slots").value_or(1),
        .free = resources_of(arguments),
        .handlers = handlers_for(inbox),
        .client = std::move(client)};
    if (const auto ttl = arguments.integer("ttl-ms")) {
        options.ttl = milliseconds{*ttl};
    }
    return options;
}

// --exec, or nothing.
tl::expected<std::optional<Program>, std::string> program_in(const Arguments& arguments) {
    const auto line = arguments.text("exec");
    if (!line) {
        return std::optional<Program>{};
    }
    const char* path = std::getenv("PATH");
    return program_of(*line, path != nullptr ? path : "/usr/local/bin:/usr/bin:/bin")
        .map([](Program program) { return std::optional{std::move(program)}; });
}

DriverOptions driver_options_of(const Arguments& arguments,
                                const ExecutorSessionOptions& executor,
                                const std::optional<Program>& program,
                                const Hello& hello) {
    const auto result_bytes = static_cast<std::size_t>(hello.limits.result_bytes);
    DriverOptions options{
        .jobs = {.executor_id = executor.executor_id,
                 .slots = executor.slots,
                 .total = executor.free,
                 .grace = arguments.duration("grace").value_or(milliseconds{10'000}),
                 .run_timeout = arguments.duration("run-timeout").value_or(milliseconds{0}),
                 .form = program ? ResultForm::plain : ResultForm::packed},
        .domains = arguments.names("domain"),
        .program = program,
        .out_bound = {.bytes = output_bound(result_bytes)},
        .err_bound = {.bytes = output_bound(result_bytes)}};
    if (program) {
        options.out_bound = {.bytes = result_bytes, .is_limit = true};
        options.err_bound = {.bytes = last_words_bytes, .of_end = true};
    }
    return options;
}

Exit failed(const Error& error, const Arguments& arguments, milliseconds timeout) {
    complain(
        "{}",
        explained(error,
                  {.command = "executor", .endpoint = arguments.endpoint, .timeout = timeout}));
    return exit_of(error);
}

}  // namespace

Exit run_executor(const Arguments& arguments) {
    const auto timeout = arguments.duration("timeout").value_or(milliseconds{30'000});
    const auto program = program_in(arguments);
    if (!program) {
        complain("taskbbs: executor: --exec: {}\n", program.error());
        return Exit::usage;
    }
    const auto signals = stopping_signals();
    std::signal(SIGCHLD, SIG_DFL);  // where it is ignored, nobody can be waited for
    Inbox inbox;
    auto client = client_options(arguments);
    if (!client) {
        return failed(client.error(), arguments, timeout);
    }
    const auto options = executor_options_of(arguments, *std::move(client), inbox);
    // Blocked in every thread of the SDK; here only once something may run that needs an end.
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    auto executor = ExecutorSession::open(options);
    if (!executor) {
        return failed(executor.error(), arguments, timeout);
    }
    ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
    const auto hello = executor->client().hello({.timeout = timeout});
    if (!hello) {
        return failed(hello.error(), arguments, timeout);
    }
    ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
    const Descriptor stops{::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK)};

    Driver driver{
        driver_options_of(arguments, options, *program, *hello), *executor, inbox, stops.number()};
    return driver.run();
}

}  // namespace taskbbs::cli
