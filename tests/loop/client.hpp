// A client of the rig: a session that packs requests as any client does, and reads its replies.
#pragma once

#include "protocol/messages.hpp"
#include "tests/loop/rig.hpp"

#include <algorithm>
#include <string>
#include <utility>
#include <vector>

namespace taskbbs::loop_test {

using protocol::AcquireArgs;
using protocol::CancelArgs;
using protocol::ClaimArgs;
using protocol::CompleteArgs;
using protocol::ConvergeArgs;
using protocol::DepartArgs;
using protocol::DesireArgs;
using protocol::DrainArgs;
using protocol::ExecutorsArgs;
using protocol::GetArgs;
using protocol::HeartbeatArgs;
using protocol::HelloArgs;
using protocol::ListArgs;
using protocol::PauseArgs;
using protocol::PausedArgs;
using protocol::RejectArgs;
using protocol::ReplayArgs;
using protocol::ResolveArgs;
using protocol::ResolvingArgs;
using protocol::ResumeArgs;
using protocol::StartArgs;
using protocol::StatsArgs;

class Client {
  public:
    // The session is told by `name`: two clients of one name are one session.
    Client(Rig& rig, std::string name) : rig_(rig), peer_(name), session_(session_of(name)) {}

    static protocol::SessionId session_of(std::string_view name) {
        protocol::SessionId session;
        std::copy_n(
            name.begin(), std::min(name.size(), session.bytes.size()), session.bytes.begin());
        return session;
    }

    // Another connection of the same session.
    void reconnect(std::string peer) { peer_ = std::move(peer); }

    // ---- without waiting ---------------------------------------------------------------------
    template <class Args>
    void send_as(RequestId id, const Args& args) {
        last_id_ = std::max(last_id_, id);
        std::string packed;
        protocol::Packer packer(packed);
        pack_request(packer, id, args);
        send_packed(1, packed);
    }

    template <class Args>
    RequestId send(const Args& args) {
        send_as(last_id_ + 1, args);
        return last_id_;
    }

    void send_packed(std::uint32_t count, std::string_view packed) {
        std::string frame;
        protocol::Packer packer(frame);
        pack_request_message(packer, session_, acked_, count, packed);
        rig_.receive(peer_, frame);
    }

    // A request whose args are packed by hand.
    void send_raw(RequestId id, std::string_view verb, std::string_view args) {
        std::string packed;
        protocol::Packer packer(packed);
        packer.array(3);
        packer.integer(id);
        packer.str(verb);
        packer.raw(args);
        send_packed(1, packed);
    }

    // ---- with the reply ----------------------------------------------------------------------
    template <class Args>
    Answer ask_as(RequestId id, const Args& args) {
        send_as(id, args);
        return answer_to(id);
    }

    template <class Args>
    Answer ask(const Args& args) {
        return answer_to(send(args));
    }

    // The one reply to this id that has come by now.
    Answer answer_to(RequestId id) {
        rig_.run();
        read();
        const auto first = std::stable_partition(
            got_.begin(), got_.end(), [id](const Answer& answer) { return answer.id != id; });
        REQUIRE(got_.end() - first == 1);
        const Answer answer = *first;
        got_.erase(first, got_.end());
        return answer;
    }

    std::size_t answers_to(RequestId id) {
        read();
        return static_cast<std::size_t>(std::count_if(
            got_.begin(), got_.end(), [id](const Answer& answer) { return answer.id == id; }));
    }

    bool has_answer(RequestId id) { return answers_to(id) > 0; }

    // All that came, in their order.
    std::vector<Answer> take() {
        read();
        return std::exchange(got_, {});
    }

    // From the next message on.
    void ack(RequestId id) { acked_ = id; }

    RequestId last_id() const { return last_id_; }

    const protocol::SessionId& session() const { return session_; }

  private:
    void read() {
        for (const Answer& answer : rig_.take_answers(peer_)) {
            got_.push_back(answer);
        }
    }

    Rig& rig_;
    std::string peer_;
    protocol::SessionId session_;
    RequestId last_id_ = 0;
    RequestId acked_ = 0;
    std::vector<Answer> got_;
};

inline DesireArgs desire(std::string_view guid, TaskView task = {}) {
    task.guid = guid;
    return {task};
}

inline CompleteArgs complete(std::string_view guid) {
    return {.guid = guid};
}

// Has `guid` desired and brings it as far as `state`; the executor, if it gets one, is `executor`.
inline void bring(Client& client,
                  std::string_view guid,
                  State state,
                  std::string_view executor = "e",
                  const TaskView& task = {}) {
    REQUIRE(client.ask(desire(guid, task)).status == "ok");
    if (state >= State::claimed) {
        REQUIRE(client.ask(ClaimArgs{guid, executor}).status == "ok");
    }
    if (state >= State::running) {
        REQUIRE(client.ask(StartArgs{guid, executor, "box"}).status == "ok");
    }
    if (state >= State::completed) {
        REQUIRE(client.ask(complete(guid)).status == "ok");
    }
    if (state >= State::resolving) {
        REQUIRE(client.ask(ResolvingArgs{guid}).status == "ok");
    }
}

// Guids of an array of tasks, in their order.
inline Story guids_of(const protocol::Items& tasks) {
    Story guids;
    for (const Value task : tasks.array) {
        guids.emplace_back(task.at("guid").str().value());
    }
    return guids;
}

// All pages, from the first (or where args.cursor stands) to the last: of each, the names in it.
template <class Args, class NamesOf>
Story all_pages(Client& client, Args args, const NamesOf& names_of) {
    Story names;
    std::string cursor(args.cursor);
    do {
        args.cursor = cursor;
        const auto page = client.ask(args).template as<typename Args::Reply>();
        const Story more = names_of(page);
        CHECK(more.size() <= static_cast<std::size_t>(args.limit));
        CHECK((more.empty() ? !page.cursor : true));
        names.insert(names.end(), more.begin(), more.end());
        cursor = page.cursor.value_or("");
    } while (!cursor.empty());
    return names;
}

inline Story list_all(Client& client, const ListArgs& args) {
    return all_pages(
        client, args, [](const protocol::ListReply& page) { return guids_of(page.tasks); });
}

}  // namespace taskbbs::loop_test
