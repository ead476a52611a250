// The requester of the demo: puts tasks on the board and collects what comes of them, with the SDK.
// demo.py speaks to it in lines of JSON.
//
//     in    {"desire": [TASK, ...]}                TASK: {"guid", "payload_hex",
//     "on_executor_lost"}
//           {"desire": [TASK, ...], "kill": PID}   the same in groups, and when these are used up
//                                                  with extra tasks, until one is caught in the
//                                                  journal and not answered: then kill -9 PID
//     out   {"desired": GUID, "seq": N}            answered: it is on the board, durably
//           {"outcome": GUID, "failed": BOOL, "reason": STR, "stdout": STR}
//                                                  collected and resolved
//           {"killed": PID, "unanswered": [GUID, ...], "left": N, "sent": N, "extra": N,
//            "attempts": N}                        what the dead left without an answer (the SDK
//                                                  asks again by itself), how many of the tasks,
//                                                  the last ones, were not desired any more, and
//                                                  how many were, extra ones included
//           {"error": STR}                         what should not have happened
#include "cli/packed_result.hpp"
#include "demo/journal_sight.hpp"
#include "taskbbs/client.hpp"

#include <array>
#include <chrono>
#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <exception>
#include <fmt/format.h>
#include <iostream>
#include <memory>
#include <mutex>
#include <nlohmann/json.hpp>
#include <set>
#include <span>
#include <thread>
#include <utility>
#include <vector>

namespace {

using Json = nlohmann::json;
using taskbbs::Client;
using taskbbs::Result;
using taskbbs::Task;

// Requests that the broker must owe an answer to when it is killed.
constexpr std::size_t fewest_unanswered = 10;

// A broker that answers nothing for so long is in trouble of another kind.
constexpr std::chrono::seconds quiet{10};

// Longer than the demo: the SDK tries again until then, whatever dies meanwhile.
constexpr taskbbs::CallOptions patience{.timeout = std::chrono::minutes{5}};

void tell(const Json& line) {
    static std::mutex mutex;
    const std::scoped_lock lock{mutex};
    std::cout << line.dump(-1, ' ', false, Json::error_handler_t::replace) << std::endl;
}

void tell_error(const std::string& what, const taskbbs::Error& error) {
    tell({{"error", fmt::format("{}: {} ({})", what, error.message, error.name())}});
}

std::string from_hex(const std::string& hex) {
    constexpr int base = 16;
    std::string bytes;
    for (std::size_t at = 0; at + 1 < hex.size(); at += 2) {
        bytes.push_back(static_cast<char>(std::stoi(hex.substr(at, 2), nullptr, base)));
    }
    return bytes;
}

Task task_from(const Json& json) {
    Task task;
    task.guid = json.at("guid");
    task.stack = "demo";
    task.payload = from_hex(json.at("payload_hex"));
    task.on_executor_lost =
        taskbbs::named<taskbbs::OnExecutorLost>(json.at("on_executor_lost").get<std::string>())
            .value_or(taskbbs::OnExecutorLost::fail);
    return task;
}

// Only there to be under way when the broker dies; it is run and resolved like the others.
Task extra_task() {
    static int made = 0;
    return {.guid = fmt::format("extra-{}", ++made),
            .stack = "demo",
            .payload = "true",
            .on_executor_lost = taskbbs::OnExecutorLost::requeue};
}

void tell_desired(const std::string& guid, const Result<taskbbs::Applied>& answer) {
    if (answer) {
        tell({{"desired", guid}, {"seq", answer->seq}});
    } else {
        tell_error("desire " + guid, answer.error());
    }
}

void desire(Client& client, const Json& tasks) {
    for (const Json& json : tasks) {
        const Task task = task_from(json);
        client.call(
            taskbbs::DesireArgs{task},
            [guid = task.guid](const auto& answer) { tell_desired(guid, answer); },
            patience);
    }
}

// Desires that are under way together, sent at once. Thread-safe.
class Group : public std::enable_shared_from_this<Group> {
  public:
    void desire(Client& client, const Task& task) {
        {
            const std::scoped_lock lock{mutex_};
            unanswered_.insert(task.guid);
        }
        client.call(
            taskbbs::DesireArgs{task},
            [self = shared_from_this(), guid = task.guid](const auto& answer) {
                tell_desired(guid, answer);
                self->on_answer(guid);
            },
            patience);
    }

    std::set<std::string> unanswered() {
        const std::scoped_lock lock{mutex_};
        return unanswered_;
    }

    // Until all are answered. False where nothing was answered for so long.
    bool wait(std::chrono::milliseconds longest_silence) {
        std::unique_lock lock{mutex_};
        while (!unanswered_.empty()) {
            if (changed_.wait_for(lock, longest_silence) == std::cv_status::timeout) {
                return false;
            }
        }
        return true;
    }

