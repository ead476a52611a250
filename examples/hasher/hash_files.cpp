// The file hasher's requester: a task for each file; prints what `xxh128sum -c` reads, in the order
// in which the outcomes come.
//
//     hash_files FILE...      ends with 1 where a file could not be hashed
#include "examples/board/endpoint.hpp"
#include "examples/board/outcomes.hpp"

#include <taskbbs/client.hpp>

#include <filesystem>
#include <iostream>
#include <set>
#include <string>

namespace {

// The files may stand on a share, the executors on many machines: hashing twice does no harm, so a
// task whose executor is lost goes back to the board.
taskbbs::Task task_for(const std::string& file, const std::string& domain, int number) {
    return {.guid = domain + "-" + std::to_string(number),
            .domain = domain,
            .stack = "hash",
            .type = "Hash",
            .payload = std::filesystem::absolute(file),
            .on_executor_lost = taskbbs::OnExecutorLost::requeue};
}

// False: it failed.
bool report(const taskbbs::Task& task) {
    if (task.failed) {
        std::cerr << task.payload << ": " << task.failure_reason << '\n';
    } else {
        std::cout << task.result << "  " << task.payload << std::endl;
    }
    return !task.failed;
}

int fail(const taskbbs::Error& error) {
    std::cerr << "hash_files: " << error.message << " (" << error.name() << ")\n";
    return 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 2) {
        std::cerr << "usage: hash_files FILE...\n";
        return 2;
    }
    auto client = taskbbs::Client::open({.endpoint = examples::endpoint()});
    if (!client) {
        return fail(client.error());
    }
    // Of this run alone, so that several at a time don't take each other's outcomes.
    const auto domain = examples::unique_name("hash");
    std::set<std::string> left;
    for (int i = 1; i < argc; ++i) {
        const auto task = task_for(argv[i], domain, i);
        if (const auto applied = client->desire_task(task); !applied) {
            return fail(applied.error());
        }
        left.insert(task.guid);
    }
    bool all_well = true;
    const auto collected = examples::collect(*client, domain, [&](const taskbbs::Task& task) {
        if (left.erase(task.guid) > 0) {
            all_well = report(task) && all_well;
        }
        return !left.empty();
    });
    if (!collected) {
        return fail(collected.error());
    }
    return all_well ? 0 : 1;
}
