// libzmq, by its C interface: the C++ one throws where a peer is merely gone.
#include "broker/sockets.hpp"

#include "broker/bind.hpp"
#include "broker/connections.hpp"
#include "broker/hearing.hpp"
#include "broker/monitor.hpp"
#include "broker/publisher.hpp"
#include "broker/unread.hpp"

#include <zmq.h>

#include <atomic>
#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <fmt/format.h>
#include <future>
#include <optional>
#include <sys/random.h>
#include <system_error>
#include <thread>
#include <utility>

namespace taskbbs::broker {

namespace {

constexpr int reply_queue = 100'000;  // messages to one peer, which are bounded by bytes as well
// Events to one subscriber; beyond, it has a hole and asks `replay`. A full queue costs nothing
// more, but until it is full each event costs a place in it: 256 subscribers that do not read
// are 2.5 million.
constexpr int subscriber_queue = 10'000;
constexpr int subscription_bytes = 4096;  // the longest message on the events socket
// Connections that are gone and were not heard yet. Of subscribers, for whose end libzmq looks at
// all subscriptions: that may take a tenth of a second.
constexpr std::uint64_t most_gone = 256;
constexpr std::uint64_t most_gone_subscribers = 32;
constexpr std::uint64_t subscriptions_left = 8U << 20;
constexpr int handshake_ms = 5000;
constexpr int backlog = 1024;
constexpr int farewell_ms = 1000;
constexpr std::chrono::seconds longest_farewell{3};
// One more than libzmq holds of a connection, and one as it may be a turn ahead of the others.
constexpr int rounds = Sockets::messages_held + 2;
constexpr const char* own_address = "inproc://own";
constexpr std::string_view own_name = "the broker itself";

std::atomic<bool> abandoned{false};

void set(void* socket, int option, int value) {
    zmq_setsockopt(socket, option, &value, sizeof value);
}

// libzmq takes routing ids from rand(), which starts alike in every process.
void seed_routing_ids() {
    unsigned seed = 0;
    if (getrandom(&seed, sizeof seed, 0) == static_cast<ssize_t>(sizeof seed)) {
        std::srand(seed);
    }
}

}  // namespace

class Sockets::Machinery {
  public:
    explicit Machinery(const SocketSettings& settings) : peer_bytes(settings.peer_bytes) {
        limit_to(settings.connections);
        limit_left(
            Side::requests,
            {.bytes = (messages_held + 1) * settings.message_bytes, .connections = most_gone});
        limit_left(Side::events,
                   {.bytes = subscriptions_left,
                    .connections = most_gone_subscribers,
                    .is_end_costly = true});
        seed_routing_ids();
        context = zmq_ctx_new();
        zmq_ctx_set(context, ZMQ_MAX_SOCKETS, 16);
        zmq_ctx_set(context, ZMQ_IO_THREADS, 1);  // broker/connections counts without a lock
        if (!settings.secret_key.empty()) {
            zap.emplace(context);
        }
        requests = zmq_socket(context, ZMQ_ROUTER);
        events = zmq_socket(context, ZMQ_PUB);
        for (void* socket : {requests, events}) {
            set(socket, ZMQ_LINGER, 0);
            set(socket, ZMQ_HANDSHAKE_IVL, handshake_ms);
            set(socket, ZMQ_BACKLOG, backlog);
            set(socket, ZMQ_TCP_KEEPALIVE, 1);
        }
        set(requests, ZMQ_ROUTER_MANDATORY, 1);
        set(requests, ZMQ_RCVHWM, messages_held);
        set(requests, ZMQ_SNDHWM, reply_queue);
        set_size(requests, settings.message_bytes);
        set(events, ZMQ_SNDHWM, subscriber_queue);
        // Subscriptions are taken in by whoever sends or asks, as long as there are any: with a
        // longer queue a flood of them would hold up what is published for as long as it lasts.
        // With CURVE one place is taken for good, by the client's key.
        set(events, ZMQ_RCVHWM, 2);
        set_size(events, subscription_bytes);
        if (zap) {
            require_curve(requests, settings.secret_key, requests_zap_domain);
            require_curve(events, settings.secret_key, events_zap_domain);
        }
        connected.emplace(context, requests, events, settings.message_bytes);
        requests_fd = descriptor_of(requests);
        zmq_msg_init(&frame);
    }

