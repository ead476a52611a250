// The stub: scripted answers over real sockets.
#include "stub_broker.hpp"

#include "protocol/codec.hpp"

#include <zmq.h>

#include <array>
#include <utility>

namespace taskbbs::sdk {

namespace {

std::string frame_of(zmq_msg_t& message) {
    return {static_cast<const char*>(zmq_msg_data(&message)), zmq_msg_size(&message)};
}

void bind(void* socket, std::string& endpoint) {
    const int no_linger = 0;
    zmq_setsockopt(socket, ZMQ_LINGER, &no_linger, sizeof no_linger);
    while (zmq_bind(socket, endpoint.c_str()) != 0) {
        std::this_thread::yield();  // the port is still being given back
    }
    std::array<char, 256> bound{};
    std::size_t size = bound.size();
    zmq_getsockopt(socket, ZMQ_LAST_ENDPOINT, bound.data(), &size);
    endpoint = bound.data();
}

}  // namespace

void say_ok(protocol::ReplyWriter& writer, const protocol::Request& request) {
    writer.add(request.id, protocol::Status::ok, protocol::SeqReply{.seq = request.id});
}

StubBroker::StubBroker(Answer answer) : answer_(std::move(answer)), context_(zmq_ctx_new()) {
    open();
    thread_ = std::thread([this] { run(); });
}

StubBroker::~StubBroker() {
    stop_ = true;
    thread_.join();
    close();
    zmq_ctx_term(context_);
}

void StubBroker::restart() {
    restart_ = true;
    while (restart_) {
        std::this_thread::yield();
    }
}

void StubBroker::publish(std::string topic, std::string body) {
    const std::lock_guard lock(mutex_);
    publications_.push_back({std::move(topic), std::move(body)});
}

std::map<std::string, int> StubBroker::asked() const {
    const std::lock_guard lock(mutex_);
    return asked_;
}

void StubBroker::open() {
    router_ = zmq_socket(context_, ZMQ_ROUTER);
    pub_ = zmq_socket(context_, ZMQ_PUB);
    bind(router_, endpoint_);
    bind(pub_, events_);
}

void StubBroker::close() {
    zmq_close(router_);
    zmq_close(pub_);
}

void StubBroker::run() {
    while (!stop_) {
        if (restart_) {
            close();
            open();
            restart_ = false;
        }
        std::array<zmq_pollitem_t, 1> items{{{router_, 0, ZMQ_POLLIN, 0}}};
        if (zmq_poll(items.data(), 1, 5) > 0) {
            serve();
        }
        std::vector<Publication> publications;
        {
            const std::lock_guard lock(mutex_);
            publications.swap(publications_);
        }
        for (const Publication& each : publications) {
            zmq_send(pub_, each.topic.data(), each.topic.size(), ZMQ_SNDMORE);
            zmq_send(pub_, each.body.data(), each.body.size(), 0);
        }
    }
}

void StubBroker::serve() {
    zmq_msg_t peer;
    zmq_msg_t body;
    zmq_msg_init(&peer);
    zmq_msg_init(&body);
    zmq_msg_recv(&peer, router_, 0);
    zmq_msg_recv(&body, router_, 0);
    const std::string to = frame_of(peer);
    const std::string reply = deaf_ ? std::string() : answer_to(frame_of(body));
    if (!reply.empty()) {
        zmq_send(router_, to.data(), to.size(), ZMQ_SNDMORE);
        zmq_send(router_, reply.data(), reply.size(), 0);
    }
    zmq_msg_close(&peer);
    zmq_msg_close(&body);
}

std::string StubBroker::answer_to(const std::string& bytes) {
    protocol::Document document;
    const auto message = protocol::parse_requests(document, bytes);
    protocol::ReplyWriter writer;
    for (const protocol::Request& request : message.value().requests) {
        {
            const std::lock_guard lock(mutex_);
            ++asked_[std::string(request.verb)];
        }
        if (request.verb == "hello") {
            writer.add(
                request.id,
                protocol::Status::ok,
                protocol::HelloReply{
                    .events = events_,
                    .limits = {.message_bytes = 4 << 20, .requests = 1024, .unacked = 4096}});
        } else {
            answer_(writer, request);
        }
    }
    return writer.count() > 0 ? writer.close(1) : std::string();
}

}  // namespace taskbbs::sdk
