// `taskbbs bench`: puts a load on the board, measures it, leaves nothing behind.
#include "cli/bench/cleaning.hpp"
#include "cli/bench/lifecycle.hpp"
#include "cli/bench/report.hpp"
#include "cli/client_options.hpp"
#include "cli/commands.hpp"
#include "cli/complain.hpp"
#include "cli/connection.hpp"
#include "cli/executor/descriptor.hpp"
#include "cli/printer.hpp"
#include "cli/signals.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <memory>
#include <poll.h>
#include <random>
#include <sys/eventfd.h>
#include <sys/signalfd.h>
#include <unistd.h>

namespace taskbbs::cli {
namespace {

using bench::Lifecycle;
using std::chrono::steady_clock;

// SIGINT and SIGTERM, and idle clients, as something that one thread can wait for.
class Wakes {
  public:
    // Before any thread begins, so that all of them leave the signals to this.
    Wakes() {
        const auto signals = stopping_signals();
        ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        signals_ = Descriptor{::signalfd(-1, &signals, SFD_CLOEXEC | SFD_NONBLOCK)};
        idle_ = Descriptor{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)};
    }

    // Where this thread waits for something else, a signal ends the process, as it always does.
    template <class Wait>
    static auto while_signals_end(const Wait& wait) {
        const auto signals = stopping_signals();
        ::pthread_sigmask(SIG_UNBLOCK, &signals, nullptr);
        auto result = wait();
        ::pthread_sigmask(SIG_BLOCK, &signals, nullptr);
        return result;
    }

    // From any thread.
    void tell_idle() const { ::eventfd_write(idle_.number(), 1); }

    // Until one of them comes or `until`; true where it was a signal.
    bool wait(steady_clock::time_point until) const {
        const auto left = std::chrono::ceil<milliseconds>(until - steady_clock::now());
        std::array<pollfd, 2> polled{{{signals_.number(), POLLIN, 0}, {idle_.number(), POLLIN, 0}}};
        ::poll(polled.data(),
               polled.size(),
               static_cast<int>(std::max<std::int64_t>(0, left.count())));
        eventfd_t idle = 0;
        ::eventfd_read(idle_.number(), &idle);
        signalfd_siginfo signal{};
        return ::read(signals_.number(), &signal, sizeof signal) == sizeof signal;
    }

  private:
    Descriptor signals_;
    Descriptor idle_;
};

std::string name_of_its_own() {
    return fmt::format("bench-{:08x}", std::random_device{}());
}

void complain_of_leftovers(const std::string& domain) {
    complain("Tasks may be left: taskbbs cancel --domain {0}; taskbbs resolve --domain {0}\n",
             domain);
}

class Load {
  public:
    Load(const Arguments& arguments, const Wakes& wakes)
        : wakes_(wakes),
          plan_{
              .domain = name_of_its_own(),
              .payload = std::string(
                  static_cast<std::size_t>(arguments.integer("payload-bytes").value_or(100)), 'x'),
              .in_flight = arguments.integer("in-flight").value_or(16),
              .options = {arguments.duration("timeout").value_or(milliseconds{30'000})}} {}

    const bench::Plan& plan() const { return plan_; }

    // The error, where a client can't be opened.
    std::optional<Error> open(const Arguments& arguments, std::int64_t clients) {
        for (std::int64_t i = 0; i < clients; ++i) {
            auto client = client_options(arguments).and_then(&Client::open);
            if (!client) {
                return client.error();
            }
            clients_.push_back(std::make_unique<Lifecycle>(
                std::move(*client), plan_, std::to_string(i), [this] { wakes_.tell_idle(); }));
        }
        return std::nullopt;
    }

    // Runs for so long, or until a signal or an error; true where it was a signal.
    bool run(std::chrono::seconds how_long) {
        const auto begin = steady_clock::now();
        for (const auto& client : clients_) {
            client->begin();
        }
        bool interrupted = false;
        while (steady_clock::now() < begin + how_long && !interrupted && !has_idle()) {
            interrupted = wakes_.wait(begin + how_long);
        }
        for (const auto& client : clients_) {
            client->stop();
        }
        seconds_ = std::chrono::duration<double>(steady_clock::now() - begin).count();
        return interrupted;
    }

    // Until every task under way has gone its way, which --timeout bounds. A second signal ends the
    // process.
    void finish() const {
        const auto all_idle = [this] {
            return std::all_of(clients_.begin(), clients_.end(), [](const auto& client) {
                return client->idle();
            });
        };
        while (!all_idle()) {
            if (wakes_.wait(steady_clock::now() + std::chrono::seconds{1})) {
                complain_of_leftovers(plan_.domain);
                ::_exit(static_cast<int>(Exit::interrupted));
            }
        }
    }

    // Once finished.
    std::optional<Error> error() const {
        for (const auto& client : clients_) {
            if (client->error()) {
                return client->error();
            }
        }
        return std::nullopt;
    }

    bench::Report report() const {
        bench::Report report{.clients = static_cast<std::int64_t>(clients_.size()),
                             .in_flight = plan_.in_flight,
                             .payload_bytes = static_cast<std::int64_t>(plan_.payload.size()),
                             .seconds = seconds_};
        for (const auto& client : clients_) {
            report.latencies.add(client->latencies());
            report.lost += client->lost();
        }
        report.steps = report.latencies.count();
        return report;
    }

  private:
    // Before stop() only an error makes a client idle.
    bool has_idle() const {
        return std::any_of(
            clients_.begin(), clients_.end(), [](const auto& client) { return client->idle(); });
    }

    const Wakes& wakes_;
    bench::Plan plan_;
    std::vector<std::unique_ptr<Lifecycle>> clients_;
    double seconds_ = 0;
};

// The claims need an executor that is present, or a pass of convergence fails their tasks.
std::optional<Error> join(Connection& board, const std::string& executor_id) {
    const HeartbeatArgs args{.executor_id = executor_id, .ttl = milliseconds{protocol::max_ttl_ms}};
    const auto answer = board.client().heartbeat(args, board.remaining());
    return answer ? std::nullopt : std::optional{answer.error()};
}

Exit clean_up(Connection& board, const std::string& domain) {
    board.renew();
    const auto error = bench::clear(board, domain);
    board.client().call(DepartArgs{domain}, board.remaining());
    if (!error) {
        return Exit::done;
    }
    const Exit exit = board.failed(*error);
    complain_of_leftovers(domain);
    return exit;
}

}  // namespace

Exit run_bench(const Arguments& arguments) {
    const Wakes wakes;
    auto board = Connection::open(arguments);
    if (!board) {
        return Exit::usage;
    }
    Load load{arguments, wakes};
    const auto& domain = load.plan().domain;
    if (const auto error = Wakes::while_signals_end([&] { return join(*board, domain); })) {
        return board->failed(*error);
    }
    Exit exit = Exit::done;
    const auto unopened = load.open(arguments, arguments.integer("clients").value_or(4));
    if (unopened) {
        exit = board->failed(*unopened);
    } else {
        const bool interrupted =
            load.run(std::chrono::seconds{arguments.integer("seconds").value_or(5)});
        load.finish();
        if (const auto error = load.error()) {
            exit = board->failed(*error);
        }
        exit = interrupted ? worse(exit, Exit::interrupted) : exit;
    }
    exit = worse(exit, Wakes::while_signals_end([&] { return clean_up(*board, domain); }));
    if (unopened) {
        return exit;
    }
    Printer printer{arguments};
    printer.record(json_of(load.report()));
    printer.flush();
    return worse(exit, printer.exit());
}

}  // namespace taskbbs::cli
