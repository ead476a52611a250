// The driver of a session.
#include "sdk/io_thread.hpp"

#include "sdk/entropy.hpp"

#include <algorithm>
#include <cassert>
#include <system_error>
#include <utility>

namespace taskbbs::sdk {

namespace {

Instant clock_now() {
    return std::chrono::steady_clock::now();
}

// Messages read in a row before anything else gets its turn.
constexpr int burst = 64;
// More than a socket holds.
constexpr int most_queued = 2000;

}  // namespace

Result<std::unique_ptr<IoThread>> IoThread::start(std::shared_ptr<ZmqContext> context,
                                                  std::string endpoint,
                                                  SessionSettings settings) {
    Result<Socket> socket = Socket::dealer(context, endpoint);
    if (!socket) {
        return tl::unexpected(socket.error());
    }
    std::unique_ptr<IoThread> io(
        new IoThread(std::move(context), std::move(endpoint), settings, *std::move(socket)));
    if (!io->wakeup_.usable()) {
        return tl::unexpected(
            Error{.code = Code::unusable_endpoint, .message = "no file descriptor is left"});
    }
    try {
        io->thread_ = std::thread([raw = io.get()] { raw->run(); });
    } catch (const std::system_error&) {
        return tl::unexpected(
            Error{.code = Code::unusable_endpoint, .message = "no thread could be started"});
    }
    return io;
}

IoThread::IoThread(std::shared_ptr<ZmqContext> context,
                   std::string endpoint,
                   SessionSettings settings,
                   Socket socket)
    : context_(std::move(context)),
      endpoint_(std::move(endpoint)),
      session_(random_session(), entropy, settings),
      socket_(std::move(socket)) {}

IoThread::~IoThread() {
    close();
}

void IoThread::submit(Request request, Handler handler) {
    const Instant deadline = clock_now() + request.timeout + request.wait;
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
        wakeup_.signal();
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
    wakeup_.signal();
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
        session_.on_timer(clock_now());
        connect();
        do {
            send();
        } while (hand_over());  // which may have made room for more
        const Readiness ready = wait_for(
            socket_ ? &*socket_ : nullptr, blocked_, wakeup_, has_calls() ? 0 : timeout_ms());
        writable_ = ready.writable;
        if (ready.readable) {
            receive();
        }
        if (ready.monitor && socket_ && socket_->was_disconnected()) {
            finish_connection();
        }
    }
    session_.close();
    hand_over();
    // What handlers still call is completed too: `closed`, each time.
    while (has_calls()) {
        take_calls();
    }
    socket_.reset();
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
    const Instant now = clock_now();
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

// A new socket rather than the old one: what lingers in that one must not come after what is sent
// now.
void IoThread::connect() {
    if (!session_.wants_connection(clock_now())) {
        return;
    }
    if (!std::exchange(fresh_, false)) {
        socket_.reset();
        Result<Socket> made = Socket::dealer(context_, endpoint_);
        if (!made) {
            return;  // no file descriptor is left: tried again at the next turn
        }
        socket_ = *std::move(made);
    }
    blocked_ = false;
    session_.on_connected(clock_now());
}

void IoThread::send() {
    if (!socket_ || (blocked_ && !writable_)) {
        return;
    }
    blocked_ = false;
    while (!blocked_) {
        const std::optional<std::string> message = session_.take_outgoing(clock_now());
        if (!message) {
            return;
        }
        if (!socket_->send(*message)) {
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
    const std::optional<std::vector<std::string>> frames = socket_->receive(1);
    if (frames && frames->size() == 1) {
        session_.on_message(frames->front(), clock_now());
        hand_over();  // the values point into the frame
    }
    return frames.has_value();
}

// What had come in before the connection was lost still counts.
void IoThread::finish_connection() {
    for (int i = 0; i < most_queued && receive_one(); ++i) {
    }
    socket_.reset();
    session_.on_disconnected(clock_now());
}

long IoThread::timeout_ms() const {
    constexpr long retry_connecting = 100;
    if (session_.wants_connection(clock_now())) {
        return retry_connecting;
    }
    const std::optional<Instant> next = session_.next_deadline();
    if (!next) {
        return -1;
    }
    const auto left = std::chrono::ceil<milliseconds>(*next - clock_now()).count();
    return static_cast<long>(std::clamp<std::int64_t>(left, 0, 60'000));
}

}  // namespace taskbbs::sdk