    ~Machinery() {
        zmq_msg_close(&frame);
        if (publisher) {
            publisher->end(std::chrono::milliseconds(lingers ? farewell_ms : 0));
        }
        if (lingers) {
            set(requests, ZMQ_LINGER, farewell_ms);
            set(events, ZMQ_LINGER, farewell_ms);
        }
        connected.reset();
        zmq_close(own);
        zmq_close(events);
        zmq_close(requests);
        zap.reset();
        zmq_ctx_term(context);
    }

    Machinery(const Machinery&) = delete;
    Machinery& operator=(const Machinery&) = delete;

    // First of all, so that nobody else has that name.
    void connect_own() {
        zmq_bind(requests, own_address);
        own = zmq_socket(context, ZMQ_DEALER);
        set(own, ZMQ_LINGER, 0);
        zmq_setsockopt(own, ZMQ_ROUTING_ID, own_name.data(), own_name.size());
        zmq_connect(own, own_address);
    }

    void send_rounds() {
        for (int i = 0; i < rounds; ++i) {
            zmq_send(own, nullptr, 0, ZMQ_DONTWAIT);
        }
    }

    // The name of who sent the next message, into `frame`; what the loop sent itself is noted.
    // False: there is none.
    bool receive_peer() {
        while (zmq_msg_recv(&frame, requests, ZMQ_DONTWAIT) >= 0) {
            const auto* const name = static_cast<const char*>(zmq_msg_data(&frame));
            if (std::string_view(name, zmq_msg_size(&frame)) != own_name) {
                return true;
            }
            zmq_msg_recv(&frame, requests, ZMQ_DONTWAIT);
            if (hearing.note_round()) {
                note_hearing(Side::requests, hearing.begun(), hearing.until());
            }
        }
        hearing.note_end();
        note_hearing(Side::requests, hearing.begun(), hearing.until());
        return false;
    }

    // The connection that brought the frame that was received last; -1: it is not known.
    int descriptor_of_sender() {
        const char* const fd = zmq_msg_gets(&frame, "__fd");
        return fd == nullptr ? -1 : std::atoi(fd);
    }

    void bind_both(const SocketSettings& settings) {
        connect_own();
        bind_to(requests, settings.requests, settings.requests_mode, "requests.endpoint");
        requests_endpoint = last_endpoint(requests);
        bind_to(events, settings.events, settings.events_mode, "events.endpoint");
        events_endpoint = last_endpoint(events);
        connected->follow();
        publisher.emplace(events);
    }

    void limit_to(std::size_t count) {
        limit = count;
        limit_present(count);
    }

    void* context = nullptr;
    void* requests = nullptr;
    void* events = nullptr;
    std::optional<Connected> connected;
    int requests_fd = -1;
    std::optional<Publisher> publisher;
    bool lingers = false;
    zmq_msg_t frame;
    Unread unread;
    std::string requests_endpoint;
    std::string events_endpoint;
    Hearing hearing{rounds};
    void* own = nullptr;  // of the loop, to send to itself by
    std::size_t peer_bytes;
    std::size_t limit = 0;
    std::optional<ZapHandler> zap;

