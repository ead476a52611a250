// What a scrape shows is the Broker's own, and that of the threads and sockets around it.
#include "broker/scrapes.hpp"

namespace taskbbs::broker {

Scrapes::Scrapes(const Options& options, Log& log) {
    if (!options.metrics_endpoint.empty()) {
        server_ = std::make_unique<MetricsServer>(options.metrics_endpoint, options.journal.dir);
        log.info("metrics", {{"endpoint", std::string_view(server_->endpoint())}});
    }
}

void Scrapes::enter(Phase phase) {
    if (server_) {
        server_->enter(phase);
    }
}

int Scrapes::fd() const {
    return server_ ? server_->asked_fd() : -1;
}

void Scrapes::answer(const Sources& sources) {
    auto figures = std::make_unique<Figures>();
    sources.broker.fill(*figures);
    const Snapshots::Written written{sources.journal.sealed_bytes(),
                                     sources.journal.filled_bytes()};
    figures->syncs = sources.journal.sync_histogram();
    figures->snapshot = {.took = sources.snapshot_took,
                         .under_way = sources.snapshots.under_way(),
                         .behind_bytes = sources.snapshots.behind(written),
                         .due_bytes = sources.snapshots.trigger()};
    figures->written_bytes = sources.journal.bytes_written();
    figures->reserve_bytes = sources.journal.reserve_held();
    // Of now, as the subscribers: the loop notes them at its turn's end.
    const Connected& connected = sources.sockets.connected();
    figures->stats.connections = connected.count();
    figures->subscribers = connected.subscribers();
    figures->limits.connections = sources.sockets.connection_limit();
    server_->answer(std::move(figures));
}

}  // namespace taskbbs::broker
