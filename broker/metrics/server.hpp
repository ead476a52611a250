// The thread that serves /metrics, /livez and /readyz at metrics.endpoint. It never touches what
// the loop owns: it asks, waits for so long, and says where no answer came. All methods are the
// loop's thread's.
#pragma once

#include "broker/figures.hpp"
#include "broker/metrics/answers.hpp"

#include <memory>
#include <string>

namespace taskbbs::broker {

class MetricsServer {
  public:
    // Binds and serves from now on, as of a broker that recovers. `dir` is the journal's. Throws
    // std::runtime_error where the endpoint can't be bound: one line, with what to do.
    MetricsServer(const std::string& endpoint, const std::string& dir);
    // Hangs up on everybody, and joins.
    ~MetricsServer();
    MetricsServer(const MetricsServer&) = delete;
    MetricsServer& operator=(const MetricsServer&) = delete;

    // From here on the loop answers, or does not any more.
    void enter(Phase phase);

    // Readable when figures are asked for, until answer(): level-triggered, for a poll set.
    int asked_fd() const;
    void answer(std::unique_ptr<Figures> figures);

    // As bound: a port of 0 is a number here.
    const std::string& endpoint() const;

  private:
    class Machinery;
    std::unique_ptr<Machinery> machinery_;
};

}  // namespace taskbbs::broker