  private:
    void on_answer(const std::string& guid) {
        const std::scoped_lock lock{mutex_};
        unanswered_.erase(guid);
        changed_.notify_one();
    }

    std::mutex mutex_;
    std::condition_variable changed_;
    std::set<std::string> unanswered_;
};

// Sends the tasks together and looks into the journal until the last of them stands there. True:
// the broker has received them and owes the answers, which wait for the sync that is under way.
bool caught_between(Client& client,
                    Group& group,
                    std::span<const Task> tasks,
                    taskbbs::demo::JournalSight& journal) {
    journal.skip_written();
    for (const Task& task : tasks) {
        group.desire(client, task);
    }
    const auto end = std::chrono::steady_clock::now() + quiet;
    while (!group.unanswered().empty() && std::chrono::steady_clock::now() < end) {
        if (journal.holds(tasks.back().guid)) {
            return group.unanswered().size() >= fewest_unanswered;
        }
    }
    return false;
}

// The next of `left`, and extra ones behind them.
std::vector<Task> take_group(std::span<const Json>& left, std::size_t size) {
    std::vector<Task> group;
    for (; group.size() < size && !left.empty(); left = left.subspan(1)) {
        group.push_back(task_from(left.front()));
    }
    while (group.size() < size) {
        group.push_back(extra_task());
    }
    return group;
}

// Tries again until the moment is right. The requests are not held back and the broker is not
// stopped: it is killed with them in its hands, and only then.
void desire_and_kill(Client& client,
                     const std::vector<Json>& tasks,
                     pid_t broker,
                     const std::string& journal_directory) {
    constexpr std::size_t most_attempts = 300;
    constexpr auto sizes = std::to_array<std::size_t>({64, 32, 128, 256});
    taskbbs::demo::JournalSight journal{journal_directory};
    std::span<const Json> left{tasks};
    std::size_t sent = 0;
    for (std::size_t attempt = 0; attempt < most_attempts; ++attempt) {
        const auto together = take_group(left, sizes[attempt % sizes.size()]);
        sent += together.size();
        const auto group = std::make_shared<Group>();
        if (!caught_between(client, *group, together, journal)) {
            group->wait(quiet);
            continue;
        }
        ::kill(broker, SIGKILL);
        // What had left it before is still read; after that, no answer is on its way.
        group->wait(std::chrono::milliseconds{300});
        tell({{"killed", broker},
              {"unanswered", group->unanswered()},
              {"left", left.size()},
              {"sent", sent},
              {"extra", sent - (tasks.size() - left.size())},
              {"attempts", attempt + 1}});
        return;
    }
    tell({{"error", "the broker was never caught with 10 requests unanswered"}});
}

void tell_outcome(const Task& task) {
    const auto result = taskbbs::cli::unpack_result(task.result);
    tell({{"outcome", task.guid},
          {"failed", task.failed},
          {"reason", task.failure_reason},
          {"stdout", result ? result->out : std::string{}}});
}

// A completed task may be announced more than once: resolving picks the one who takes it.
void collect(Client& client, const std::string& guid) {
    client.call(
        taskbbs::ResolvingArgs{guid},
        [&client, guid](const Result<taskbbs::Owned>& owned) {
            if (!owned || !owned->task) {
                const bool taken = owned || owned.error().is(taskbbs::Status::wrong_state) ||
                                   owned.error().is(taskbbs::Status::not_found);
                if (!taken) {
                    tell_error("resolving " + guid, owned.error());
                }
                return;
            }
            client.call(
                taskbbs::ResolveArgs{guid, owned->epoch},
                [task = *owned->task](const Result<taskbbs::Applied>& resolved) {
                    if (resolved) {
                        tell_outcome(task);
                    } else {
                        tell_error("resolve " + task.guid, resolved.error());
                    }
                },
                patience);
        },
        patience);
}

int serve(const std::string& endpoint, const std::string& journal) {
    auto client = Client::open({.endpoint = endpoint});
    if (!client) {
        tell_error("open", client.error());
        return 1;
    }
    auto watch = client->watch_for_completed_task(
        [&client](const Task& task) { collect(*client, task.guid); },
        [](const std::optional<taskbbs::Error>& error) {
            if (error) {
                tell_error("watch", *error);
            }
        });
    for (std::string line; std::getline(std::cin, line);) {
        const Json order = Json::parse(line);
        if (order.contains("kill")) {
            desire_and_kill(*client, order.at("desire"), order.at("kill"), journal);
        } else {
            desire(*client, order.at("desire"));
        }
    }
    watch.stop();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs("usage: taskbbs_demo_requester ENDPOINT JOURNAL (lines of JSON follow)\n",
                   stderr);
        return 2;
    }
    try {
        return serve(argv[1], argv[2]);
    } catch (const std::exception& error) {
        std::fputs(error.what(), stderr);
        return 1;
    }
}
