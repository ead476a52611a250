// The sizes of replies come from the codec.
#include "bench/systems/echo_dialect.hpp"

#include "bench/load/zmtp.hpp"

#include <limits>

namespace taskbbs::bench {

namespace {

// A number as wide as those of a benchmark's seqs, and a time as wide as any.
constexpr std::int64_t some_seq = 1'000'000;
constexpr protocol::Time some_time{std::chrono::sys_days(std::chrono::year(2030) / 1 / 1)};
// Of a message, besides its replies.
constexpr std::uint32_t head_bytes = 12;

template <class Body>
std::uint32_t reply_size(const Body& body) {
    std::string bytes;
    protocol::Packer packer(bytes);
    packer.array(3);
    packer.integer(some_seq);
    packer.str("ok");
    encode(packer, body);
    return static_cast<std::uint32_t>(bytes.size());
}

std::array<std::uint32_t, lifecycle_steps> reply_sizes(std::size_t payload_bytes) {
    const std::string payload(payload_bytes, 'x');
    const std::string guid(guid_bytes, 'g');
    protocol::TaskView task{.guid = guid, .payload = payload};
    task.created_at = task.pending_since = task.updated_at = some_time;
    task.seq = task.epoch = some_seq;
    task.executor_id = "bench-executor-0000";
    const std::uint32_t claimed = reply_size(protocol::OwnedReply{some_seq, some_seq, task});
    task.container_handle = "handle";
    task.completed_at = some_time;
    task.result = "ok";
    const std::uint32_t resolving = reply_size(protocol::OwnedReply{some_seq, some_seq, task});
    const std::uint32_t applied = reply_size(protocol::SeqReply{some_seq});
    return {applied, claimed, applied, applied, resolving, applied};
}

}  // namespace

EchoDialect::EchoDialect(const Load& load)
    : writer_("bench-executor-0000", load.payload_bytes, std::numeric_limits<std::int16_t>::max()),
      reply_bytes_(reply_sizes(load.payload_bytes)),
      per_message_(load.per_message) {}

void EchoDialect::open(std::string& out) {
    append_zmtp_opening(out, "DEALER");
}

bool EchoDialect::opened(std::string_view& in, std::string& /*out*/) {
    return take_zmtp_opening(in);
}

void EchoDialect::ask(Lane& lane, std::string& out) {
    writer_.add(lane, out);
    bytes_ += reply_bytes_[static_cast<std::size_t>(lane.step)];
    if (++requests_ == per_message_) {
        finish(out);
    }
}

void EchoDialect::finish(std::string& out) {
    if (requests_ == 0) {
        return;
    }
    writer_.mark(out, head_bytes + bytes_);
    writer_.close(out);
    messages_.push_back(requests_);
    requests_ = 0;
    bytes_ = 0;
}

Answer EchoDialect::take(std::string_view& in, Lane& /*lane*/) {
    Frame frame;
    if (replies_left_ == 0) {
        if (!take_frame(in, frame)) {
            return Answer::none;
        }
        replies_left_ = messages_.front();
        messages_.pop_front();
    }
    --replies_left_;
    return Answer::done;
}

}  // namespace taskbbs::bench
