// Calls, from arguments to answers, blocking and not; and the watches of a client.
#include "sdk/client_core.hpp"

#include "sdk/watch_thread.hpp"

#include <algorithm>
#include <condition_variable>
#include <utility>

namespace taskbbs {

namespace {

// How long an answer may be late by right. A call that is too late already waits for nothing.
template <class Args>
sdk::Duration wait_of(const Args& args, CallOptions options) {
    if constexpr (std::same_as<Args, AcquireArgs>) {
        const sdk::Duration most = milliseconds(protocol::max_wait_ms);
        return options.timeout < milliseconds(0) ? sdk::Duration(0)
                                                 : std::min(sdk::bounded(args.wait), most);
    } else {
        return sdk::Duration(0);
    }
}

template <class Args>
sdk::Request request_of(const Args& args, CallOptions options) {
    return {.verb = sdk::verb_of<Args>,
            .args = sdk::pack(args),
            .timeout = sdk::bounded(options.timeout),
            .wait = wait_of(args, options)};
}

template <class Args>
Result<typename Args::Reply> answer_of(const Result<std::string_view>& outcome) {
    if (!outcome) {
        return tl::unexpected(outcome.error());
    }
    Result<typename Args::Reply> answer = sdk::read<typename Args::Reply>(*outcome);
    if (!answer) {
        // The broker said ok, in words that can't be read.
        answer.error().outcome_unknown = is_mutation(sdk::verb_of<Args>);
    }
    return answer;
}

// Where a blocking call waits for its answer.
template <class T>
class Rendezvous {
  public:
    void put(Result<T> result) {
        const std::lock_guard lock(mutex_);
        result_ = std::move(result);
        has_arrived_ = true;
        arrived_.notify_one();  // under the lock: the waiter takes this object away
    }

    Result<T> take() {
        std::unique_lock lock(mutex_);
        arrived_.wait(lock, [this] { return has_arrived_; });
        return std::move(result_);
    }

  private:
    std::mutex mutex_;
    std::condition_variable arrived_;
    bool has_arrived_ = false;
    Result<T> result_ = tl::unexpected(Error{});
};

}  // namespace

Client::Core::Core(ClientOptions options,
                   std::shared_ptr<sdk::Transport> transport,
                   std::unique_ptr<sdk::IoThread> io)
    : options_(std::move(options)), transport_(std::move(transport)), io_(std::move(io)) {}

void Client::Core::close() {
    std::vector<std::shared_ptr<Watch::Thread>> watches;
    {
        const std::lock_guard lock(mutex_);
        watches.swap(watches_);
    }
    for (const auto& watch : watches) {
        watch->close();
    }
    for (const auto& watch : watches) {
        watch->join();
    }
    io_->close();
}

void Client::Core::adopt(std::shared_ptr<Watch::Thread> watch) {
    std::vector<std::shared_ptr<Watch::Thread>> ended;
    {
        const std::lock_guard lock(mutex_);
        const auto first_ended =
            std::partition(watches_.begin(), watches_.end(), [](const auto& candidate) {
                return candidate->running();
            });
        ended.assign(first_ended, watches_.end());
        watches_.erase(first_ended, watches_.end());
        watches_.push_back(std::move(watch));
    }
    for (const auto& each : ended) {
        each->join();
    }
}

template <class Args>
void Client::Core::begin(const Args& args,
                         Callback<typename Args::Reply> done,
                         CallOptions options) {
    io_->submit(request_of(args, options),
                [done = std::move(done)](const Result<std::string_view>& outcome) {
                    done(answer_of<Args>(outcome));
                });
}

template <class Args>
void Client::Core::begin_posted(const Args& args,
                                Callback<typename Args::Reply> done,
                                CallOptions options) {
    using Answer = Result<typename Args::Reply>;
    if (!options_.post) {
        begin(args, std::move(done), options);
        return;
    }
    begin<Args>(
        args,
        [post = options_.post, done = std::move(done)](Answer answer) {
            post([done, answer = std::move(answer)]() mutable { done(std::move(answer)); });
        },
        options);
}

template <class Args>
Result<typename Args::Reply> Client::Core::call(const Args& args, CallOptions options) {
    if (io_->is_current()) {
        return tl::unexpected(
            Error{.code = Code::misuse,
                  .message = "a blocking call inside a callback of its own client; use one with a "
                             "callback"});
    }
    Rendezvous<typename Args::Reply> rendezvous;
    io_->submit(request_of(args, options), [&](const Result<std::string_view>& outcome) {
        rendezvous.put(answer_of<Args>(outcome));
    });
    return rendezvous.take();
}

#define TASKBBS_CALL(Args)                                                                     \
    template void Client::Core::begin(const Args&, Callback<Args::Reply>, CallOptions);        \
    template void Client::Core::begin_posted(const Args&, Callback<Args::Reply>, CallOptions); \
    template Result<Args::Reply> Client::Core::call(const Args&, CallOptions)

TASKBBS_CALL(HelloArgs);
TASKBBS_CALL(DesireArgs);
TASKBBS_CALL(ClaimArgs);
TASKBBS_CALL(AcquireArgs);
TASKBBS_CALL(StartArgs);
TASKBBS_CALL(CompleteArgs);
TASKBBS_CALL(RejectArgs);
TASKBBS_CALL(CancelArgs);
TASKBBS_CALL(ResolvingArgs);
TASKBBS_CALL(ResolveArgs);
TASKBBS_CALL(GetArgs);
TASKBBS_CALL(ListArgs);
TASKBBS_CALL(ConvergeArgs);
TASKBBS_CALL(HeartbeatArgs);
TASKBBS_CALL(DepartArgs);
TASKBBS_CALL(DrainArgs);
TASKBBS_CALL(ExecutorsArgs);
TASKBBS_CALL(ReplayArgs);
TASKBBS_CALL(StatsArgs);
TASKBBS_CALL(ExplainArgs);
TASKBBS_CALL(PauseArgs);
TASKBBS_CALL(ResumeArgs);
TASKBBS_CALL(PausedArgs);

#undef TASKBBS_CALL

}  // namespace taskbbs
