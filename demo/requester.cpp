// The requester of the demo: puts tasks on the board and collects what comes of them, with the SDK.
// demo.py speaks to it in lines of JSON.
//
//     in    {"desire": [TASK, ...]}                TASK: {"guid", "payload", "on_executor_lost"}
//           {"desire": [TASK, ...], "kill": PID}   the same in groups, until one is caught that the
//                                                  broker has received and not answered: kill -9
//                                                  PID
//     out   {"desired": GUID, "seq": N}            answered: it is on the board, durably
//           {"outcome": GUID, "failed": BOOL, "reason": STR, "stdout": STR}
//                                                  collected and resolved
//           {"killed": PID, "unanswered": [GUID, ...], "left": N}
//                                                  what the dead left without an answer (the SDK
//                                                  asks again by itself), and how many of the
//                                                  tasks, the last ones, were not desired any more
//           {"error": STR}                         what should not have happened
#include "cli/packed_result.hpp"
#include "taskbbs/client.hpp"

#include <algorithm>
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

Task task_from(const Json& json) {
    Task task;
    task.guid = json.at("guid");
    task.stack = "demo";
    task.payload = json.at("payload");
    task.on_executor_lost =
        taskbbs::named<taskbbs::OnExecutorLost>(json.at("on_executor_lost").get<std::string>())
            .value_or(taskbbs::OnExecutorLost::fail);
    return task;
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
    void desire(Client& client, const Json& json) {
        const Task task = task_from(json);
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
    bool wait(std::chrono::milliseconds quiet) {
        std::unique_lock lock{mutex_};
        while (!unanswered_.empty()) {
            if (changed_.wait_for(lock, quiet) == std::cv_status::timeout) {
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

// Sends the first of `tasks` by itself and the others while the broker makes that one durable. Then
// those others wait for their turn in the broker. True: at the answer to the first they still were
// without an answer, which puts them into the batch that the broker writes and syncs just now.
bool caught_between(Client& client, Client& other, Group& group, std::span<const Json> tasks) {
    using Clock = std::chrono::steady_clock;
    static Clock::duration round_trip = std::chrono::milliseconds{1};
    const auto first = std::make_shared<Group>();
    const auto begin = Clock::now();
    first->desire(other, tasks.front());
    std::this_thread::sleep_for(round_trip / 8);
    for (const Json& task : tasks.subspan(1)) {
        group.desire(client, task);
    }
    first->wait(std::chrono::seconds{10});
    round_trip = Clock::now() - begin;
    std::this_thread::sleep_for(round_trip / 4);
    return group.unanswered().size() >= 10;
}

// Tries again until the moment is right. The requests are not held back and the broker is not
// stopped: it is killed with them in its hands.
void desire_and_kill(Client& client, Client& other, const std::vector<Json>& tasks, pid_t broker) {
    constexpr std::size_t together = 65;
    std::span<const Json> left{tasks};
    std::shared_ptr<Group> group;
    for (bool caught = false; !caught && !left.empty();) {
        const auto now = left.first(std::min(together, left.size()));
        left = left.subspan(now.size());
        group = std::make_shared<Group>();
        caught = caught_between(client, other, *group, now);
        if (!caught) {
            group->wait(std::chrono::seconds{10});
        }
    }
    ::kill(broker, SIGKILL);
    // What had left it before is still read; after that, no answer is on its way.
    group->wait(std::chrono::milliseconds{300});
    tell({{"killed", broker}, {"unanswered", group->unanswered()}, {"left", left.size()}});
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

int serve(const std::string& endpoint) {
    auto client = Client::open({.endpoint = endpoint});
    auto other = Client::open({.endpoint = endpoint});
    if (!client || !other) {
        tell_error("open", client ? other.error() : client.error());
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
            desire_and_kill(*client, *other, order.at("desire"), order.at("kill"));
        } else {
            desire(*client, order.at("desire"));
        }
    }
    watch.stop();
    return 0;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: taskbbs_demo_requester ENDPOINT (lines of JSON follow)\n", stderr);
        return 2;
    }
    try {
        return serve(argv[1]);
    } catch (const std::exception& error) {
        std::fputs(error.what(), stderr);
        return 1;
    }
}
