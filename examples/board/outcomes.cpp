// Watching, resolving and removing, with the SDK's calls by the seed's names.
#include "examples/board/outcomes.hpp"

#include <array>
#include <cstdint>
#include <cstdio>
#include <future>
#include <iostream>
#include <optional>
#include <random>

namespace examples {
namespace {

// A completed task is announced at least once. Of all who try, one gets the outcome: a refusal says
// that it was not us.
std::optional<taskbbs::Task> take(taskbbs::Client& client, const std::string& guid) {
    const auto owned = client.resolving_task(guid);
    return owned ? owned->task : std::nullopt;
}

void remove(taskbbs::Client& client, const taskbbs::Task& task) {
    if (const auto resolved = client.resolve_task(task.guid, task.epoch); !resolved) {
        std::cerr << "resolve " << task.guid << ": " << resolved.error().message << '\n';
    }
}

}  // namespace

taskbbs::Result<void> collect(taskbbs::Client& client,
                              const std::string& domain,
                              const Handle& handle) {
    std::promise<taskbbs::Result<void>> finished;
    bool over = false;  // of the watch's thread alone
    const auto finish = [&](const taskbbs::Result<void>& result) {
        if (!over) {
            over = true;
            finished.set_value(result);
        }
    };
    const auto on_completed = [&](const taskbbs::Task& header) {
        const auto task = over ? std::nullopt : take(client, header.guid);
        if (task) {
            const bool more = handle(*task);
            remove(client, *task);
            if (!more) {
                finish({});
            }
        }
    };
    const auto on_end = [&](const std::optional<taskbbs::Error>& error) {
        finish(error ? tl::make_unexpected(*error) : taskbbs::Result<void>{});
    };
    const auto watch = client.watch_for_completed_task(on_completed, on_end, {domain});
    return finished.get_future().get();
}

std::string unique_name(const std::string& prefix) {
    std::random_device random;
    std::array<char, 17> digits{};
    std::snprintf(digits.data(), digits.size(), "%08x%08x", random(), random());
    return prefix + "-" + digits.data();
}

}  // namespace examples
