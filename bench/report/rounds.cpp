// The loop over rounds, systems and trials.
#include "bench/report/rounds.hpp"

#include "bench/load/sdk_drive.hpp"

#include <exception>
#include <fmt/format.h>
#include <map>

namespace taskbbs::bench {

namespace {

Measured try_once(const System& system, const Server& server, const Trial& trial) {
    const Target target = target_of(system, server);
    return trial.sdk ? drive_sdk(target.endpoint, trial.load, target.cpu_seconds)
                     : drive(target, trial.load);
}

Row without_figures(const Trial& trial, std::string why) {
    return {
        .id = trial.id, .system = trial.system, .title = trial.title, .trouble = std::move(why)};
}

using Runs = std::map<std::string, std::vector<Row>>;  // by the trial's id

class Round {
  public:
    Round(const std::vector<Trial>& trials, const Rounds& rounds, Runs& runs)
        : trials_(trials), rounds_(rounds), runs_(runs) {}

    void run(const System& system) {
        for (const bool ipc : {false, true}) {
            std::unique_ptr<Server> server;
            for (const Trial& trial : trials_) {
                if (trial.system == system.name && trial.ipc == ipc) {
                    runs_[trial.id].push_back(run(system, server, trial));
                }
            }
        }
    }

  private:
    Row run(const System& system, std::unique_ptr<Server>& server, const Trial& trial) const {
        fmt::print(stderr, "bench: {:<9} {}\n", trial.system, trial.title);
        try {
            if (server == nullptr) {
                server = system.start({.parent = rounds_.parent, .ipc = trial.ipc});
            }
            return row_of(trial, try_once(system, *server, trial));
        } catch (const std::exception& error) {
            server = nullptr;
            return without_figures(trial, error.what());
        }
    }

    const std::vector<Trial>& trials_;
    const Rounds& rounds_;
    Runs& runs_;
};

}  // namespace

Results run_rounds(const std::vector<Trial>& trials, const Rounds& rounds) {
    Results results;
    std::vector<System> systems;
    for (System& system : all_systems()) {
        if (find_program(system.program).empty()) {
            results.left_out.push_back(
                fmt::format("{}: {} is not installed", system.name, system.program));
        } else {
            systems.push_back(std::move(system));
        }
    }
    Runs runs;
    for (int round = 0; round < rounds.count; ++round) {
        results.syncs.push_back(measure_syncs(rounds.parent));
        for (const System& system : systems) {
            Round(trials, rounds, runs).run(system);
        }
    }
    for (const Trial& trial : trials) {
        if (const auto found = runs.find(trial.id); found != runs.end()) {
            results.rows.push_back(median_of(found->second));
        }
    }
    return results;
}

}  // namespace taskbbs::bench
