// The witness: hears every request, every event, every reply and publication that leaves, and what
// clients were told in the end; and says at once where they contradict each other. It knows the
// contract, not the broker.
#pragma once

#include "protocol/document.hpp"
#include "tests/simulation/model.hpp"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taskbbs::simulation {

// A request as its client sent it first.
struct Asked {
    std::string verb;
    std::string guid;
    std::string executor_id;
    std::optional<Seq> epoch;
    std::optional<bool> failed;
    std::string failure_reason;
    std::string result;
    std::string payload;
    Seq since = 0;         // what was durable when it was sent
    bool refused = false;  // its client was told so, for good
};

// Where a task stood from `seq` on.
struct Standing {
    Seq seq = 0;
    std::string state;
    std::string executor_id;
    Seq epoch = 0;
};

class Witness {
  public:
    using Key = std::pair<std::string, std::int64_t>;  // session, id

    // ---- clients -------------------------------------------------------------------------------
    void sent(std::string_view message);
    // A client was told for good that this mutation was not and will not be applied.
    void told_refused(const std::string& session, std::int64_t id);
    // It was applied, by event `seq`.
    void told_applied(const std::string& session, std::int64_t id, Seq seq);
    // It has this task under this epoch.
    void told_owner(const std::string& guid, Seq epoch, const std::string& owner);

    // ---- the broker ----------------------------------------------------------------------------
    // Handed to the writer, event by event.
    void issued(const Fact& fact, const std::string& body);
    // All that was issued is durable, or so the writer says.
    void landed();
    // A reply message leaves, to this session.
    void replied(const std::string& session, std::string_view message);
    void published(std::string_view topic, std::string_view body);

    // ---- crashes -------------------------------------------------------------------------------
    // Seqs that anybody may have been told of.
    Seq revealed() const { return revealed_; }

    // What may be found: the board as it was when the last batch landed, or with the batch that was
    // on its way. nullptr where events up to `seq` are neither.
    const Model* model_at(Seq seq) const;
    // The broker begins again, with this much; the rest never happened.
    void cut_at(Seq seq);

    const Fact& fact(Seq seq) const { return facts_.at(static_cast<std::size_t>(seq) - 1); }

    const std::string& body(Seq seq) const { return bodies_.at(static_cast<std::size_t>(seq) - 1); }

    Seq seq() const { return static_cast<Seq>(facts_.size()); }

    const Model& model() const { return landed_; }

  private:
    void check_request(const Fact& fact) const;
    void check_applied(const Key& key, const Asked& asked, protocol::Value body);
    void check_owned_tasks(const Key& key, const Asked& asked, protocol::Value body);
    void check_read(const Asked& asked, protocol::Value task);
    void check_refused(const Key& key, const Asked& asked, std::string_view status) const;
    bool was_once(const Asked& asked, bool (*holds)(const Asked&, const Standing*)) const;
    const Fact& fact_of(const Key& key, const Asked& asked, Seq seq) const;
    void reveal(Seq seq);
    void check_those_who_left();

    std::vector<Fact> facts_;  // by seq, from 1
    std::vector<std::string> bodies_;
    std::map<Key, Asked> asked_;
    std::map<std::string, std::vector<Standing>> timelines_;  // by guid
    std::map<Key, Seq> outcomes_;                             // the first event of each
    std::map<std::pair<std::string, Seq>, std::string> owners_;
    std::map<std::string, int> left_;  // executors that may still have tasks: batches since then
    Model issued_;
    Model landed_;
    Seq revealed_ = 0;
    Seq published_ = 0;
    Seq landed_before_ = 0;  // the last batch
};

}  // namespace taskbbs::simulation
