// A watch's machine in front of a small board: a list of events in a test's hand, of which some are
// published and some are lost, and a history that answers what the machine asks.
#pragma once

#include "protocol/codec.hpp"
#include "sdk/watch.hpp"

#include <algorithm>
#include <map>
#include <string>
#include <vector>

namespace taskbbs::sdk {

class Board {
  public:
    // Something happens to a task; nothing is published yet.
    Event happen(Stream stream, std::string guid, std::string domain = "default") {
        Event event{.seq = static_cast<Seq>(events.size()) + 1,
                    .stream = stream,
                    .ordinal = ++ordinals_[stream],
                    .kind = Kind::kicked,
                    .task = {.guid = std::move(guid), .domain = std::move(domain)}};
        event.task.seq = event.seq;
        event.task.state = static_cast<State>(stream);
        events.push_back(event);
        return event;
    }

    // The queues of a domain are paused.
    Event pause(std::string domain) {
        Event event{.seq = static_cast<Seq>(events.size()) + 1,
                    .stream = Stream::queue,
                    .ordinal = ++ordinals_[Stream::queue],
                    .kind = Kind::paused,
                    .domain = std::move(domain)};
        events.push_back(event);
        return event;
    }

    Seq seq() const { return static_cast<Seq>(events.size()); }

    std::string tick() const {
        std::string bytes;
        protocol::Packer packer(bytes);
        encode(packer, protocol::Tick{.seq = seq(), .ordinals = ordinals_, .log = log});
        return bytes;
    }

    Result<Replayed> replay(const ReplayArgs& args) const {
        if (args.after + 1 < oldest || args.after > seq()) {
            return tl::unexpected(
                Error{.code = Code::refused, .status = Status::truncated, .oldest = oldest});
        }
        Replayed page{.next = std::min(args.after + args.limit, seq()), .seq = seq()};
        for (Seq at = args.after + 1; at <= page.next; ++at) {
            const Event& event = events[static_cast<std::size_t>(at) - 1];
            const std::string& domain = event.is_queue() ? event.domain : event.task.domain;
            if (matches(args.streams, event.stream) && matches(args.domains, domain) &&
                (args.guid.empty() || args.guid == event.task.guid)) {
                page.events.push_back(event);
            }
        }
        return page;
    }

    // The newest state of each task, as one page.
    TaskPage list(const ListArgs& args) const {
        std::map<std::string, Task> newest;
        for (const Event& event : events) {
            if (event.is_queue()) {
                continue;
            }
            newest[event.task.guid] = event.task;
        }
        TaskPage page{.seq = seq()};
        for (const auto& [guid, task] : newest) {
            if (args.state.value_or(task.state) == task.state && task.state != State::resolved &&
                args.domain.value_or(task.domain) == task.domain) {
                page.tasks.push_back(task);
            }
        }
        return page;
    }

    std::vector<Event> events;
    std::string log = "log-1";
    Seq oldest = 1;

  private:
    template <class T>
    static bool matches(const std::vector<T>& wanted, const T& given) {
        return wanted.empty() || std::find(wanted.begin(), wanted.end(), given) != wanted.end();
    }

    Ordinals ordinals_;
};

class WatchHarness {
  public:
    explicit WatchHarness(WatchOptions options, WatchSettings settings = {})
        : machine(
              std::move(options), [] { return std::uint64_t{0}; }, settings) {
        machine.on_connected(now);
    }

    void publish(const Event& event) {
        std::string bytes;
        protocol::Packer packer(bytes);
        if (event.is_queue()) {
            encode(packer,
                   protocol::QueueEventView{.seq = event.seq,
                                            .ordinal = event.ordinal,
                                            .kind = event.kind,
                                            .domain = event.domain});
            machine.on_publication(name_of(event.stream), bytes, now);
            collect();
            return;
        }
        encode(packer,
               protocol::TaskEventView{.seq = event.seq,
                                       .stream = event.stream,
                                       .ordinal = event.ordinal,
                                       .kind = event.kind,
                                       .task = protocol::view_of(event.task)},
               protocol::Defaults::keep,
               protocol::header);
        machine.on_publication(name_of(event.stream), bytes, now);
        collect();
    }

    void tick() {
        machine.on_publication("tick", board.tick(), now);
        collect();
    }

    // The board answers one ask, if there is one.
    bool answer() {
        const std::optional<Ask> ask = machine.take_ask(now);
        if (!ask) {
            return false;
        }
        asks.push_back(*ask);
        if (const auto* replay = std::get_if<ReplayArgs>(&*ask)) {
            machine.on_answer(board.replay(*replay), now);
        } else if (const auto* list = std::get_if<ListArgs>(&*ask)) {
            machine.on_answer(Result<TaskPage>(board.list(*list)), now);
        }
        collect();
        return true;
    }

    void settle() {
        while (answer()) {
        }
    }

    void collect() {
        for (Delivery& delivery : machine.take_deliveries()) {
            if (const auto* event = std::get_if<Event>(&delivery)) {
                seqs.push_back(event->seq);
            } else if (const auto* listed = std::get_if<Listed>(&delivery)) {
                listed_guids.push_back(listed->task.guid);
            } else {
                resets.push_back(std::get<Reset>(delivery).reason);
            }
        }
    }

    Board board;
    Instant now{std::chrono::hours(1)};
    WatchMachine machine;
    std::vector<Seq> seqs;  // of the events that were delivered
    std::vector<std::string> listed_guids;
    std::vector<Reset::Reason> resets;
    std::vector<Ask> asks;
};

}  // namespace taskbbs::sdk
