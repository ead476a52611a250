// The requester of the staging pipeline, as the seed's stager is: it turns applications into
// staging tasks, watches for their completion and tells what became of each.
//
//     stager DOMAIN DROPLETS APPLICATION...    ends with 1 where one could not be staged
//
// An application is a directory with its sources and a file `steps`, one shell command a line. The
// droplet, DROPLETS/NAME.tgz, is what there is after the last step. What the report needs stands in
// the task's annotation, not in this process: outcomes that a former stager of the domain did not
// live to see are reported by the next one. So there is one stager at a time in a domain.
#include "examples/board/endpoint.hpp"
#include "examples/board/outcomes.hpp"

#include <taskbbs/client.hpp>

#include <filesystem>
#include <fstream>
#include <iostream>
#include <set>
#include <sstream>
#include <vector>

namespace {

namespace fs = std::filesystem;

// What the executor does, in order (staging_executor.cpp).
std::string actions_for(const fs::path& application, const fs::path& droplet) {
    std::string actions = "download " + application.string() + "\n";
    std::ifstream steps{application / "steps"};
    for (std::string step; std::getline(steps, step);) {
        actions += "run " + step + "\n";
    }
    return actions + "upload " + droplet.string() + "\n";
}

taskbbs::Task task_for(const fs::path& application,
                       const fs::path& droplets,
                       const std::string& domain) {
    const auto droplet = droplets / (application.filename().string() + ".tgz");
    return {.guid = examples::unique_name("staging"),
            .domain = domain,
            .stack = "staging",
            .type = "Staging",
            .payload = actions_for(application, droplet),
            .annotation = application.filename().string() + "\n" + droplet.string(),
            // A droplet appears whole or not at all: staging twice does no harm.
            .on_executor_lost = taskbbs::OnExecutorLost::requeue,
            .run_timeout = std::chrono::minutes{15}};
}

// False: it failed. The result is what the steps have printed.
bool report(const taskbbs::Task& task) {
    std::istringstream note{task.annotation};
    std::string application;
    std::string droplet;
    std::getline(note, application);
    std::getline(note, droplet);
    if (task.failed) {
        std::cout << application << ": failed: " << task.failure_reason << '\n' << task.result;
    } else {
        std::cout << application << ": staged: " << droplet << '\n';
    }
    std::cout.flush();
    return !task.failed;
}

int fail(const std::string& what) {
    std::cerr << "stager: " << what << '\n';
    return 1;
}

int stage(const std::string& domain,
          const fs::path& droplets,
          const std::vector<fs::path>& applications) {
    auto client = taskbbs::Client::open({.endpoint = examples::endpoint()});
    if (!client) {
        return fail(client.error().message);
    }
    std::set<std::string> ours;
    for (const fs::path& application : applications) {
        const auto task = task_for(application, droplets, domain);
        if (const auto desired = client->desire_task(task); !desired) {
            return fail(application.string() + ": " + desired.error().message);
        }
        ours.insert(task.guid);
    }
    bool all_staged = true;
    const auto collected = examples::collect(*client, domain, [&](const taskbbs::Task& task) {
        const bool staged = report(task);
        if (ours.erase(task.guid) > 0) {
            all_staged = all_staged && staged;
        }
        return !ours.empty();
    });
    if (!collected) {
        return fail(collected.error().message);
    }
    return all_staged ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) {
        std::cerr << "usage: stager DOMAIN DROPLETS APPLICATION...\n";
        return 2;
    }
    std::vector<fs::path> applications;
    for (int i = 3; i < argc; ++i) {
        std::error_code none;
        applications.push_back(fs::canonical(argv[i], none));
        if (none || !fs::exists(applications.back() / "steps")) {
            std::cerr << "stager: " << argv[i] << " is no application: it has no file 'steps'\n";
            return 2;
        }
    }
    return stage(argv[1], fs::absolute(argv[2]), applications);
}
