// A session with its time, its randomness and its broker in a test's hand.
#pragma once

#include "sdk/session.hpp"
#include "sdk/wire.hpp"

#include <map>
#include <string>
#include <vector>

namespace taskbbs::sdk {

inline constexpr std::uint64_t no_jitter = 0;

struct SentMessage {
    RequestId acked = 0;
    std::vector<RequestId> ids;  // without the hellos of the session's own
    std::vector<RequestId> hellos;
    std::size_t bytes = 0;
};

class SessionHarness {
  public:
    explicit SessionHarness(SessionSettings settings = {}, std::uint64_t random = 0)
        : session(
              protocol::SessionId{}, [random] { return random; }, settings) {}

    // A session that is connected and knows the limits.
    SessionHarness& settled() {
        connect();
        const RequestId id = desire("first");
        const auto sent = send();
        answer_hello(sent.at(0).hellos.at(0));
        ok(id);
        return *this;
    }

    void connect() { session.on_connected(now); }

    template <class Args>
    RequestId submit(const Args& args, Duration timeout = std::chrono::seconds(30)) {
        return session
            .submit(now, {.verb = verb_of<Args>, .args = pack(args), .deadline = now + timeout})
            .value();
    }

    RequestId desire(std::string guid, Duration timeout = std::chrono::seconds(30)) {
        return submit(DesireArgs{.task = {.guid = std::move(guid)}}, timeout);
    }

    RequestId acquire(milliseconds wait) {
        const AcquireArgs args{.executor_id = "e", .wait = wait};
        return session
            .submit(now,
                    {.verb = Verb::acquire,
                     .args = pack(args),
                     .deadline = now + wait + std::chrono::seconds(30),
                     .wait = wait})
            .value();
    }

    // Everything that the session sends now.
    std::vector<SentMessage> send() {
        std::vector<SentMessage> all;
        while (const auto bytes = session.take_outgoing(now)) {
            all.push_back(parsed(*bytes));
        }
        return all;
    }

    // The ids of all that is sent now, in order.
    std::vector<RequestId> sent_ids() {
        std::vector<RequestId> ids;
        for (const SentMessage& message : send()) {
            ids.insert(ids.end(), message.ids.begin(), message.ids.end());
        }
        return ids;
    }

    // Time goes by, in one step.
    void pass(Duration time) {
        now += time;
        session.on_timer(now);
    }

    void ok(RequestId id) {
        writer_.add(id, Status::ok, protocol::SeqReply{.seq = 7});
        deliver();
    }

    void refuse(RequestId id, Status status) {
        writer_.refuse(id, status, {.message = "no"});
        deliver();
    }

    void answer_hello(RequestId id, std::int64_t message_bytes = 4 << 20) {
        writer_.add(
            id,
            Status::ok,
            protocol::HelloReply{
                .limits = {.message_bytes = message_bytes, .requests = 1024, .unacked = 4096}});
        deliver();
    }

    // What has completed: id -> "ok" or the error's name. Each at most once.
    const std::map<RequestId, std::string>& outcomes() {
        collect();
        return outcomes_;
    }

    const Error& error(RequestId id) {
        collect();
        return errors_.at(id);
    }

    Instant now{std::chrono::hours(1)};
    Session session;
    bool once = true;  // no id completed twice

  private:
    static SentMessage parsed(const std::string& bytes) {
        protocol::Document document;
        const auto message = protocol::parse_requests(document, bytes);
        SentMessage sent{.acked = message.value().acked, .bytes = bytes.size()};
        for (const auto& request : message->requests) {
            (request.verb == "hello" ? sent.hellos : sent.ids).push_back(request.id);
        }
        return sent;
    }

    void deliver() {
        bytes_ = writer_.close(7);
        session.on_message(bytes_, now);
        collect();
    }

    void collect() {
        for (Completion& completion : session.take_completions()) {
            const std::string outcome =
                completion.outcome ? "ok" : std::string(completion.outcome.error().name());
            once = once && outcomes_.emplace(completion.id, outcome).second;
            if (!completion.outcome) {
                errors_[completion.id] = completion.outcome.error();
            }
        }
    }

    protocol::ReplyWriter writer_;
    std::string bytes_;
    std::map<RequestId, std::string> outcomes_;
    std::map<RequestId, Error> errors_;
};

}  // namespace taskbbs::sdk
