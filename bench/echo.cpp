// taskbbs_echo ENDPOINT: a bare ROUTER that answers each message with as many bytes as the message
// asks for (bench/systems/echo_dialect): what libzmq alone allows with messages of these sizes.
#include <zmq.h>

#include <algorithm>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstring>

namespace {

// Where a message says how long its reply is to be: the first bytes of its session, big-endian.
constexpr std::size_t size_at = 4;

std::size_t wanted_size(zmq_msg_t& message) {
    const auto* const bytes = static_cast<const unsigned char*>(zmq_msg_data(&message));
    if (zmq_msg_size(&message) < size_at + 4) {
        return 0;
    }
    std::size_t size = 0;
    for (std::size_t i = 0; i < 4; ++i) {
        size = size << 8U | bytes[size_at + i];
    }
    constexpr std::size_t most = std::size_t{4} << 20;
    return std::min(size, most);
}

void serve(void* socket) {
    zmq_msg_t peer;
    zmq_msg_t message;
    zmq_msg_init(&peer);
    zmq_msg_init(&message);
    while (zmq_msg_recv(&peer, socket, 0) >= 0 && zmq_msg_recv(&message, socket, 0) >= 0) {
        zmq_msg_t reply;
        const std::size_t size = wanted_size(message);
        zmq_msg_init_size(&reply, size);
        std::memset(zmq_msg_data(&reply), 'r', size);
        zmq_msg_send(&peer, socket, ZMQ_SNDMORE);
        zmq_msg_send(&reply, socket, 0);
    }
    zmq_msg_close(&message);
    zmq_msg_close(&peer);
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) {
        std::fputs("usage: taskbbs_echo ENDPOINT\n", stderr);
        return 2;
    }
    std::signal(SIGTERM, SIG_DFL);
    void* const context = zmq_ctx_new();
    void* const socket = zmq_socket(context, ZMQ_ROUTER);
    const int unbounded = 0;
    zmq_setsockopt(socket, ZMQ_SNDHWM, &unbounded, sizeof unbounded);
    zmq_setsockopt(socket, ZMQ_RCVHWM, &unbounded, sizeof unbounded);
    if (zmq_bind(socket, argv[1]) != 0) {
        std::fprintf(stderr, "taskbbs_echo: %s: %s\n", argv[1], zmq_strerror(zmq_errno()));
        return 1;
    }
    serve(socket);
    return 0;
}
