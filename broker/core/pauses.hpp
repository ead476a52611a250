// Which queues are paused (docs/protocol.md, section 9, "Pause"): acquire passes them by until
// somebody resumes them. Only the journal says so.
#pragma once

#include "broker/core/event.hpp"
#include "broker/core/rows.hpp"

#include <absl/container/btree_set.h>

namespace taskbbs::core {

class Pauses {
  public:
    // A pause that is there already goes on as it began.
    void paused(const Event& event);
    // Of a whole domain: ends whatever was paused of it.
    void resumed(const Event& event);

    // Since when acquire passes this queue by; nothing: it does not.
    std::optional<Time> since(std::string_view domain, std::string_view stack) const {
        return pauses_.empty() ? std::nullopt : find(domain, stack);
    }

    bool hold(std::string_view domain, std::string_view stack) const {
        return since(domain, stack).has_value();
    }

    // Whether this very pause is there.
    bool has(const Queues& queues) const { return pauses_.contains(queues); }

    // Whether an event that resumes these would end a pause.
    bool can_resume(const Queues& queues) const {
        return pauses_.lower_bound(queues) != end_of(queues);
    }

    std::size_t size() const { return pauses_.size(); }

    auto begin() const { return pauses_.begin(); }

    auto end() const { return pauses_.end(); }

    // ---- for snapshots -----------------------------------------------------------------------
    // Nothing was ever paused: no row, and no share of the digest.
    bool is_blank() const { return ordinal_ == 0; }

    // The newest event's in its stream.
    std::int64_t ordinal() const { return ordinal_; }

    Digest digest() const { return digest_; }

    PausesRow row() const;
    void load(const PausesRow& row);

  private:
    struct ByQueues {
        using is_transparent = void;

        static const Queues& of(const Queues& queues) { return queues; }

        static Queues of(const Pause& pause) { return pause.queues(); }

        bool operator()(const auto& a, const auto& b) const { return of(a) < of(b); }
    };

    using Set = absl::btree_set<Pause, ByQueues>;

    Set::const_iterator end_of(const Queues& queues) const;
    std::optional<Time> find(std::string_view domain, std::string_view stack) const;
    void note(const Event& event);

    Set pauses_;  // a whole domain's before those of its stacks
    std::int64_t ordinal_ = 0;
    Digest digest_ = 0;
};

}  // namespace taskbbs::core
