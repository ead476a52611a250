// A raw connection of the benchmark: one DEALER, one session, requests sent in messages.
#pragma once

#include "protocol/envelope.hpp"

#include <zmq.h>

#include <fmt/format.h>
#include <optional>
#include <random>
#include <stdexcept>
#include <string>

namespace taskbbs::bench {

class Connection {
  public:
    Connection(void* context, const std::string& endpoint)
        : socket_(zmq_socket(context, ZMQ_DEALER)) {
        const int none = 0;
        zmq_setsockopt(socket_, ZMQ_LINGER, &none, sizeof none);
        zmq_setsockopt(socket_, ZMQ_SNDHWM, &none, sizeof none);
        zmq_setsockopt(socket_, ZMQ_RCVHWM, &none, sizeof none);
        if (zmq_connect(socket_, endpoint.c_str()) != 0) {
            throw std::runtime_error(fmt::format("cannot connect to {}", endpoint));
        }
        std::random_device random;
        for (char& byte : session_.bytes) {
            byte = static_cast<char>(random());
        }
        zmq_msg_init(&message_);
    }

    ~Connection() {
        zmq_msg_close(&message_);
        zmq_close(socket_);
    }

    Connection(const Connection&) = delete;
    Connection& operator=(const Connection&) = delete;

    // Adds a request to the message that is being made up; returns its id.
    template <class Args>
    protocol::RequestId add(const Args& args) {
        protocol::Packer packer(packed_);
        protocol::pack_request(packer, ++last_id_, args);
        ++count_;
        return last_id_;
    }

    std::uint32_t added() const { return count_; }

    void send() {
        if (count_ == 0) {
            return;
        }
        bytes_.clear();
        protocol::Packer packer(bytes_);
        protocol::pack_request_message(packer, session_, acked_, count_, packed_);
        zmq_send(socket_, bytes_.data(), bytes_.size(), 0);
        packed_.clear();
        count_ = 0;
    }

    // The next reply message that has come, or nothing; valid until the next call. Replies come in
    // the order of their ids here, so the last one acks all.
    std::optional<protocol::ReplyMessage> receive() {
        if (zmq_msg_recv(&message_, socket_, ZMQ_DONTWAIT) < 0) {
            return std::nullopt;
        }
        auto replies = protocol::parse_replies(
            document_,
            {static_cast<const char*>(zmq_msg_data(&message_)), zmq_msg_size(&message_)});
        if (!replies || replies->replies.empty()) {
            throw std::runtime_error("the broker sent what is no reply");
        }
        acked_ = replies->replies.back().id;
        return replies;
    }

    void* socket() const { return socket_; }

  private:
    void* socket_;
    zmq_msg_t message_;
    protocol::SessionId session_;
    protocol::RequestId last_id_ = 0;
    protocol::RequestId acked_ = 0;
    std::uint32_t count_ = 0;
    std::string packed_;
    std::string bytes_;
    protocol::Document document_;
};

}  // namespace taskbbs::bench
