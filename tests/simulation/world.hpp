// One seed: a broker and its clients, in good weather and bad, through crashes, until all is quiet
// and everything must add up.
#pragma once

#include "tests/simulation/clerk.hpp"
#include "tests/simulation/hopeful.hpp"
#include "tests/simulation/host.hpp"
#include "tests/simulation/inspection.hpp"
#include "tests/simulation/requester.hpp"
#include "tests/simulation/tally.hpp"
#include "tests/simulation/watcher.hpp"
#include "tests/simulation/worker.hpp"

#include <exception>
#include <memory>
#include <set>
#include <string>
#include <vector>

namespace taskbbs::simulation {

class World {
  public:
    World(std::uint64_t seed, Tally& tally);
    World(const World&) = delete;
    World& operator=(const World&) = delete;
    ~World();

    // Throws Finding.
    void run();

  private:
    enum class Ruin { none, process, machine };

    struct Climate {
        Duration lasts{8s};       // before all becomes quiet
        double crash = 0.001;     // at an I/O call
        double machine = 0.7;     // a crash is one of the machine, not of the process alone
        double clean_stop = 0.3;  // a life ends by being asked to, if nothing else ends it
        double disk_error = 0;    // at an I/O call
        double sync_error = 0;    // at one that syncs a file's data
        double probe = 0.02;      // at an I/O call that leaves something unsynced behind
        Duration io{200us};       // a call takes at most
        std::uint64_t capacity = 1ULL << 40;
    };

    // world.cpp
    void draw_climate();
    void draw_rules();
    void populate();
    void add_worker(std::size_t number);
    void tend_worker(std::size_t number);
    void begin_life();
    void pass(Duration time);
    void look_after_host();
    void note_life();
    void rebuild(Ruin ruin);
    void calm_down();
    bool is_quiet() const;
    bool have_seen(Seq seq) const;
    void settle_accounts();
    void leap();

    // crash_points.cpp
    std::optional<journal::MemoryDisk::Fault> on_call(const char* operation,
                                                      const std::string& name);
    void probe();
    void spoil_newest_snapshot(journal::MemoryDisk& disk);
    void check_point(journal::MemoryDisk& left);
    std::size_t clients_in_flight() const;
    Duration io_time(std::string_view operation);

    Tally& tally_;
    Draw draw_;
    Climate climate_;
    Rules rules_;
    Schedule schedule_;
    Network network_;
    Witness witness_;
    Bench bench_;
    std::unique_ptr<journal::MemoryDisk> disk_;
    std::unique_ptr<Host> host_;
    Duration begin_again_at_{};
    Ruin ruin_ = Ruin::none;
    std::exception_ptr failure_;
    bool calm_ = false;
    std::size_t probes_left_ = 100;

    std::vector<std::unique_ptr<Requester>> requesters_;
    std::vector<std::unique_ptr<Worker>> workers_;  // the dead ones too: their work walks on
    std::vector<Worker*> living_;
    std::vector<std::unique_ptr<Watcher>> watchers_;
    std::unique_ptr<Clerk> clerk_;
    std::unique_ptr<Stranger> stranger_;
    std::unique_ptr<Hopeful> hopeful_;
    std::unique_ptr<Client> late_;
    int incarnations_ = 0;
};

}  // namespace taskbbs::simulation
