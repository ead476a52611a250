// The loop over rounds, systems and trials.
#include "bench/report/rounds.hpp"

#include "bench/load/sdk_drive.hpp"
#include "bench/load/subscribers.hpp"

#include <algorithm>
#include <exception>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::bench {

namespace {

Measured try_once(const System& system, const Server& server, const Trial& trial) {
    const Target target = target_of(system, server);
    const Subscribers subscribers(
        server.events_endpoint(), trial.subscribers, trial.subscribers_read);
    if (!trial.sdk) {
        return drive(target, trial.load);
    }
    ClientOptions client;
    client.endpoint = target.endpoint;
    client.curve = server.curve();
    return drive_sdk(client, trial.load, target.cpu_seconds);
}

void say(const std::string& what, const std::string& trouble) {
    fmt::print(stderr, "bench: {}: {}\n", what, trouble);
}

class Round {
  public:
    Round(const Rounds& rounds, int number, KeptRuns& kept)
        : rounds_(rounds), number_(number), kept_(kept) {}

    // Those of this system, all on one server but for those over ipc or with CURVE, which have
    // others.
    void run(const System& system, const std::vector<Trial>& trials) {
        for (const auto& [ipc, curve] : {std::pair(false, false), {true, false}, {false, true}}) {
            std::unique_ptr<Server> server;
            for (const Trial& trial : trials) {
                const bool is_due = trial.system == system.name && trial.ipc == ipc &&
                                    trial.curve == curve && !kept_.has(trial.id, number_);
                if (is_due) {
                    kept_.add(trial.id, number_, {run(system, server, trial)});
                }
            }
        }
    }

    void run(const Experiment& experiment) {
        if (kept_.has(experiment.id, number_)) {
            return;
        }
        announce(experiment.id);
        try {
            kept_.add(experiment.id, number_, experiment.run());
        } catch (const std::exception& error) {
            say(experiment.id, error.what());
            kept_.add(experiment.id,
                      number_,
                      {{.id = experiment.id,
                        .system = "taskbbs",
                        .title = experiment.id,
                        .trouble = error.what()}});
        }
    }

  private:
    void announce(const std::string& what) const {
        fmt::print(stderr, "bench: round {} of {}: {}\n", number_ + 1, rounds_.count, what);
    }

    Row run(const System& system, std::unique_ptr<Server>& server, const Trial& trial) const {
        announce(fmt::format("{}, {}", trial.system, trial.title));
        try {
            if (server == nullptr) {
                server = system.start(
                    {.parent = rounds_.parent, .ipc = trial.ipc, .curve = trial.curve});
            }
            Row row = row_of(trial, try_once(system, *server, trial));
            if (!row.has_figures()) {
                say(trial.id, row.trouble);
            }
            return row;
        } catch (const std::exception& error) {
            server = nullptr;
            say(trial.id, error.what());
            return {.id = trial.id,
                    .system = trial.system,
                    .title = trial.title,
                    .trouble = error.what()};
        }
    }

    const Rounds& rounds_;
    int number_;
    KeptRuns& kept_;
};

// Those that a trial needs, and that are there.
std::vector<System> systems_for(const std::vector<Trial>& trials,
                                std::vector<std::string>& left_out) {
    std::vector<System> systems;
    for (System& system : all_systems()) {
        const bool is_wanted = std::any_of(trials.begin(), trials.end(), [&](const Trial& trial) {
            return trial.system == system.name;
        });
        if (is_wanted && find_program(system.program).empty()) {
            left_out.push_back(system.package.empty()
                                   ? fmt::format("{}: {} is not built", system.name, system.program)
                                   : fmt::format("{}: {} is not installed; ./run bench --install",
                                                 system.name,
                                                 system.package));
        } else if (is_wanted) {
            systems.push_back(std::move(system));
        }
    }
    return systems;
}

}  // namespace

Results run_rounds(const std::vector<Trial>& trials,
                   const std::vector<Experiment>& experiments,
                   const Rounds& rounds,
                   KeptRuns& kept) {
    Results results;
    const std::vector<System> systems = systems_for(trials, results.left_out);
    for (int number = 0; number < rounds.count; ++number) {
        results.syncs.push_back(measure_syncs(rounds.parent));
        Round round(rounds, number, kept);
        for (const System& system : systems) {
            round.run(system, trials);
        }
        for (const Experiment& experiment : experiments) {
            round.run(experiment);
        }
    }
    const auto take = [&](const std::string& of) {
        const auto medians = kept.medians(of);
        results.rows.insert(results.rows.end(), medians.begin(), medians.end());
    };
    for (const Trial& trial : trials) {
        take(trial.id);
    }
    for (const Experiment& experiment : experiments) {
        take(experiment.id);
    }
    return results;
}

std::vector<System> systems_of(const std::vector<Row>& rows) {
    std::vector<System> systems = all_systems();
    std::erase_if(systems, [&rows](const System& system) {
        return std::none_of(
            rows.begin(), rows.end(), [&](const Row& row) { return row.system == system.name; });
    });
    return systems;
}

}  // namespace taskbbs::bench
