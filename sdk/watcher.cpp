// The driver of a watcher: a watch that feeds the view.
#include "taskbbs/watcher.hpp"

#include "sdk/board_view.hpp"
#include "sdk/client_core.hpp"
#include "sdk/finally.hpp"

#include <atomic>
#include <condition_variable>
#include <mutex>
#include <thread>
#include <utility>

namespace taskbbs {

class [[gnu::visibility("hidden")]] Watcher::Core {
  public:
    Core(WatcherOptions options, Client client);
    ~Core();
    Core(const Core&) = delete;
    Core& operator=(const Core&) = delete;
    Core(Core&&) = delete;
    Core& operator=(Core&&) = delete;

    Result<void> wait_until_live(milliseconds timeout);

    template <class Read>
    auto read(const Read& what) {
        const std::lock_guard lock(mutex_);
        return what(std::as_const(view_));
    }

  private:
    WatchHandlers handlers();
    void tell(const std::optional<sdk::Change>& change);
    void on_caught_up(Seq position);
    void on_end(const std::optional<Error>& error);

    template <class Do>
    auto change(const Do& what) {
        const std::lock_guard lock(mutex_);
        return what(view_);
    }

    const WatcherOptions options_;
    std::mutex mutex_;
    std::condition_variable changed_;
    sdk::BoardView view_;                   // guarded by mutex_
    std::optional<Error> failure_;          // guarded by mutex_
    std::atomic<std::thread::id> telling_;  // who is inside of on_change
    Client client_;
    Watch watch_;
};

Watcher::Core::Core(WatcherOptions options, Client client)
    : options_(std::move(options)), view_(options_.states), client_(std::move(client)) {
    watch_ = client_.watch(
        {.domains = options_.domains, .guid = options_.guid, .from = WatchFrom::listing},
        handlers());
}

Watcher::Core::~Core() {
    watch_.stop();
}

WatchHandlers Watcher::Core::handlers() {
    return {
        .on_event =
            [this](const Event& event) {
                tell(change([&](auto& view) { return view.on_event(event); }));
            },
        .on_listed =
            [this](const Task& task) {
                tell(change([&](auto& view) { return view.on_listed(task); }));
            },
        .on_reset = [this](const Reset& /*reset*/) { change([](auto& view) { view.on_reset(); }); },
        .on_caught_up = [this](Seq position) { on_caught_up(position); },
        .on_end = [this](const std::optional<Error>& error) { on_end(error); }};
}

void Watcher::Core::tell(const std::optional<sdk::Change>& change) {
    if (!change || !options_.on_change) {
        return;
    }
    telling_ = std::this_thread::get_id();
    const sdk::Finally told([this] { telling_ = std::thread::id(); });
    options_.on_change(change->before, change->after);
}

void Watcher::Core::on_caught_up(Seq position) {
    for (const sdk::Change& gone :
         change([position](auto& view) { return view.on_caught_up(position); })) {
        tell(gone);
    }
    changed_.notify_all();
}

void Watcher::Core::on_end(const std::optional<Error>& error) {
    if (!error) {
        return;
    }
    {
        const std::lock_guard lock(mutex_);
        failure_ = error;
    }
    changed_.notify_all();
    if (options_.on_failure) {
        options_.on_failure(*error);
    }
}

Result<void> Watcher::Core::wait_until_live(milliseconds timeout) {
    if (telling_ == std::this_thread::get_id()) {
        return tl::unexpected(
            Error{.code = Code::misuse,
                  .message = "waiting for a watcher inside of its own handler would never end"});
    }
    std::unique_lock lock(mutex_);
    const bool decided = changed_.wait_for(
        lock, sdk::bounded(timeout), [this] { return view_.is_live() || failure_; });
    if (!decided) {
        return tl::unexpected(
            Error{.code = Code::timed_out,
                  .message = "the broker has not told in time what is on the board"});
    }
    return failure_ ? Result<void>(tl::unexpected(*failure_)) : Result<void>();
}

// ---- the face --------------------------------------------------------------------------------

Watcher::Watcher(std::unique_ptr<Core> core) : core_(std::move(core)) {}

Watcher::Watcher(Watcher&&) noexcept = default;
Watcher& Watcher::operator=(Watcher&&) noexcept = default;
Watcher::~Watcher() = default;

Result<Watcher> Watcher::open(WatcherOptions options) {
    if (const std::optional<Error> fault =
            sdk::fault_of(ReplayArgs{.domains = options.domains, .guid = options.guid})) {
        return tl::unexpected(*fault);
    }
    Result<Client> client = Client::open(options.client);
    if (!client) {
        return tl::unexpected(client.error());
    }
    return Watcher(std::make_unique<Core>(std::move(options), *std::move(client)));
}

Result<void> Watcher::wait_until_live(milliseconds timeout) const {
    return core_->wait_until_live(timeout);
}

std::map<std::string, Task> Watcher::snapshot() const {
    return core_->read([](const auto& view) { return view.snapshot(); });
}

std::optional<Task> Watcher::find(std::string_view guid) const {
    return core_->read([&](const auto& view) { return view.find(guid); });
}

std::size_t Watcher::size() const {
    return core_->read([](const auto& view) { return view.size(); });
}

Seq Watcher::position() const {
    return core_->read([](const auto& view) { return view.position(); });
}

}  // namespace taskbbs
