// `taskbbs watch`: events as they happen.
#include "cli/commands.hpp"
#include "cli/complain.hpp"
#include "cli/connection.hpp"
#include "cli/event_rows.hpp"

#include <condition_variable>
#include <cstdio>
#include <fmt/format.h>
#include <mutex>
#include <utility>

namespace taskbbs::cli {
namespace {

// The broker says something every second.
constexpr milliseconds patience{5'000};

// Where the watch's thread tells the command's that it is over.
class Finish {
  public:
    void tell(Exit exit) {
        const std::scoped_lock lock{mutex_};
        exit_ = exit_.value_or(exit);
        told_.notify_one();
    }

    // The first sign of life.
    void heard() {
        const std::scoped_lock lock{mutex_};
        heard_ = true;
        told_.notify_one();
    }

    // False: it is neither over nor was anything heard within this time.
    bool wait_to_hear(milliseconds time) {
        std::unique_lock lock{mutex_};
        return told_.wait_for(lock, time, [this] { return heard_ || exit_; });
    }

    Exit wait() {
        std::unique_lock lock{mutex_};
        told_.wait(lock, [this] { return exit_.has_value(); });
        return *exit_;
    }

  private:
    bool heard_ = false;
    std::mutex mutex_;
    std::condition_variable told_;
    std::optional<Exit> exit_;
};

// Nothing where --from is none of its words.
std::optional<WatchOptions> watch_options_of(const Arguments& arguments) {
    WatchOptions options{.streams = streams_of(arguments, "stream"),
                         .domains = arguments.names("domain"),
                         .guid = arguments.text("guid").value_or("")};
    const auto from = arguments.text("from").value_or("now");
    if (from == "now") {
        options.from = WatchFrom::now;
    } else if (from == "beginning") {
        options.from = WatchFrom::beginning;
    } else if (const auto seq = integer_of(from); seq && *seq >= 0) {
        options.from = WatchFrom::after;
        options.after = *seq;
    } else {
        complain("taskbbs: watch: --from '{}' is not now|beginning|SEQ\n", from);
        return std::nullopt;
    }
    return options;
}

// `begun`: something was heard before. Else it is --from that does not fit.
void say(const Reset& reset, Seq from, bool begun) {
    const bool cut = reset.reason == Reset::Reason::truncated;
    if (!begun && !cut) {
        complain("taskbbs: watch: there is no event {} yet: what happens from now on is shown\n",
                 from);
        return;
    }
    complain("taskbbs: watch: {}; what was shown before may be wrong\n",
             cut ? "the broker keeps the events in between no more"
                 : "the broker serves another history");
}

}  // namespace

Exit run_watch(const Arguments& arguments) {
    const auto options = watch_options_of(arguments);
    if (!options) {
        return Exit::usage;
    }
    auto connection = Connection::open(arguments);
    if (!connection) {
        return Exit::usage;
    }
    // A watch waits for a broker for ever; whoever types a wrong endpoint should not.
    Connection& board = *connection;
    if (const auto hello = board.client().hello(board.remaining()); !hello) {
        return board.failed(hello.error());
    }
    Printer printer{arguments, event_columns()};
    Finish finish;
    auto left = arguments.integer("count");
    bool begun = false;  // of the watch's thread
    const auto on_event = [&](const Event& event) {
        if (left == 0) {
            return;
        }
        if (!std::exchange(begun, true)) {
            finish.heard();
        }
        show_event(printer, event);
        printer.flush();
        if (printer.unwritable()) {
            finish.tell(Exit::unwritable);
        } else if (left && --*left == 0) {
            finish.tell(Exit::done);
        }
    };
    const auto on_end = [&](const std::optional<Error>& error) {
        finish.tell(error ? board.failed(*error) : Exit::done);
    };
    const auto on_reset = [&](const Reset& reset) { say(reset, options->after, begun); };
    const auto on_caught_up = [&](Seq) {
        begun = true;
        finish.heard();
    };
    auto watch = board.client().watch(*options,
                                      {.on_event = on_event,
                                       .on_reset = on_reset,
                                       .on_caught_up = on_caught_up,
                                       .on_end = on_end});
    if (!finish.wait_to_hear(patience)) {
        complain("taskbbs: watch: no events come from the broker\n{}\n", where_events_are);
    }
    const Exit exit = finish.wait();
    watch.stop();
    return exit;
}

}  // namespace taskbbs::cli
