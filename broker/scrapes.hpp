// The daemon's side of its metrics: gathers the figures where somebody asks for them, and is
// nothing at all where metrics.endpoint is empty. The loop's.
#pragma once

#include "broker/broker.hpp"
#include "broker/journal/journal_thread.hpp"
#include "broker/log.hpp"
#include "broker/metrics/server.hpp"
#include "broker/options.hpp"
#include "broker/snapshots.hpp"
#include "broker/sockets.hpp"

#include <memory>
#include <optional>

namespace taskbbs::broker {

class Scrapes {
  public:
    // Serves from now on, as of a broker that recovers, and says where. Throws std::runtime_error
    // where the endpoint can't be bound.
    Scrapes(const Options& options, Log& log);

    void enter(Phase phase);

    // Readable when answer() is wanted. -1, which poll(2) passes by, where nobody can ask.
    int fd() const;

    struct Sources {
        Broker& broker;
        const journal::JournalThread& journal;
        const Snapshots& snapshots;
        std::optional<Duration> snapshot_took;  // the last one of this run
        const Sockets& sockets;
    };

    void answer(const Sources& sources);

  private:
    std::unique_ptr<MetricsServer> server_;
};

}  // namespace taskbbs::broker
