// libzmq, by its C interface, as in broker/sockets.
#include "broker/zap.hpp"

#include "keys/key_pair.hpp"

#include <zmq.h>

#include <array>
#include <cstring>
#include <fmt/format.h>
#include <optional>
#include <stdexcept>
#include <vector>

namespace taskbbs::broker {

namespace {

constexpr const char* endpoint = "inproc://zeromq.zap.01";
constexpr std::size_t key_bytes = 32;
// libzmq has had this option for long; its header says so only where drafts are enabled.
constexpr int zap_enforce_domain = 93;

// What libzmq asks, frame by frame (RFC 27); the credentials of CURVE are one.
enum : std::size_t {
    version,
    request_id,
    domain,
    address,
    routing_id,
    mechanism,
    credentials,
    frames
};

using Question = std::vector<std::string>;

std::optional<Question> next_question(void* socket) {
    Question question;
    zmq_msg_t frame;
    zmq_msg_init(&frame);
    bool more = true;
    while (more && zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) >= 0) {
        more = zmq_msg_more(&frame) != 0;
        question.emplace_back(static_cast<const char*>(zmq_msg_data(&frame)), zmq_msg_size(&frame));
    }
    zmq_msg_close(&frame);
    return question.empty() ? std::nullopt : std::optional(std::move(question));
}

std::string key_of(const std::string& bytes) {
    std::array<char, keys::key_length + 1> text{};
    zmq_z85_encode(text.data(), reinterpret_cast<const std::uint8_t*>(bytes.data()), bytes.size());
    return text.data();
}

// Empty: it may come in.
std::string_view objection(const core::Grants& grants,
                           const std::string& key,
                           const std::string& zap_domain) {
    const core::Grant* const grant = grants.find(key);
    if (grant == nullptr) {
        return "its key is not among the authorized ones";
    }
    if (grant->roles == 0) {
        return "its key has no role";
    }
    if (zap_domain == events_zap_domain) {
        return grant->is_bounded() ? "events are of all domains, and its own are bounded" : "";
    }
    return zap_domain == requests_zap_domain ? "" : "no socket of this broker is called so";
}

void reply(void* socket,
           const Question& question,
           std::string_view objected,
           std::string_view user) {
    const std::string_view status = objected.empty() ? "200" : "400";
    const std::string_view text = objected.empty() ? "OK" : objected;
    const std::array<std::string_view, 6> answer{
        "1.0", question[request_id], status, text, user, std::string_view()};
    for (std::size_t i = 0; i < answer.size(); ++i) {
        zmq_send(socket,
                 answer[i].data(),
                 answer[i].size(),
                 ZMQ_DONTWAIT | (i + 1 < answer.size() ? ZMQ_SNDMORE : 0));
    }
}

}  // namespace

void require_curve(void* socket, const std::string& secret_key, const char* zap_domain) {
    const int on = 1;
    const bool guarded =
        zmq_setsockopt(socket, ZMQ_CURVE_SERVER, &on, sizeof on) == 0 &&
        zmq_setsockopt(socket, ZMQ_CURVE_SECRETKEY, secret_key.data(), secret_key.size()) == 0 &&
        zmq_setsockopt(socket, ZMQ_ZAP_DOMAIN, zap_domain, std::strlen(zap_domain)) == 0 &&
        zmq_setsockopt(socket, zap_enforce_domain, &on, sizeof on) == 0;
    if (!guarded) {
        throw std::runtime_error(
            fmt::format("cannot encrypt: {} (libzmq without CURVE?)", zmq_strerror(zmq_errno())));
    }
}

ZapHandler::ZapHandler(void* context) : socket_(zmq_socket(context, ZMQ_REP)) {
    const int no_linger = 0;
    zmq_setsockopt(socket_, ZMQ_LINGER, &no_linger, sizeof no_linger);
    if (zmq_bind(socket_, endpoint) != 0) {
        const std::string why = zmq_strerror(zmq_errno());
        zmq_close(socket_);
        throw std::runtime_error(fmt::format(
            "cannot answer who may connect ({}): nobody would be asked for a key", why));
    }
}

ZapHandler::~ZapHandler() {
    zmq_close(socket_);
}

// The descriptor tells of what comes behind the end that was seen here.
void ZapHandler::answer(const core::Grants& grants,
                        const std::function<void(const Refusal&)>& on_refused) {
    while (const auto question = next_question(socket_)) {
        const bool is_curve = question->size() == frames && (*question)[mechanism] == "CURVE" &&
                              (*question)[credentials].size() == key_bytes;
        const std::string key = is_curve ? key_of((*question)[credentials]) : std::string();
        const std::string_view objected =
            is_curve ? objection(grants, key, (*question)[domain]) : "it brings no CURVE key";
        if (question->size() <= request_id) {
            continue;  // nobody could be told
        }
        reply(socket_, *question, objected, key);
        if (!objected.empty()) {
            on_refused({key, question->size() > address ? (*question)[address] : "", objected});
        }
    }
}

}  // namespace taskbbs::broker
