// The board as plain maps, made from the contract's text (docs/protocol.md, sections 2 to 5) and
// not from the core: it takes the events in their order and says which of them may not be. Values:
// a copy is another board.
#pragma once

#include "tests/simulation/fact.hpp"

#include <map>
#include <optional>
#include <set>
#include <string>
#include <utility>

namespace taskbbs::simulation {

struct ModelTask {
    std::string guid;
    std::string domain;
    std::string stack;
    std::string state;
    std::string executor_id;
    std::string container_handle;
    Seq epoch = 0;
    Seq seq = 0;
    bool failed = false;
    std::string failure_reason;
    std::int64_t rejection_count = 0;
    std::int64_t max_rejections = 3;
    std::string rejection_reason;
    std::string payload;
    std::string annotation;
    std::string result;

    bool is_owned() const { return state == "claimed" || state == "running"; }
};

struct ModelExecutor {
    bool present = false;
    bool draining = false;
    std::string incarnation;
    std::set<std::string> former;
    Seq left_at = 0;  // its last lost or departed event
};

struct ModelOutcome {
    std::string verb;
    Seq first = 0;
    Seq last = 0;
};

struct ModelSession {
    std::int64_t acked = 0;
    std::map<std::int64_t, ModelOutcome> outcomes;
    std::int64_t last_used = 0;  // time of its last event
};

// A domain, and a stack of it or every one.
using ModelPause = std::pair<std::string, std::optional<std::string>>;

class Model {
  public:
    // Throws Finding where the contract does not allow this event now.
    void apply(const Fact& fact);

    Seq seq() const { return seq_; }

    const std::map<std::string, ModelTask>& tasks() const { return tasks_; }

    const std::map<std::string, ModelExecutor>& executors() const { return executors_; }

    const std::map<std::string, ModelSession>& sessions() const { return sessions_; }

    const std::set<ModelPause>& pauses() const { return pauses_; }

    const std::map<std::string, std::int64_t>& ordinals() const { return ordinals_; }

    // Of a task that an executor owns: that executor left, and the task is still to be taken away.
    bool is_doomed(const ModelTask& task) const;

  private:
    void number(const Fact& fact);
    void note_asker(const Fact& fact);
    void apply_executor(const Fact& fact);
    void apply_queue(const Fact& fact);
    void apply_task(const Fact& fact);
    void check_cause(const Fact& fact, const ModelTask& before) const;
    void change(const Fact& fact, ModelTask& task);
    void end(const Fact& fact, ModelTask& task);
    void count_rejection(const Fact& fact, ModelTask& task);

    Seq seq_ = 0;
    std::int64_t at_ = 0;
    std::map<std::string, std::int64_t> ordinals_;
    std::map<std::string, ModelTask> tasks_;
    std::map<std::string, ModelExecutor> executors_;
    std::map<std::string, ModelSession> sessions_;
    std::set<ModelPause> pauses_;
    std::set<std::pair<std::string, std::int64_t>> executed_;  // for ever: never twice
};

}  // namespace taskbbs::simulation
