// A task as the contract shows it (docs/protocol.md, section 3): the values, their words and the
// list of fields. `TaskView` points into somebody else's bytes and dies with them; `Task` owns its
// own.
#pragma once

#include "protocol/fields.hpp"
#include "protocol/limits.hpp"
#include "protocol/names.hpp"
#include "protocol/time.hpp"

#include <array>
#include <chrono>
#include <cstdint>
#include <string>
#include <string_view>
#include <tuple>

namespace taskbbs::protocol {

using std::chrono::milliseconds;

// Number of an event; dense from 1. 0: none.
using Seq = std::int64_t;

// `resolved` is seen in a task's last event only.
enum class State : std::uint8_t { pending, claimed, running, completed, resolving, resolved };

template <>
inline constexpr auto names<State> = std::to_array<std::string_view>(
    {"pending", "claimed", "running", "completed", "resolving", "resolved"});

// States that a task on the board can be in.
inline constexpr std::size_t live_states = 5;

// What becomes of a claimed or running task whose executor is lost (section 5).
enum class OnExecutorLost : std::uint8_t { fail, requeue };

template <>
inline constexpr auto names<OnExecutorLost> = std::to_array<std::string_view>({"fail", "requeue"});

inline constexpr milliseconds no_time_to_claim_limit{no_time_to_claim_limit_ms};

template <class Text>
struct BasicTask {
    // The requester's. Lengths are in bytes; names are of A-Z a-z 0-9 _ -.
    Text guid;                   // a name of 1..128, unique on the board
    Text domain{"default"};      // a name of 1..64: tenant or application
    Text stack;                  // a name of 0..64: the kind of executor that can run it
    Text type;                   // 0..64, a free label
    std::int32_t priority = 0;   // higher is handed out first
    Text payload;                // what to run; opaque; <= limits.payload_bytes
    Text annotation;             // the requester's own note; UTF-8; <= 10 KiB
    std::int64_t memory_mb = 0;  // here and below: what it needs, 0: not stated
    std::int64_t disk_mb = 0;
    std::int64_t cpu_percent = 0;
    std::uint16_t max_rejections = 3;  // 0..1000; fails when rejected more often
    OnExecutorLost on_executor_lost = OnExecutorLost::fail;
    milliseconds run_timeout{0};    // longest time in running; 0: none
    milliseconds time_to_claim{0};  // pending for longer: fails; 0: the broker's;
                                    // no_time_to_claim_limit: none
    Time not_before = no_time;      // not handed out before; no_time: at once
    Time created_at = no_time;      // no_time: the broker's time
    // The broker's.
    Time pending_since = no_time;  // since when it waits to be run; kicks don't count
    Time updated_at = no_time;     // of its last event
    Time completed_at = no_time;   // no_time: it is not completed
    Seq seq = 0;                   // of its last event
    State state = State::pending;
    Text executor_id;                   // who has, or last had it; empty while pending
    Text container_handle;              // 0..255; where that one runs it, from start
    Seq epoch = 0;                      // fencing token of the present owner; 0: nobody's
    bool failed = false;                // here and below: the outcome
    Text failure_reason;                // <= 1 KiB
    Text result;                        // opaque; <= limits.result_bytes
    std::uint16_t rejection_count = 0;  // so often rejected, lost executors included
    Text rejection_reason;              // of the last one; <= 1 KiB
    // Of a header only, instead of the bytes themselves: their lengths.
    std::int64_t payload_size = 0;
    std::int64_t annotation_size = 0;
    std::int64_t result_size = 0;

    bool operator==(const BasicTask&) const = default;

    static constexpr auto fields() {
        using T = BasicTask;
        constexpr std::uint8_t seen = whole | header;
        constexpr std::uint8_t always = whole | header | slim;
        return std::tuple{
            Field{"guid", &T::guid, required_name(max_guid), always | desired},
            Field{"domain",
                  &T::domain,
                  {.form = Rule::Form::name, .min = 1, .max = max_label, .always = true},
                  always | desired},
            Field{"stack", &T::stack, name(0, max_label), seen | desired},
            Field{"type", &T::type, text(max_label), seen | desired},
            Field{"priority",
                  &T::priority,
                  number(std::numeric_limits<std::int32_t>::min(),
                         std::numeric_limits<std::int32_t>::max()),
                  seen | desired},
            Field{"payload", &T::payload, bytes(), whole | desired},
            Field{"annotation", &T::annotation, limited_text(max_annotation), whole | desired},
            Field{"memory_mb", &T::memory_mb, number(), seen | desired},
            Field{"disk_mb", &T::disk_mb, number(), seen | desired},
            Field{"cpu_percent", &T::cpu_percent, number(), seen | desired},
            Field{"max_rejections",
                  &T::max_rejections,
                  number(0, max_rejections_bound),
                  seen | desired},
            Field{"on_executor_lost", &T::on_executor_lost, {}, seen | desired},
            Field{"run_timeout_ms", &T::run_timeout, number(), seen | desired},
            Field{"time_to_claim_ms", &T::time_to_claim, number(), seen | desired},
            Field{"not_before", &T::not_before, number(), seen | desired},
            Field{"created_at", &T::created_at, number(), seen | desired},
            Field{"pending_since", &T::pending_since, number(), seen},
            Field{"updated_at", &T::updated_at, number(), always},
            Field{"completed_at", &T::completed_at, number(), seen},
            Field{"seq", &T::seq, number(), always},
            Field{"state", &T::state, {}, always},
            Field{"executor_id", &T::executor_id, name(0, max_guid), always},
            Field{"container_handle", &T::container_handle, text(max_container_handle), always},
            Field{"epoch", &T::epoch, number(), always},
            Field{"failed", &T::failed, {}, seen},
            Field{"failure_reason", &T::failure_reason, text(max_reason), seen},
            Field{"result", &T::result, bytes(), whole},
            Field{"rejection_count", &T::rejection_count, number(), seen},
            Field{"rejection_reason", &T::rejection_reason, text(max_reason), seen},
            Field{"payload_size", &T::payload_size, number(), header},
            Field{"annotation_size", &T::annotation_size, number(), header},
            Field{"result_size", &T::result_size, number(), header},
        };
    }
};

using TaskView = BasicTask<std::string_view>;
using Task = BasicTask<std::string>;

}  // namespace taskbbs::protocol
