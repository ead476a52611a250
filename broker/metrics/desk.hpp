// Where the loop and the thread that answers scrapes meet: a question, and a copy of the figures in
// return. The loop is asked through a descriptor of its poll set, so it spends nothing on a scrape
// that nobody makes; the lock is held to hand a pointer over, once a scrape.
#pragma once

#include "broker/figures.hpp"
#include "broker/journal/event_fd.hpp"
#include "broker/metrics/answers.hpp"

#include <memory>
#include <mutex>
#include <utility>

namespace taskbbs::broker {

class Desk {
  public:
    // ---- the loop's --------------------------------------------------------------------------
    // Readable while figures are asked for: level-triggered.
    int asked_fd() const { return asked_.fd(); }

    void answer(std::unique_ptr<Figures> figures) {
        asked_.clear();
        const std::lock_guard lock(mutex_);
        figures_ = std::move(figures);
        said_.signal();
    }

    void enter(Phase phase) {
        const std::lock_guard lock(mutex_);
        phase_ = phase;
        said_.signal();
    }

    void end() {
        const std::lock_guard lock(mutex_);
        ended_ = true;
        said_.signal();
    }

    // ---- the other thread's ------------------------------------------------------------------
    void ask() const { asked_.signal(); }

    // Readable when take() has something new: level-triggered.
    int said_fd() const { return said_.fd(); }

    struct Said {
        Phase phase = Phase::recovering;
        bool ended = false;
        std::unique_ptr<Figures> figures;  // null: none since the last call
    };

    Said take() {
        const std::lock_guard lock(mutex_);
        said_.clear();
        return {phase_, ended_, std::move(figures_)};
    }

  private:
    journal::EventFd asked_;
    journal::EventFd said_;
    std::mutex mutex_;  // for what follows
    std::unique_ptr<Figures> figures_;
    Phase phase_ = Phase::recovering;
    bool ended_ = false;
};

}  // namespace taskbbs::broker
