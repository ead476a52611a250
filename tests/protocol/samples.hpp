// Messages with every field set to something other than its default, for tests of the protocol.
#pragma once

#include "protocol/codec.hpp"
#include "protocol/envelope.hpp"

#include <string>
#include <string_view>

namespace taskbbs::protocol::samples {

inline constexpr Time instant{Duration{1'700'000'000'123'456'789}};

inline TaskView task() {
    return {.guid = "guid-1",
            .domain = "tenant",
            .stack = "lucid64",
            .type = "Staging",
            .priority = -7,
            .payload = std::string_view("\0\xff run", 6),
            .annotation = "for \xc3\xa9ric",
            .memory_mb = 1024,
            .disk_mb = 2048,
            .cpu_percent = 50,
            .max_rejections = 5,
            .on_executor_lost = OnExecutorLost::requeue,
            .run_timeout = milliseconds(60'000),
            .time_to_claim = no_time_to_claim_limit,
            .not_before = instant,
            .created_at = instant,
            .pending_since = instant,
            .updated_at = instant,
            .completed_at = instant,
            .seq = 42,
            .state = State::completed,
            .executor_id = "executor_1",
            .container_handle = "handle",
            .epoch = 41,
            .failed = true,
            .failure_reason = "it broke",
            .result = "result",
            .rejection_count = 3,
            .rejection_reason = "no room",
            .payload_size = 6,
            .annotation_size = 9,
            .result_size = 6};
}

// The arguments of every verb, handed to `see` one after the other.
template <class See>
void each_args(const See& see) {
    const Resources free{.memory_mb = 512, .disk_mb = 1024, .cpu_percent = 25};
    see(HelloArgs{});
    see(DesireArgs{.task = task()});
    see(ClaimArgs{.guid = "g", .executor_id = "e"});
    see(AcquireArgs{.executor_id = "e",
                    .max = 1024,
                    .stacks = {"", "s"},
                    .domains = {"d"},
                    .free = free,
                    .wait = milliseconds(60'000)});
    see(StartArgs{.guid = "g", .executor_id = "e", .container_handle = "h", .epoch = 9});
    see(CompleteArgs{.guid = "g",
                     .failed = true,
                     .failure_reason = "why",
                     .result = "r",
                     .executor_id = "e",
                     .epoch = 9});
    see(RejectArgs{.guid = "g",
                   .executor_id = "e",
                   .epoch = 9,
                   .reason = "why",
                   .delay = milliseconds(86'400'000)});
    see(CancelArgs{.guid = "g", .reason = "why"});
    see(ResolvingArgs{.guid = "g"});
    see(ResolveArgs{.guid = "g", .epoch = 9});
    see(GetArgs{.guid = "g"});
    see(ListArgs{.state = State::running,
                 .domain = "d",
                 .executor_id = "e",
                 .view = ListView::full,
                 .limit = 1000,
                 .cursor = "c"});
    see(ConvergeArgs{.time_to_claim = milliseconds(1), .convergence_interval = milliseconds(2)});
    see(HeartbeatArgs{.executor_id = "e",
                      .ttl = milliseconds(1000),
                      .incarnation = "i",
                      .running = {{"g", 9}},
                      .stacks = {"s"},
                      .slots = 4,
                      .free = free});
    see(DepartArgs{.executor_id = "e", .incarnation = "i"});
    see(DrainArgs{.executor_id = "e", .on = false, .incarnation = "i"});
    see(ExecutorsArgs{.limit = 1000, .cursor = "c"});
    see(ReplayArgs{.after = 7,
                   .streams = {Stream::pending, Stream::executor},
                   .domains = {"d"},
                   .guid = "g",
                   .limit = 10'000});
    see(StatsArgs{});
    see(ExplainArgs{.guid = "g"});
    see(PauseArgs{.domain = "d", .stack = "s"});
    see(ResumeArgs{.domain = "d", .stack = ""});
    see(PausedArgs{});
}

// Everything a broker says that decode() reads as a whole.
template <class See>
void each_answer(const See& see) {
    see(HelloReply{.server = "taskbbsd",
                   .protocol = 1,
                   .broker_id = "b",
                   .log = "l",
                   .events = "tcp://*:7412",
                   .limits = {1, 2, 3, 4, 5, 6},
                   .features = {"f"},
                   .role = "operator",
                   .sync = "always",
                   .seq = 12});
    see(SeqReply{.seq = 8});
    see(OwnedReply{.seq = 8, .epoch = 8, .task = task()});
    see(RejectReply{.seq = 8, .state = State::completed});
    see(ConvergeReply{
        .kicked = 1, .demoted = 2, .failed = 3, .requeued = 4, .expired = 5, .seq = 6});
    see(HeartbeatReply{.ttl = milliseconds(1000), .stale = {"g"}, .draining = true});
    see(ExecutorView{.executor_id = "e",
                     .incarnation = "i",
                     .joined_at = instant,
                     .ttl = milliseconds(1000),
                     .expires_in = milliseconds(500),
                     .claimed = 1,
                     .running = 2,
                     .draining = true,
                     .stacks = {"s"},
                     .slots = 3,
                     .free = Resources{.memory_mb = 1},
                     .domains = {"d"}});
    see(ExplainReply{.task = task(),
                     .seq = 8,
                     .at = instant,
                     .fail_at = instant,
                     .demote_at = instant,
                     .expire_at = instant,
                     .kick_at = instant,
                     .kicks = 3,
                     .doomed = true,
                     .owner = OwnerView{.executor_id = "e",
                                        .present = true,
                                        .draining = true,
                                        .held = true,
                                        .ttl = milliseconds(1000),
                                        .expires_at = instant,
                                        .lost_at = instant},
                     .every = milliseconds(1000),
                     .next_pass_at = instant,
                     .brake = true,
                     .read_only = true,
                     .paused_since = instant});
    see(PauseView{.domain = "d", .stack = "", .since = instant});
    see(TaskEventView{.seq = 8,
                      .stream = Stream::completed,
                      .ordinal = 3,
                      .at = instant,
                      .kind = Kind::completed,
                      .cause = Cause::executor_lost,
                      .task = task()});
    see(ExecutorEventView{.seq = 8,
                          .ordinal = 3,
                          .at = instant,
                          .kind = Kind::lost,
                          .executor_id = "e",
                          .incarnation = "i",
                          .ttl = milliseconds(1000),
                          .reason = "expired"});
    see(QueueEventView{
        .seq = 8, .ordinal = 3, .at = instant, .kind = Kind::resumed, .domain = "d", .stack = ""});
    see(Tick{.seq = 8,
             .ordinals = {{1, 2, 3, 4, 5, 6, 7, 8}},
             .at = instant,
             .broker_id = "b",
             .log = "l"});
    see(Refusal{.message = "no",
                .field = "guid",
                .state = State::running,
                .executor_id = "e",
                .epoch = 9,
                .limit = 10,
                .incarnation = "i",
                .oldest = 11});
}

template <class Message>
std::string packed(const Message& message,
                   Defaults defaults = Defaults::keep,
                   std::uint8_t views = every_view) {
    std::string bytes;
    Packer packer(bytes);
    encode(packer, message, defaults, views);
    return bytes;
}

// One request message per verb.
inline std::string request_message() {
    std::string requests;
    Packer packer(requests);
    std::uint32_t count = 0;
    each_args([&](const auto& args) { pack_request(packer, ++count, args); });
    std::string bytes;
    Packer outer(bytes);
    pack_request_message(outer, SessionId{}, 0, count, requests);
    return bytes;
}

}  // namespace taskbbs::protocol::samples
