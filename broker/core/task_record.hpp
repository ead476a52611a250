// A task as it lies in memory: 128 bytes and one block for its texts (a second one for what running
// left). Millions of them must fit, so words that tasks share are numbers and texts are packed.
#pragma once

#include "broker/core/event.hpp"
#include "broker/core/slab.hpp"
#include "broker/core/text_pack.hpp"
#include "protocol/task.hpp"

namespace taskbbs::core {

class TaskRecord {
  public:
    Time created_at{};
    Time pending_since{};
    Time updated_at{};
    Time completed_at{};
    Time not_before{};
    Seq born = 0;  // number of its first event: the order of `list`
    Seq seq = 0;
    Seq epoch = 0;
    std::uint64_t standing = 0;  // its share of the digest but for its texts, as long as it counts
    Slot domain = no_slot;       // in Tasks::domains()
    Slot stack = no_slot;        // in Tasks::stacks()
    Slot terms = no_slot;        // in Tasks::terms()
    Slot executor = no_slot;     // in Executors; no_slot while nobody ran it
    Slot previous = no_slot;     // neighbours in its line (DueLines)
    Slot next = no_slot;
    std::int32_t priority = 0;
    std::uint16_t rejection_count = 0;
    State state = State::pending;
    bool failed = false;
    bool delayed = false;    // pending, but not before not_before
    std::uint8_t kicks = 0;  // in a row; saturates

    void set_request(const TaskView& task) {
        request_.assign({task.guid, task.type, task.annotation, task.payload});
    }

    void set_outcome(const TextPack<4>::Texts& texts) { outcome_.assign(texts); }

    void set_container_handle(std::string_view handle) {
        auto texts = outcome_.all();
        texts[0] = handle;
        outcome_.assign(texts);
    }

    void set_failure(std::string_view reason, std::string_view result) {
        auto texts = outcome_.all();
        texts[1] = reason;
        texts[3] = result;
        outcome_.assign(texts);
    }

    void set_rejection_reason(std::string_view reason) {
        auto texts = outcome_.all();
        texts[2] = reason;
        outcome_.assign(texts);
    }

    std::string_view guid() const { return request_[0]; }

    std::string_view type() const { return request_[1]; }

    std::string_view annotation() const { return request_[2]; }

    std::string_view payload() const { return request_[3]; }

    std::string_view container_handle() const { return outcome_[0]; }

    std::string_view failure_reason() const { return outcome_[1]; }

    std::string_view rejection_reason() const { return outcome_[2]; }

    std::string_view result() const { return outcome_[3]; }

    // guid, type, annotation, payload
    TextPack<4>::Texts request() const { return request_.all(); }

    // container_handle, failure_reason, rejection_reason, result
    TextPack<4>::Texts outcome() const { return outcome_.all(); }

    // What limits.task_bytes counts.
    std::size_t opaque_bytes() const {
        return payload().size() + result().size() + annotation().size();
    }

    bool is_owned_by_executor() const { return state == State::claimed || state == State::running; }

  private:
    TextPack<4> request_;
    TextPack<4> outcome_;
};

static_assert(sizeof(TaskRecord) <= 128, "millions of tasks must fit");

}  // namespace taskbbs::core
