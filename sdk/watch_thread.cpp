// The driver of a watch.
#include "sdk/watch_thread.hpp"

#include "protocol/codec.hpp"
#include "sdk/entropy.hpp"
#include "sdk/wire.hpp"

#include <algorithm>
#include <chrono>
#include <utility>

namespace taskbbs {

namespace {

// Publications read in a row before their deliveries.
constexpr int burst = 256;

// Before hello is asked again, where it was refused or could not even be asked.
constexpr std::chrono::seconds hello_pause{1};

// Between two looks at whether anything has happened, where that is not published to this client.
constexpr std::chrono::milliseconds poll_interval{500};

bool denies_events(const Hello& hello) {
    return std::ranges::find(hello.features, "events_denied") != hello.features.end();
}

// What a tick would say, as far as it is told to this client.
std::string tick_of(const Hello& hello) {
    std::string body;
    protocol::Packer packer(body);
    encode(packer,
           protocol::Tick{.seq = hello.seq, .broker_id = hello.broker_id, .log = hello.log});
    return body;
}

// Where a bind is a wildcard, the host is "*": the one that answered.
std::string events_endpoint(const ClientOptions& options, const std::string& told) {
    if (!options.events_endpoint.empty()) {
        return options.events_endpoint;
    }
    static constexpr std::string_view wildcard = "tcp://*:";
    const std::size_t colon = options.endpoint.rfind(':');
    if (!told.starts_with(wildcard) || colon == std::string::npos) {
        return told;
    }
    return options.endpoint.substr(0, colon + 1) + told.substr(wildcard.size());
}

}  // namespace

// ---- the handle ------------------------------------------------------------------------------

Watch::Watch() = default;

Watch::Watch(std::shared_ptr<Thread> thread) : thread_(std::move(thread)) {}

Watch::Watch(Watch&&) noexcept = default;

Watch& Watch::operator=(Watch&& other) noexcept {
    if (this != &other) {
        stop();
        thread_ = std::move(other.thread_);
    }
    return *this;
}

Watch::~Watch() {
    stop();
}

void Watch::stop() {
    if (thread_) {
        thread_->stop();
        thread_->join();
    }
}

bool Watch::running() const {
    return thread_ && thread_->running();
}

// ---- the thread ------------------------------------------------------------------------------

Watch::Thread::Thread(Client::Core& core, WatchOptions options, WatchHandlers handlers)
    : core_(core),
      handlers_(std::move(handlers)),
      failure_(sdk::fault_of(ReplayArgs{.after = options.after,
                                        .streams = options.streams,
                                        .domains = options.domains,
                                        .guid = options.guid})),
      machine_(std::move(options), sdk::entropy),
      mailbox_(std::make_shared<Mailbox>()),
      line_(core.options().post) {
    mailbox_->station = core.transport()->station();
    if (!mailbox_->station && !failure_) {
        failure_ = Error{.code = Code::unusable_endpoint, .message = "no file descriptor is left"};
    }
}

void Watch::Thread::start() {
    const std::lock_guard lock(join_mutex_);
    thread_ = std::thread([this] { run(); });
}

void Watch::Thread::stop() {
    stopped_ = true;
    mailbox_->wake();
}

void Watch::Thread::close() {
    closed_ = true;
    mailbox_->wake();
}

void Watch::Thread::join() {
    if (thread_id_.load() == std::this_thread::get_id()) {
        return;
    }
    {
        const std::lock_guard lock(join_mutex_);
        if (thread_.joinable()) {
            thread_.join();
        }
    }
    if (line_.posts()) {
        line_.close();
        tell_end();
    }
}

void Watch::Thread::run() {
    thread_id_ = std::this_thread::get_id();
    sdk::Station* const station = mailbox_->station.get();  // there is one, unless it failed
    while (is_wanted() && !failure_) {
        read_mail();
        machine_.on_timer(now());
        connect();
        deliver();
        failure_ = failure_ ? failure_ : machine_.failure();
        if (failure_) {
            break;
        }
        if (is_delivering_) {
            station->wait(nullptr, false, std::nullopt);
        } else {
            ask();
            station->wait(link_.get(), false, due_at());
            receive();
        }
    }
    link_.reset();
    mailbox_->close();
    end();
}

void Watch::Thread::end() {
    if (stopped_) {
        failure_.reset();
    } else if (!failure_) {
        failure_ = Error{.code = Code::closed, .message = "the client was closed"};
    }
    // Where handlers are posted, the end that was asked for is told by join(): whoever asked may be
    // the one who runs what is posted.
    if (!line_.posts() || is_wanted()) {
        line_.run([self = shared_from_this()] { self->tell_end(); });
    }
}

void Watch::Thread::tell_end() {
    if (told_end_.exchange(true)) {
        return;
    }
    if (handlers_.on_end) {
        handlers_.on_end(failure_);
    }
    running_ = false;
}

void Watch::Thread::read_mail() {
    std::vector<std::function<void(Thread&)>> letters;
    {
        const std::lock_guard lock(mailbox_->mutex);
        letters.swap(mailbox_->letters);
    }
    for (const auto& letter : letters) {
        letter(*this);
    }
}

template <class Args>
void Watch::Thread::call(const Args& args,
                         void (Thread::*then)(const Result<typename Args::Reply>&)) {
    core_.begin(
        args,
        [mailbox = mailbox_, then](Result<typename Args::Reply> answer) {
            mailbox->put(
                [then, answer = std::move(answer)](Thread& thread) { (thread.*then)(answer); });
        },
        CallOptions{});
}

void Watch::Thread::Mailbox::put(std::function<void(Thread&)> letter) {
    const std::lock_guard lock(mutex);
    if (station) {
        letters.push_back(std::move(letter));
        station->signal();
    }
}

void Watch::Thread::Mailbox::wake() {
    const std::lock_guard lock(mutex);
    if (station) {
        station->signal();
    }
}

void Watch::Thread::Mailbox::close() {
    const std::lock_guard lock(mutex);
    station.reset();
    letters.clear();
}

// ---- driving the machine ---------------------------------------------------------------------

void Watch::Thread::connect() {
    if ((machine_.wants_connection() || polls_) && !asking_hello_ && ask_hello_at_ <= now()) {
        asking_hello_ = true;
        call(HelloArgs{}, &Thread::on_hello);
    }
}

void Watch::Thread::on_hello(const Result<Hello>& hello) {
    asking_hello_ = false;
    if (!hello) {
        const bool passes = hello.error().code == Code::timed_out ||
                            hello.error().code == Code::handshake_failed ||
                            hello.error().code == Code::overloaded ||
                            hello.error().is(Status::busy) || hello.error().is(Status::internal);
        failure_ = passes ? std::nullopt : std::optional(hello.error());
        ask_hello_at_ = now() + hello_pause;
        return;
    }
    denies_events(*hello) ? poll(*hello) : subscribe(*hello);
}

void Watch::Thread::subscribe(const Hello& hello) {
    polls_ = false;
    link_.reset();
    Result<std::unique_ptr<sdk::Link>> made = core_.transport()->subscriber(
        events_endpoint(core_.options(), hello.events), machine_.topics());
    if (!made) {
        failure_ = made.error();
        return;
    }
    link_ = *std::move(made);
    machine_.on_connected(now());
}

void Watch::Thread::poll(const Hello& hello) {
    if (!std::exchange(polls_, true) || machine_.wants_connection()) {
        link_.reset();
        machine_.on_events_denied();
        machine_.on_connected(now());
    }
    machine_.on_publication(protocol::tick_topic, tick_of(hello), now());
    ask_hello_at_ = now() + poll_interval;
}

template <class Reply>
void Watch::Thread::on_answer(const Result<Reply>& answer) {
    machine_.on_answer(answer, now());
}

void Watch::Thread::ask() {
    const std::optional<sdk::Ask> ask = machine_.take_ask(now());
    if (ask) {
        std::visit([this]<class Args>(
                       const Args& args) { call(args, &Thread::on_answer<typename Args::Reply>); },
                   *ask);
    }
}

void Watch::Thread::receive() {
    for (int i = 0; i < burst && link_ && is_wanted(); ++i) {
        const auto frames = link_->receive(2);
        if (!frames) {
            return;
        }
        if (frames->size() == 2) {
            machine_.on_publication((*frames)[0], (*frames)[1], now());
        }
    }
}

// One parcel at a time: the next one is made when this one has been handed over.
void Watch::Thread::deliver() {
    if (is_delivering_) {
        return;
    }
    Parcel parcel{.deliveries = machine_.take_deliveries()};
    parcel.caught_up = machine_.take_caught_up();
    if (parcel.deliveries.empty() && !parcel.caught_up) {
        return;
    }
    if (!line_.posts()) {
        hand_over(parcel);
        return;
    }
    is_delivering_ = true;
    line_.run([self = shared_from_this(), parcel = std::move(parcel)] {
        self->hand_over(parcel);
        self->mailbox_->put([](Thread& thread) { thread.is_delivering_ = false; });
    });
}

void Watch::Thread::hand_over(const Parcel& parcel) {
    for (const sdk::Delivery& delivery : parcel.deliveries) {
        if (!is_wanted()) {
            return;
        }
        hand_over(delivery);
    }
    if (parcel.caught_up && handlers_.on_caught_up && is_wanted()) {
        handlers_.on_caught_up(*parcel.caught_up);
    }
}

void Watch::Thread::hand_over(const sdk::Delivery& delivery) {
    if (const auto* event = std::get_if<Event>(&delivery)) {
        handlers_.on_event ? handlers_.on_event(*event) : void();
    } else if (const auto* listed = std::get_if<sdk::Listed>(&delivery)) {
        handlers_.on_listed ? handlers_.on_listed(listed->task) : void();
    } else if (handlers_.on_reset) {
        handlers_.on_reset(std::get<Reset>(delivery));
    }
}

std::optional<sdk::Instant> Watch::Thread::due_at() const {
    std::optional<sdk::Instant> next = machine_.next_deadline();
    if ((machine_.wants_connection() || polls_) && !asking_hello_) {
        next = next ? std::min(*next, ask_hello_at_) : ask_hello_at_;
    }
    return next;
}

}  // namespace taskbbs
