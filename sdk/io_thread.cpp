// The driver of a session.
#include "sdk/io_thread.hpp"

#include "sdk/entropy.hpp"

#include <algorithm>
#include <cassert>
#include <system_error>
#include <utility>

namespace taskbbs::sdk {

namespace {

// Messages read in a row before anything else gets its turn.
constexpr int burst = 64;
// More than a socket holds.
constexpr int most_queued = 2000;

}  // namespace

Result<std::unique_ptr<IoThread>> IoThread::start(std::shared_ptr<Transport> transport,
                                                  std::string endpoint,
                                                  SessionSettings settings) {
    Result<std::unique_ptr<Link>> link = transport->dealer(endpoint);
    if (!link) {
        return tl::unexpected(link.error());
    }
    std::unique_ptr<Station> station = transport->station();
    if (!station) {
        return tl::unexpected(
            Error{.code = Code::unusable_endpoint, .message = "no file descriptor is left"});
    }
    std::unique_ptr<IoThread> io(new IoThread(
        std::move(transport), std::move(endpoint), settings, *std::move(link), std::move(station)));
    try {
        io->thread_ = std::thread([raw = io.get()] { raw->run(); });
    } catch (const std::system_error&) {
        return tl::unexpected(
            Error{.code = Code::unusable_endpoint, .message = "no thread could be started"});
    }
    return io;
}

IoThread::IoThread(std::shared_ptr<Transport> transport,
                   std::string endpoint,
                   SessionSettings settings,
                   std::unique_ptr<Link> link,
                   std::unique_ptr<Station> station)
    : transport_(std::move(transport)),
      endpoint_(std::move(endpoint)),
      station_(std::move(station)),
      session_(random_session(), entropy, settings),
      link_(std::move(link)) {}

IoThread::~IoThread() {
    close();
}

void IoThread::submit(Request request, Handler handler) {
    const Instant deadline = transport_->now() + request.timeout + request.wait;
    bool is_first = false;
    {
        const std::lock_guard lock(mutex_);
        is_first = calls_.empty();
        calls_.push_back({{.verb = request.verb,
                           .args = std::move(request.args),
                           .deadline = deadline,
                           .wait = request.wait},
                          std::move(handler)});
    }
    if (is_first && !is_current()) {
        station_->signal();
    }
}

void IoThread::close() {
    if (!thread_.joinable()) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        closing_ = true;
    }
    station_->signal();
    thread_.join();
}

// ---- handlers --------------------------------------------------------------------------------

void IoThread::Handlers::add(RequestId id, Handler handler) {
    while (first_ + static_cast<RequestId>(handlers_.size()) < id) {
        handlers_.emplace_back();
    }
    handlers_.push_back(std::move(handler));
}

IoThread::Handler IoThread::Handlers::take(RequestId id) {
    assert(id >= first_ && id - first_ < static_cast<RequestId>(handlers_.size()));
    Handler taken = std::exchange(handlers_[static_cast<std::size_t>(id - first_)], {});
    while (!handlers_.empty() && !handlers_.front()) {
        handlers_.pop_front();
        ++first_;
    }
    return taken;
}

// ---- the thread ------------------------------------------------------------------------------

void IoThread::run() {
    thread_id_ = std::this_thread::get_id();
    while (!is_closing()) {
        take_calls();
        session_.on_timer(transport_->now());
        connect();
        do {
            send();
        } while (hand_over());  // which may have made room for more
        const Readiness ready =
            station_->wait(link_.get(), blocked_, has_calls() ? transport_->now() : due_at());
        writable_ = ready.writable;
        if (ready.readable) {
            receive();
        }
        if (ready.monitor && link_) {
            read_monitor();
        }
    }
    session_.close();
    hand_over();
    // What handlers still call is completed too: `closed`, each time.
    while (has_calls()) {
        take_calls();
    }
    link_.reset();
}

bool IoThread::is_closing() {
    const std::lock_guard lock(mutex_);
    return closing_;
}

bool IoThread::has_calls() {
    const std::lock_guard lock(mutex_);
    return !calls_.empty();
}

void IoThread::take_calls() {
    std::vector<Handover> calls;
    {
        const std::lock_guard lock(mutex_);
        calls.swap(calls_);
    }
    const Instant now = transport_->now();
    for (Handover& call : calls) {
        const Result<RequestId> id = session_.submit(now, std::move(call.submission));
        if (id) {
            handlers_.add(*id, std::move(call.handler));
        } else {
            call.handler(tl::unexpected(id.error()));
        }
    }
}

bool IoThread::hand_over() {
    std::vector<Completion> completions = session_.take_completions();
    for (Completion& completion : completions) {
        handlers_.take(completion.id)(std::move(completion.outcome));
    }
    return !completions.empty();
}

// A new link rather than the old one: what lingers in that one must not come after what is sent
// now.
void IoThread::connect() {
    if (!session_.wants_connection(transport_->now())) {
        return;
    }
    if (!std::exchange(fresh_, false)) {
        link_.reset();
        Result<std::unique_ptr<Link>> made = transport_->dealer(endpoint_);
        if (!made) {
            return;  // no file descriptor is left: tried again at the next turn
        }
        link_ = *std::move(made);
    }
    blocked_ = false;
    session_.on_connected(transport_->now());
}

void IoThread::send() {
    if (!link_ || (blocked_ && !writable_)) {
        return;
    }
    blocked_ = false;
    while (!blocked_) {
        const std::optional<std::string> message = session_.take_outgoing(transport_->now());
        if (!message) {
            return;
        }
        if (!link_->send(*message)) {
            session_.on_unsent();
            blocked_ = true;
        }
    }
}

void IoThread::receive() {
    for (int i = 0; i < burst && receive_one(); ++i) {
    }
}

bool IoThread::receive_one() {
    const std::optional<std::vector<std::string>> frames = link_->receive(1);
    if (frames && frames->size() == 1) {
        session_.on_message(frames->front(), transport_->now());
        hand_over();  // the values point into the frame
    }
    return frames.has_value();
}

void IoThread::read_monitor() {
    const bool disconnected = link_->was_disconnected();
    const Trouble trouble = link_->take_trouble();
    if (trouble.kind == Trouble::Kind::turned_away) {
        session_.on_turned_away(trouble.message);
        hand_over();
    } else if (trouble.kind == Trouble::Kind::handshake_failed) {
        session_.on_handshake_failed(trouble.message);
    }
    if (disconnected) {
        finish_connection();
    }
}

// What had come in before the connection was lost still counts.
void IoThread::finish_connection() {
    for (int i = 0; i < most_queued && receive_one(); ++i) {
    }
    link_.reset();
    session_.on_disconnected(transport_->now());
}

std::optional<Instant> IoThread::due_at() const {
    constexpr milliseconds retry_connecting{100};
    const Instant now = transport_->now();
    return session_.wants_connection(now) ? now + retry_connecting : session_.next_deadline();
}

}  // namespace taskbbs::sdk
