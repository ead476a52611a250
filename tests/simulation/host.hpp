// One life of the broker's process: what the daemon does around the loop machine, with fibers where
// the daemon has threads, on a disk and a network that are simulated. Everything that decides and
// writes is the production code.
#pragma once

#include "broker/broker.hpp"
#include "broker/journal/recovery.hpp"
#include "broker/journal/settings.hpp"
#include "broker/snapshots.hpp"
#include "tests/journal/memory_disk.hpp"
#include "tests/simulation/client.hpp"

#include <deque>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace taskbbs::simulation {

struct HostSettings {
    core::Settings core;
    journal::Settings journal;
    Duration off_the_clock{0};  // the wall clock's error in this life
    double child_killed = 0;    // a snapshot's process dies on the way
    Duration child_dies_by{50ms};
    double commits_here = 0.5;  // a batch of one is written by the loop itself
};

// How it ended by itself.
enum class Ending { none, stopped, disk_failed };

class Host final : public Server {
  public:
    // What `on_recovered` throws ends the simulation.
    using OnRecovered =
        std::function<void(const journal::Recovered& recovered, const core::Board& board)>;

    Host(Bench& bench, journal::MemoryDisk& disk, HostSettings settings, OnRecovered on_recovered);
    ~Host() override;

    // The process dies here and now, its snapshot process with it. From outside of its fibers.
    void kill();

    // Serves no more, writes what it has, and ends.
    void stop();

    bool serves() const { return serving_ != nullptr; }

    Ending ending() const { return ending_; }

    // What one of its fibers found; to be thrown by whoever drives the simulation.
    const std::exception_ptr& failure() const { return failure_; }

    // What came to pass in this life.
    struct Events {
        std::uint64_t snapshots_taken = 0;
        std::uint64_t snapshots_killed = 0;
        bool read_only = false;
    };

    const Events& events() const { return events_; }

    void arrived(const std::string& peer, std::string bytes) override;

  private:
    struct Serving;

    void spawn(Process& process, std::function<void()> work);
    void live();
    void turn();
    void notice_spinning();
    bool receive();
    void land();
    void launch(bool drained);
    void issue(const journal::Batch& batch);
    void commit_here(std::unique_ptr<journal::Batch> batch);
    void send();
    void look_after_history();
    void look_after_snapshots();
    void finish();
    void write_batches();
    void fill_spares();
    void answer_history();
    void begin_snapshot();
    void take_snapshot();
    core::Time wall() const;
    core::Time now() const;

    Bench& bench_;
    journal::MemoryDisk& disk_;
    HostSettings settings_;
    OnRecovered on_recovered_;
    Process process_;
    std::shared_ptr<Process> child_;  // null: no snapshot is being taken
    std::unique_ptr<Serving> serving_;
    std::deque<std::pair<std::string, std::string>> inbox_;
    bool stopping_ = false;
    Ending ending_ = Ending::none;
    std::exception_ptr failure_;
    Events events_;
    Duration turned_at_{};
    int turns_ = 0;  // without a pause
};

}  // namespace taskbbs::simulation
