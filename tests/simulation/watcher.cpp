// The driver of a watch, as in sdk/watch_thread.
#include "tests/simulation/watcher.hpp"

#include "tests/simulation/finding.hpp"

#include <algorithm>
#include <map>

namespace taskbbs::simulation {

Watcher::Watcher(Bench& bench, WatchOptions options)
    : bench_(bench),
      options_(options),
      client_(bench),
      machine_(std::move(options), [&bench] { return bench.draw.word(); }),
      alarm_(bench, [this] { turn(); }) {
    alarm_.at(bench_.now());
}

void Watcher::turn() {
    machine_.on_timer(bench_.now());
    connect();
    for (const sdk::Delivery& delivery : machine_.take_deliveries()) {
        if (const auto* event = std::get_if<Event>(&delivery)) seen_.push_back(*event);
        was_reset_ = was_reset_ || std::holds_alternative<Reset>(delivery);
    }
    expect(!machine_.failure(),
           "a watch gave up: {}",
           machine_.failure() ? machine_.failure()->message : "");
    if (const auto ask = machine_.take_ask(bench_.now())) {
        std::visit(
            [this]<class Args>(const Args& args) {
                client_.call<Args>(args, [this](const Result<typename Args::Reply>& answer) {
                    machine_.on_answer(answer, bench_.now());
                    alarm_.at(bench_.now());
                });
            },
            *ask);
    }
    alarm_.at(machine_.next_deadline());
}

void Watcher::connect() {
    if (!machine_.wants_connection()) return;
    subscription_ = bench_.network.subscribe(
        subscription_,
        {.topics = machine_.topics(),
         .on_publication = [this](const std::string& topic, const std::string& body) {
             machine_.on_publication(topic, body, bench_.now());
             turn();
         }});
    machine_.on_connected(bench_.now());
}

bool Watcher::matches(const Fact& fact) const {
    const auto named_stream = [&](Stream each) { return name_of(each) == fact.stream; };
    const bool stream =
        options_.streams.empty() || std::ranges::any_of(options_.streams, named_stream);
    const bool domain = options_.domains.empty() ||
                        std::ranges::find(options_.domains, fact.domain) != options_.domains.end();
    return stream && domain;
}

void Watcher::check(Seq up_to) const {
    if (was_reset_) return;
    const Witness& witness = bench_.witness;
    std::map<Seq, int> times;
    std::map<std::string, Seq> last;
    for (const Event& event : seen_) {
        const std::string stream(name_of(event.stream));
        expect(event.seq <= witness.seq(), "a watcher saw event {}, which never was", event.seq);
        const Fact& fact = witness.fact(event.seq);
        expect(matches(fact) && fact.stream == stream && fact.ordinal == event.ordinal &&
                   fact.kind == name_of(event.kind) && fact.guid == event.task.guid,
               "a watcher saw event {} otherwise than it was",
               event.seq);
        // A watch by domain sees no holes: what it missed comes late.
        expect(!options_.domains.empty() || event.seq > last[stream],
               "a watcher saw event {} of {} behind {}",
               event.seq,
               stream,
               last[stream]);
        last[stream] = event.seq;
        ++times[event.seq];
    }
    for (Seq seq = options_.after + 1; seq <= up_to; ++seq) {
        if (!matches(witness.fact(seq))) continue;
        expect(times[seq] == 1, "a watcher saw event {} {} times", seq, times[seq]);
    }
}

}  // namespace taskbbs::simulation
