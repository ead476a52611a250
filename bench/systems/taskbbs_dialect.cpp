// Replies are scanned: id, status and, where there is one, the epoch; the rest is skipped.
#include "bench/systems/taskbbs_dialect.hpp"

#include "bench/load/zmtp.hpp"

#include <fmt/format.h>
#include <stdexcept>

namespace taskbbs::bench {

TaskbbsDialect::TaskbbsDialect(const Load& load, int number, const Part& part)
    : steps_(part.steps),
      writer_(fmt::format("{}-{:04}", part.executor, number),
              load.payload_bytes,
              load.per_message,
              part.ttl) {}

void TaskbbsDialect::open(std::string& out) {
    append_zmtp_opening(out, "DEALER");
}

// libzmq hangs up on a message that comes before it has sent its own READY.
bool TaskbbsDialect::opened(std::string_view& in, std::string& out) {
    if (!greeted_) {
        greeted_ = take_zmtp_opening(in);
        if (greeted_) {
            refresh(out);
            writer_.close(out);
        }
        return false;
    }
    Frame frame;
    if (!take_frame(in, frame)) {
        return false;
    }
    if (frame.body.find("\xa2ok") == std::string_view::npos) {
        throw std::runtime_error("the broker refuses a heartbeat");
    }
    reply_ = heartbeat_;
    writer_.ack(heartbeat_);
    return true;
}

void TaskbbsDialect::ask(Lane& lane, std::string& out) {
    writer_.add(lane, out);
}

void TaskbbsDialect::refresh(std::string& out) {
    if (heartbeat_ <= reply_) {
        heartbeat_ = writer_.add_heartbeat(out);
    }
}

void TaskbbsDialect::finish(std::string& out) {
    writer_.close(out);
}

Answer TaskbbsDialect::take(std::string_view& in, Lane& lane) {
    while (replies_left_ == 0) {
        if (!next_message(in)) {
            return Answer::none;
        }
        skip_heartbeats();
    }
    open_reply(replies_);
    const Answer answer = read_reply(lane);
    skip_heartbeats();
    return answer;
}

void TaskbbsDialect::open_reply(PackedCursor& replies) {
    if (replies.array() != 3) {
        throw std::runtime_error("the broker sent what is no reply");
    }
    reply_ = static_cast<protocol::RequestId>(replies.integer());
    --replies_left_;
    writer_.ack(reply_);
}

void TaskbbsDialect::skip_heartbeats() {
    while (replies_left_ > 0) {
        PackedCursor ahead = replies_;
        if (ahead.array() != 3 || static_cast<protocol::RequestId>(ahead.integer()) != heartbeat_) {
            return;
        }
        open_reply(replies_);
        replies_.skip();
        replies_.skip();
    }
}

// The message is read at one go, by as many calls of take(): its bytes move when more is received.
bool TaskbbsDialect::next_message(std::string_view& in) {
    Frame frame;
    do {
        if (!take_frame(in, frame)) {
            return false;
        }
    } while (frame.is_command);
    replies_ = PackedCursor(frame.body);
    if (replies_.array() != 3 || replies_.integer() != protocol::version) {
        throw std::runtime_error("the broker sent what is no reply message");
    }
    replies_.skip();
    replies_left_ = replies_.array();
    return true;
}

Answer TaskbbsDialect::read_reply(Lane& lane) {
    const std::string_view status = replies_.str();
    if (status != "ok") {
        return read_refusal(status);
    }
    const std::uint32_t fields = replies_.map();
    for (std::uint32_t i = 0; i < fields; ++i) {
        if (replies_.str() == "epoch") {
            lane.token = static_cast<std::int64_t>(replies_.integer());
        } else {
            replies_.skip();
        }
    }
    return Answer::done;
}

Answer TaskbbsDialect::read_refusal(std::string_view status) {
    std::string_view message;
    const std::uint32_t fields = replies_.map();
    for (std::uint32_t i = 0; i < fields; ++i) {
        if (replies_.str() == "message") {
            message = replies_.str();
        } else {
            replies_.skip();
        }
    }
    return refuse(fmt::format("{}: {}", status, message));
}

}  // namespace taskbbs::bench
