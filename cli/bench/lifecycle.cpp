// The steps of a task, one behind the other.
#include "cli/bench/lifecycle.hpp"

#include "cli/sweep.hpp"

#include <chrono>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::cli::bench {

Lifecycle::Lifecycle(Client client, Plan plan, std::string name, std::function<void()> on_idle)
    : plan_(std::move(plan)),
      name_(std::move(name)),
      on_idle_(std::move(on_idle)),
      client_(std::move(client)) {}

// The first steps leave from the client's thread as well, so that what they count needs no lock.
void Lifecycle::begin() {
    under_way_ = plan_.in_flight;
    client_.call(
        HelloArgs{},
        [this](const Result<Hello>& hello) {
            for (std::int64_t i = 0; i < plan_.in_flight; ++i) {
                if (hello) {
                    desire();
                } else {
                    failed(hello.error());
                }
            }
        },
        plan_.options);
}

template <class Args, class Then>
void Lifecycle::step(const Args& args, Then then) {
    const auto begin = std::chrono::steady_clock::now();
    client_.call(
        args,
        [this, begin, then](const Result<typename Args::Reply>& answer) {
            if (!answer) {
                failed(answer.error());
                return;
            }
            if (!stopping_) {
                latencies_.add(std::chrono::steady_clock::now() - begin);
            }
            then(*answer);
        },
        plan_.options);
}

void Lifecycle::desire() {
    if (stopping_) {
        end_one();
        return;
    }
    const auto guid = fmt::format("{}-{}-{}", plan_.domain, name_, ++desired_);
    const Task task{
        .guid = guid, .domain = plan_.domain, .stack = plan_.domain, .payload = plan_.payload};
    step(DesireArgs{task}, [this, guid](const Applied&) { claim(guid); });
}

void Lifecycle::claim(const std::string& guid) {
    step(ClaimArgs{guid, plan_.domain},
         [this, guid](const Owned& owned) { start(guid, owned.epoch); });
}

void Lifecycle::start(const std::string& guid, Seq epoch) {
    step(StartArgs{.guid = guid, .executor_id = plan_.domain, .epoch = epoch},
         [this, guid, epoch](const Applied&) { complete(guid, epoch); });
}

void Lifecycle::complete(const std::string& guid, Seq epoch) {
    step(CompleteArgs{.guid = guid, .epoch = epoch},
         [this, guid](const Applied&) { resolving(guid); });
}

void Lifecycle::resolving(const std::string& guid) {
    step(ResolvingArgs{guid}, [this, guid](const Owned& owned) { resolve(guid, owned.epoch); });
}

void Lifecycle::resolve(const std::string& guid, Seq epoch) {
    step(ResolveArgs{guid, epoch}, [this](const Applied&) { desire(); });
}

// A task that somebody else has taken is left to them, or to the cleaning up.
void Lifecycle::failed(const Error& error) {
    if (is_change(error)) {
        ++lost_;
        desire();
        return;
    }
    error_ = error_.value_or(error);
    stopping_ = true;
    end_one();
}

void Lifecycle::end_one() {
    if (--under_way_ == 0) {
        on_idle_();
    }
}

}  // namespace taskbbs::cli::bench