  private:
    static void set_size(void* socket, std::size_t bytes) {
        const auto limit = static_cast<std::int64_t>(bytes);
        zmq_setsockopt(socket, ZMQ_MAXMSGSIZE, &limit, sizeof limit);
    }
};

std::string Sockets::library_version() {
    int major = 0;
    int minor = 0;
    int patch = 0;
    zmq_version(&major, &minor, &patch);
    return fmt::format("{}.{}.{}", major, minor, patch);
}

Sockets::Sockets(const SocketSettings& settings)
    : machinery_(std::make_unique<Machinery>(settings)) {
    machinery_->bind_both(settings);
}

// Where somebody subscribed to very much, libzmq takes long to let go of each subscriber.
Sockets::~Sockets() {
    Machinery* const machinery = machinery_.release();
    const auto closed = std::make_shared<std::promise<void>>();
    try {
        std::thread([machinery, closed] {
            delete machinery;
            closed->set_value();
        }).detach();
    } catch (const std::system_error&) {  // no thread: it may take as long as it takes
        delete machinery;
        return;
    }
    abandoned = closed->get_future().wait_for(longest_farewell) != std::future_status::ready;
}

bool Sockets::are_abandoned() {
    return abandoned;
}

void Sockets::begin(core::Time now) {
    if (machinery_->hearing.begin(now, left_so_far(Side::requests))) {
        machinery_->send_rounds();
    }
    note_hearing(Side::requests, machinery_->hearing.begun(), machinery_->hearing.until());
}

core::Time Sockets::heard_until() const {
    return machinery_->hearing.until().at;
}

bool Sockets::receive(Incoming& incoming) {
    zmq_msg_t& frame = machinery_->frame;
    void* const socket = machinery_->requests;
    if (!machinery_->receive_peer()) {
        return false;
    }
    incoming.peer.assign(static_cast<const char*>(zmq_msg_data(&frame)), zmq_msg_size(&frame));
    int frames = 0;
    // Every frame is taken off the socket, however many a peer sends; none past the first is kept.
    while (zmq_msg_more(&frame) != 0) {
        if (zmq_msg_recv(&frame, socket, ZMQ_DONTWAIT) < 0) {
            return false;
        }
        ++frames;
    }
    incoming.is_one_frame = frames == 1;
    incoming.frame = {};
    if (Bouncer& bouncer = machinery_->connected->bouncer(); bouncer.is_suspicious()) {
        bouncer.note_message(machinery_->descriptor_of_sender());
    }
    if (machinery_->zap) {
        const char* const key = zmq_msg_gets(&frame, "User-Id");
        incoming.key = key == nullptr ? std::string_view() : key;
    }
    if (incoming.is_one_frame) {
        incoming.frame = {static_cast<const char*>(zmq_msg_data(&frame)), zmq_msg_size(&frame)};
    }
    return true;
}

std::string Sockets::from() const {
    const char* const address = zmq_msg_gets(&machinery_->frame, "Peer-Address");
    return address == nullptr ? std::string() : address;
}

void Sockets::follow_sender(const Peer& peer) {
    if (const int fd = machinery_->descriptor_of_sender(); fd >= 0) {
        machinery_->connected->follow_peer(fd, peer);
    }
}

bool Sockets::send(Message message) {
    // One that has no credit left is told so; even these few bytes are not kept for ever.
    const auto& count = machinery_->unread.count_of(message.peer);
    if (*count > 2 * machinery_->peer_bytes) {
        return false;
    }
    void* const socket = machinery_->requests;
    const int routed =
        zmq_send(socket, message.peer.data(), message.peer.size(), ZMQ_SNDMORE | ZMQ_DONTWAIT);
    if (routed < 0) {
        return false;
    }
    zmq_msg_t part;
    machinery_->unread.fill(part, std::move(message.bytes), count);
    const bool sent = zmq_msg_send(&part, socket, ZMQ_DONTWAIT) >= 0;
    if (!sent) {
        zmq_msg_close(&part);
    }
    return sent;
}

std::size_t Sockets::unread() const {
    return machinery_->unread.bytes();
}

std::size_t Sockets::unread(const Peer& peer) const {
    return machinery_->unread.bytes(peer);
}

// Nobody is there to hear it: libzmq would only find that out message by message. Who is connecting
// just now hears what comes after the first tick that it hears.
void Sockets::publish(const std::vector<Publication>& publications) {
    if (connected().subscribers() == 0) {
        return;
    }
    EventQueue& queue = machinery_->publisher->queue();
    for (const Publication& publication : publications) {
        queue.add(publication.topic, publication.body);
    }
    queue.hand_over();
}

bool Sockets::wants_rest(core::Time now) {
    return machinery_->publisher->queue().wants_rest(now);
}

std::uint64_t Sockets::dropped_events() const {
    return machinery_->publisher->queue().dropped();
}

Connected& Sockets::connected() {
    return *machinery_->connected;
}

const Connected& Sockets::connected() const {
    return *machinery_->connected;
}

void Sockets::answer_door(const core::Grants& grants,
                          const std::function<void(const ZapHandler::Refusal&)>& on_refused) {
    machinery_->zap->answer(grants, on_refused);
}

int Sockets::door() const {
    return machinery_->zap ? descriptor_of(machinery_->zap->socket()) : -1;
}

void Sockets::set_limits(std::size_t connections, std::size_t peer_bytes) {
    machinery_->limit_to(connections);
    machinery_->peer_bytes = peer_bytes;
}

std::size_t Sockets::connection_limit() const {
    return machinery_->limit;
}

void Sockets::linger() {
    machinery_->lingers = true;
}

int Sockets::requests() const {
    return machinery_->requests_fd;
}

bool Sockets::has_request() {
    return (ready_events_of(machinery_->requests) & ZMQ_POLLIN) != 0;
}

std::string Sockets::requests_endpoint() const {
    return machinery_->requests_endpoint;
}

std::string Sockets::events_endpoint() const {
    return machinery_->events_endpoint;
}

}  // namespace taskbbs::broker
