// `taskbbs cancel` and `taskbbs resolve` without guids: page by page, all requests of a page at
// once.
#include "cli/sweep_command.hpp"

#include "cli/complain.hpp"
#include "cli/connection.hpp"
#include "cli/printer.hpp"
#include "cli/sweep.hpp"
#include "cli/take_and_resolve.hpp"

#include <chrono>
#include <cstdio>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::cli {
namespace {

using Outcome = std::future<Result<Applied>>;

// What differs between the verbs.
struct Verb {
    std::vector<State> usual;  // acts on these where no state is asked for
    std::string_view done;     // "cancelled"
    // Sends what one task needs, without waiting.
    std::function<Outcome(Connection&, const Task&)> act;
};

class Sweep {
  public:
    Sweep(const Arguments& arguments, Connection& connection, Verb verb)
        : connection_(connection),
          verb_(std::move(verb)),
          dry_(arguments.flag("dry-run")),
          command_(arguments.command->name),
          filter_(
              filter_of(arguments,
                        verb_.usual,
                        std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now()))),
          printer_(arguments, {{"guid"}, {"domain"}, {"state"}, {"created_at"}, {"seq"}}) {}

    Exit run() {
        while (page()) {
        }
        printer_.flush();
        // Where not even a list was to be had, that is said already.
        if (tally_ != Tally{} || exit_ == Exit::done) {
            const auto done =
                dry_ ? fmt::format("would be {}", verb_.done) : std::string{verb_.done};
            complain("taskbbs: {}: {}\n", command_, summary(tally_, done));
        }
        return worse(exit_, printer_.exit());
    }

  private:
    // False: it was the last one, or something went wrong that would go wrong again.
    bool page() {
        connection_.renew();
        auto page = connection_.client().list(filter_.list, connection_.remaining());
        if (!page) {
            exit_ = worse(exit_, connection_.failed(page.error()));
            return false;
        }
        std::erase_if(page->tasks, [&](const Task& task) { return !filter_.matches(task); });
        if (dry_) {
            for (const Task& task : page->tasks) {
                show(task);
            }
        } else {
            act_on(page->tasks);
        }
        printer_.flush();
        filter_.list.cursor = page->cursor.value_or("");
        return page->cursor && exit_ == Exit::done && printer_.exit() == Exit::done;
    }

    void act_on(std::vector<Task>& tasks) {
        std::vector<Outcome> outcomes;
        outcomes.reserve(tasks.size());
        for (const Task& task : tasks) {
            outcomes.push_back(verb_.act(connection_, task));
        }
        for (std::size_t i = 0; i < tasks.size(); ++i) {
            const auto applied = outcomes[i].get();
            if (applied) {
                tasks[i].seq = applied->seq;
                show(tasks[i]);
            } else if (is_change(applied.error())) {
                ++tally_.changed;
            } else if (++tally_.failed == 1) {
                exit_ = connection_.failed(applied.error(), tasks[i].guid);
            } else {
                exit_ = worse(exit_, exit_of(applied.error()));
            }
        }
    }

    void show(const Task& task) {
        ++tally_.done;
        printer_.item(json_of_swept(task));
    }

    Connection& connection_;
    Verb verb_;
    bool dry_;
    std::string_view command_;
    Filter filter_;
    Printer printer_;
    Tally tally_;
    Exit exit_ = Exit::done;
};

Exit sweep(const Arguments& arguments, Verb verb) {
    auto connection = Connection::open(arguments);
    if (!connection) {
        return Exit::usage;
    }
    return Sweep{arguments, *connection, std::move(verb)}.run();
}

}  // namespace

Exit sweep_cancel(const Arguments& arguments) {
    const auto reason = arguments.text("reason").value_or("");
    return sweep(arguments,
                 {.usual = {State::pending, State::claimed, State::running},
                  .done = "cancelled",
                  .act = [reason](Connection& connection, const Task& task) {
                      return connection.send(CancelArgs{task.guid, reason});
                  }});
}

Exit sweep_resolve(const Arguments& arguments) {
    return sweep(arguments,
                 {.usual = {State::completed},
                  .done = "resolved",
                  .act = [](Connection& connection, const Task& task) {
                      return task.state == State::resolving
                                 ? connection.send(ResolveArgs{task.guid, task.epoch})
                                 : take_and_resolve(connection, task.guid);
                  }});
}

}  // namespace taskbbs::cli
