// Holes are found by packing values that stand nowhere else, and looking for them.
//
//     94 01  c4 10 SESSION  ce ACKED  dc COUNT  then the requests
#include "bench/systems/request_writer.hpp"

#include "bench/load/zmtp.hpp"

#include <cstring>
#include <random>
#include <stdexcept>

namespace taskbbs::bench {

namespace {

constexpr std::size_t frame_head_bytes = 9;
constexpr std::size_t session_at = 4;  // in a message, as are these
constexpr std::size_t acked_at = session_at + protocol::session_bytes + 1;
constexpr std::size_t count_at = acked_at + 4 + 1;

constexpr std::int64_t id_hole = 0x7ffffff1;
constexpr std::int64_t epoch_hole = 0x7ffffff2;
constexpr std::string_view guid_hole = "gggggggg-gggg-gggg-gggg-gggggggggggg";

// Where a number of 32 bits stands in packed bytes; npos: nowhere.
std::size_t find_number(const std::string& bytes, std::int64_t number) {
    std::string packed(4, '\0');
    put_big_endian(packed.data(), static_cast<std::uint64_t>(number), packed.size());
    return bytes.find(packed);
}

template <class Args>
Mold mold_of(const Args& args) {
    Mold mold;
    protocol::Packer packer(mold.bytes);
    protocol::pack_request(packer, id_hole, args);
    mold.id_at = find_number(mold.bytes, id_hole);
    mold.guid_at = mold.bytes.find(guid_hole);
    mold.epoch_at = find_number(mold.bytes, epoch_hole);
    return mold;
}

std::array<Mold, lifecycle_steps> molds(std::string_view executor_id, std::string_view payload) {
    protocol::DesireArgs desire;
    desire.task.guid = guid_hole;
    desire.task.payload = payload;
    protocol::CompleteArgs complete;
    complete.guid = guid_hole;
    complete.result = "ok";
    complete.epoch = epoch_hole;
    return {mold_of(desire),
            mold_of(protocol::ClaimArgs{guid_hole, executor_id}),
            mold_of(protocol::StartArgs{guid_hole, executor_id, "handle", epoch_hole}),
            mold_of(complete),
            mold_of(protocol::ResolvingArgs{guid_hole}),
            mold_of(protocol::ResolveArgs{guid_hole, epoch_hole})};
}

std::string head_of_message() {
    std::string head("\x94\x01\xc4\x10", session_at);
    std::random_device random;
    for (std::size_t i = 0; i < protocol::session_bytes; ++i) {
        head += static_cast<char>(random());
    }
    head += '\xce';
    head.append(4, '\0');
    head += '\xdc';
    head.append(2, '\0');
    return head;
}

}  // namespace

RequestWriter::RequestWriter(std::string executor_id,
                             std::size_t payload_bytes,
                             int per_message,
                             std::chrono::milliseconds ttl)
    : executor_id_(std::move(executor_id)),
      molds_(molds(executor_id_, std::string(payload_bytes, 'x'))),
      head_(head_of_message()),
      per_message_(static_cast<std::uint16_t>(per_message)) {
    protocol::HeartbeatArgs heartbeat;
    heartbeat.executor_id = executor_id_;
    heartbeat.ttl = ttl;
    heartbeat_ = mold_of(heartbeat);
    heartbeat_.executor_at = heartbeat_.bytes.find(executor_id_);
}

protocol::RequestId RequestWriter::add(const Lane& lane, std::string& out) {
    return append(molds_[static_cast<std::size_t>(lane.step)], lane, out);
}

protocol::RequestId RequestWriter::add_heartbeat(std::string& out) {
    return add_heartbeat(executor_id_, out);
}

protocol::RequestId RequestWriter::add_heartbeat(std::string_view executor_id, std::string& out) {
    executor_id.copy(heartbeat_.bytes.data() + heartbeat_.executor_at, executor_id_.size());
    return append(heartbeat_, {}, out);
}

protocol::RequestId RequestWriter::append(const Mold& mold, const Lane& lane, std::string& out) {
    if (count_ == 0) {
        opened_ = open_frame(out);
        out += head_;
    }
    const std::size_t at = out.size();
    out += mold.bytes;
    char* const bytes = out.data() + at;
    put_big_endian(bytes + mold.id_at, static_cast<std::uint64_t>(++last_id_), 4);
    if (mold.guid_at != std::string::npos) {
        std::memcpy(bytes + mold.guid_at, lane.guid.data(), lane.guid.size());
    }
    if (mold.epoch_at != std::string::npos) {
        put_big_endian(bytes + mold.epoch_at, static_cast<std::uint64_t>(lane.token), 4);
    }
    if (++count_ == per_message_) {
        close(out);
    }
    return last_id_;
}

void RequestWriter::close(std::string& out) {
    if (count_ == 0) {
        return;
    }
    char* const message = out.data() + opened_ + frame_head_bytes;
    put_big_endian(message + acked_at, static_cast<std::uint64_t>(acked_), 4);
    put_big_endian(message + count_at, count_, 2);
    close_frame(out, opened_);
    count_ = 0;
}

void RequestWriter::mark(std::string& out, std::uint32_t number) const {
    put_big_endian(out.data() + opened_ + frame_head_bytes + session_at, number, 4);
}

}  // namespace taskbbs::bench
