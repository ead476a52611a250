// Many tasks led through their lives at once by one client, each verb called from the callback of
// the one before: pipelined, and retried by the SDK alone.
#pragma once

#include "patience.hpp"

#include <taskbbs/client.hpp>

#include <atomic>
#include <map>
#include <string>
#include <utility>

namespace taskbbs::test {

class Lives {
  public:
    // `name` begins the guids; it is the executor too. `client` outlives this object.
    Lives(Client& client, std::string name) : client_(client), name_(std::move(name)) {}

    // So many lives at once, until finish().
    void begin(int at_once) {
        under_way_ = at_once;
        for (int i = 0; i < at_once; ++i) {
            desire();
        }
    }

    // No new lives; returns when the last one is over.
    void finish() {
        enough_ = true;
        wait_until("every life comes to its end", [this] { return under_way_ == 0; });
    }

    int answered() const { return answered_; }

    // After finish(): what went wrong, and what each acknowledged call made: seq -> (kind, guid).
    const std::string& failure() const { return failure_; }

    const std::map<Seq, std::pair<Kind, std::string>>& made() const { return made_; }

  private:
    void desire() {
        if (enough_) {
            --under_way_;
            return;
        }
        DesireArgs args;
        args.task.guid = name_ + "-" + std::to_string(begun_++);
        args.task.payload = std::string(200, 'p');
        const std::string guid = args.task.guid;
        ask(args, Kind::desired, guid, [this, guid](const Applied&) { claim(guid); });
    }

    void claim(const std::string& guid) {
        ask(ClaimArgs{guid, name_}, Kind::claimed, guid, [this, guid](const Owned& owned) {
            start(guid, owned.epoch);
        });
    }

    void start(const std::string& guid, Seq epoch) {
        const StartArgs args{guid, name_, epoch, "handle"};
        ask(args, Kind::started, guid, [this, guid, epoch](const Applied&) {
            complete(guid, epoch);
        });
    }

    void complete(const std::string& guid, Seq epoch) {
        const CompleteArgs args{.guid = guid, .epoch = epoch, .result = "done"};
        ask(args, Kind::completed, guid, [this, guid](const Applied&) { resolving(guid); });
    }

    void resolving(const std::string& guid) {
        ask(ResolvingArgs{guid}, Kind::resolving, guid, [this, guid](const Owned& owned) {
            resolve(guid, owned.epoch);
        });
    }

    void resolve(const std::string& guid, Seq epoch) {
        ask(ResolveArgs{guid, epoch}, Kind::resolved, guid, [this](const Applied&) { desire(); });
    }

    // All callbacks run on the client's one thread, so only counters are shared.
    template <class Args, class Next>
    void ask(const Args& args, Kind kind, const std::string& guid, Next next) {
        const auto done = [this, kind, guid, next](Result<typename Args::Reply> result) {
            if (!result) {
                failure_ = guid + ": " + result.error().message;
                --under_way_;
                return;
            }
            if (!made_.emplace(result->seq, std::pair(kind, guid)).second) {
                failure_ = guid + ": an event was told twice";
            }
            ++answered_;
            next(*result);
        };
        client_.call(args, Callback<typename Args::Reply>(done), {.timeout = patience});
    }

    Client& client_;
    std::string name_;
    std::atomic<bool> enough_ = false;
    std::atomic<int> under_way_ = 0;
    std::atomic<int> answered_ = 0;
    std::atomic<int> begun_ = 0;
    std::string failure_;
    std::map<Seq, std::pair<Kind, std::string>> made_;
};

}  // namespace taskbbs::test
