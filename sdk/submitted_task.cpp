// Waiting for a task that was submitted.
#include "sdk/requester_core.hpp"

namespace taskbbs {

namespace {

Error error_of(Code code, std::string message) {
    return {.code = code, .message = std::move(message)};
}

Error closed() {
    return error_of(Code::closed, "the requester was closed");
}

Error misuse() {
    return error_of(Code::misuse,
                    "waiting for a task inside a handler of its own requester would never end");
}

}  // namespace

// ---- what is known of it ---------------------------------------------------------------------

Result<void> SubmittedTask::State::wait_until_posted(milliseconds timeout) {
    if (const auto core = core_.lock(); core && core->is_current()) {
        return tl::unexpected(misuse());
    }
    std::unique_lock lock(mutex_);
    if (!changed_.wait_for(lock, sdk::bounded(timeout), [this] { return posted_.has_value(); })) {
        return tl::unexpected(
            error_of(Code::timed_out, "the board does not have the task yet; it may be soon"));
    }
    return *posted_;
}

Result<Task> SubmittedTask::State::wait(milliseconds timeout) {
    const auto core = core_.lock();
    if (core && core->is_current()) {
        return tl::unexpected(misuse());
    }
    const bool wants = core && !has_outcome();
    if (wants) {
        core->want(guid_);
    }
    std::unique_lock lock(mutex_);
    const bool is_here =
        changed_.wait_for(lock, sdk::bounded(timeout), [this] { return outcome_.has_value(); });
    Result<Task> outcome =
        is_here ? *outcome_
                : tl::unexpected(error_of(Code::timed_out, "the task has not come to its end yet"));
    lock.unlock();
    if (core) {
        core->note_waited(shared_from_this(), wants, outcome.has_value());
    }
    return outcome;
}

void SubmittedTask::State::then(Callback<Task> done) {
    {
        const std::lock_guard lock(mutex_);
        then_ = std::move(done);
        had_callback_ = true;
    }
    const auto core = core_.lock();
    if (!core || !core->adopt(shared_from_this())) {
        close();
    }
}

Result<Applied> SubmittedTask::State::cancel(std::string_view reason, CallOptions options) {
    const auto core = core_.lock();
    if (!core) {
        return tl::unexpected(closed());
    }
    return core->client().cancel({.guid = guid_, .reason = std::string(reason)}, options);
}

void SubmittedTask::State::set_posted(Result<void> posted) {
    const std::lock_guard lock(mutex_);
    if (!posted_) {
        posted_ = std::move(posted);
        changed_.notify_all();
    }
}

void SubmittedTask::State::set_outcome(Result<Task> outcome) {
    const std::lock_guard lock(mutex_);
    if (!outcome_) {
        outcome_ = std::move(outcome);
        changed_.notify_all();
    }
}

void SubmittedTask::State::serve() {
    std::unique_lock lock(mutex_);
    if (then_ && outcome_) {
        const Callback<Task> callback = std::exchange(then_, {});
        const Result<Task> outcome = *outcome_;
        lock.unlock();
        callback(outcome);
    }
}

// An outcome that nobody has handled is none: the next life gets it.
void SubmittedTask::State::close() {
    set_posted(tl::unexpected(closed()));
    set_outcome(tl::unexpected(closed()));
    std::unique_lock lock(mutex_);
    if (const Callback<Task> callback = std::exchange(then_, {})) {
        lock.unlock();
        callback(tl::unexpected(closed()));
    }
}

bool SubmittedTask::State::has_callback() {
    const std::lock_guard lock(mutex_);
    return then_ != nullptr;
}

bool SubmittedTask::State::had_callback() {
    const std::lock_guard lock(mutex_);
    return had_callback_;
}

bool SubmittedTask::State::has_outcome() {
    const std::lock_guard lock(mutex_);
    return outcome_.has_value();
}

Seq SubmittedTask::State::epoch() {
    const std::lock_guard lock(mutex_);
    return outcome_ && *outcome_ ? (*outcome_)->epoch : 0;
}

// ---- the face --------------------------------------------------------------------------------

SubmittedTask::SubmittedTask(std::shared_ptr<State> state) : state_(std::move(state)) {}

const std::string& SubmittedTask::guid() const {
    return state_->guid();
}

Result<void> SubmittedTask::wait_until_posted(milliseconds timeout) const {
    return state_->wait_until_posted(timeout);
}

Result<Task> SubmittedTask::wait(milliseconds timeout) const {
    return state_->wait(timeout);
}

void SubmittedTask::then(Callback<Task> done) const {
    state_->then(std::move(done));
}

Result<Applied> SubmittedTask::cancel(std::string_view reason, CallOptions options) const {
    return state_->cancel(reason, options);
}

}  // namespace taskbbs
