// `taskbbs server`: asks the broker for what it says of itself, and for a report looks around on
// this machine as well.
#include "cli/commands.hpp"
#include "cli/complain.hpp"
#include "cli/connection.hpp"
#include "cli/printer.hpp"
#include "cli/server/report.hpp"

#include <algorithm>
#include <cerrno>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace taskbbs::cli {
namespace {

// Executors that a report sums up at most, and the last events that it has the kinds of.
constexpr std::int64_t executors_at_most = 10'000;
constexpr std::int64_t events_at_most = 20;

Time wall_time() {
    return std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now());
}

// From here on standard output is the file that --out names, if it names one.
bool write_to_file(const Arguments& arguments) {
    const auto name = arguments.text("out");
    if (!name) {
        return true;
    }
    const int file = ::open(name->c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
    if (file < 0 || ::dup2(file, STDOUT_FILENO) < 0) {
        complain("taskbbs: server: cannot write '{}': {}\nGive another FILE.\n",
                 *name,
                 std::strerror(errno));
        return false;
    }
    ::close(file);
    return true;
}

// Asks for one part after the other, as long as the broker answers.
class Asking {
  public:
    explicit Asking(Connection& connection) : connection_(connection) {}

    // Nothing: it is noted why.
    template <class Args>
    std::optional<typename Args::Reply> ask(const char* part, const Args& args) {
        if (silent_) {
            missing_.emplace_back(part, "the broker did not answer before");
            return std::nullopt;
        }
        auto reply = connection_.client().call(args, connection_.remaining());
        if (reply) {
            return *std::move(reply);
        }
        missing_.emplace_back(part, reply.error().message);
        exit_ = worse(exit_, connection_.failed(reply.error()));
        silent_ = reply.error().code != Code::refused;
        return std::nullopt;
    }

    Exit exit() const { return exit_; }

    const std::vector<std::pair<std::string, std::string>>& missing() const { return missing_; }

  private:
    Connection& connection_;
    std::vector<std::pair<std::string, std::string>> missing_;
    Exit exit_ = Exit::done;
    bool silent_ = false;
};

std::optional<ExecutorSums> executors(Asking& asking) {
    ExecutorSums sums;
    ExecutorsArgs args{.limit = 1000, .cursor = {}};
    for (std::int64_t looked_at = 0; looked_at < executors_at_most;) {
        const auto page = asking.ask("executors", args);
        if (!page) {
            return std::nullopt;
        }
        for (const ExecutorInfo& executor : page->executors) {
            sums.add(executor);
        }
        looked_at += static_cast<std::int64_t>(page->executors.size());
        if (!page->cursor) {
            break;
        }
        args.cursor = *page->cursor;
    }
    return sums;
}

std::optional<std::vector<Event>> last_events(Asking& asking, Seq seq) {
    auto page = asking.ask(
        "events",
        ReplayArgs{.after = std::max<Seq>(0, seq - events_at_most), .limit = events_at_most});
    return page ? std::optional{std::move(page->events)} : std::nullopt;
}

Seq seq_in(const Stats& stats) {
    const auto seq = stats.values.find("seq");
    const auto* number =
        seq == stats.values.end() ? nullptr : std::get_if<std::int64_t>(&seq->second);
    return number == nullptr ? 0 : *number;
}

std::string context_of(const Arguments& arguments) {
    const char* named = std::getenv("TASKBBS_CONTEXT");
    return arguments.text("context").value_or(named == nullptr ? "" : named);
}

Findings look_around(const Arguments& arguments, Asking& asking) {
    Findings found{.made_at = wall_time(),
                   .machine = this_machine(),
                   .endpoint = arguments.endpoint,
                   .context = context_of(arguments)};
    found.hello = asking.ask("broker", HelloArgs{});
    found.round_trip.sent = wall_time();
    found.stats = asking.ask("stats", StatsArgs{});
    found.round_trip.received = wall_time();
    found.executors = executors(asking);
    found.events = last_events(asking, found.stats ? seq_in(*found.stats) : 0);
    found.missing = asking.missing();
    return found;
}

Exit show(Printer& printer, const Json& document, bool in_words) {
    if (in_words && !printer.json()) {
        printer.words(report_in_words(document));
    } else {
        printer.record(document);
    }
    printer.flush();
    return printer.exit();
}

Exit info(const Arguments& arguments, Asking& asking) {
    const auto hello = asking.ask("broker", HelloArgs{});
    const auto stats = asking.ask("stats", StatsArgs{});
    if (!hello || !stats) {
        return asking.exit();
    }
    Printer printer{arguments};
    return show(printer, info_of(arguments.endpoint, *hello, *stats), false);
}

Exit report(const Arguments& arguments, Asking& asking) {
    const Json document = report_of(look_around(arguments, asking));
    Printer printer{arguments};
    const Exit shown = show(printer, document, true);
    if (const auto file = arguments.text("out"); file && shown == Exit::done) {
        complain("taskbbs: the report is in {}: read it before you hand it on\n", *file);
    }
    return worse(asking.exit(), shown);
}

}  // namespace

Exit run_server(const Arguments& arguments) {
    auto connection = Connection::open(arguments);
    if (!connection || !write_to_file(arguments)) {
        return Exit::usage;
    }
    Asking asking{*connection};
    return arguments.chosen == "report" ? report(arguments, asking) : info(arguments, asking);
}

}  // namespace taskbbs::cli
