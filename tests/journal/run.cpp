// Runs a journal over a disk and says what it acknowledged.
#include "tests/journal/run.hpp"

#include <utility>

namespace taskbbs::journal {

Event event(Seq seq) {
    Event made;
    made.seq = seq;
    const auto number = static_cast<std::uint64_t>(seq);
    made.tags.stream = static_cast<std::uint8_t>(seq % 7);
    made.tags.group = static_cast<std::uint32_t>(seq % 3 + 1);
    made.tags.key = number % 10 + 1;
    made.body = "body of event " + std::to_string(seq) + std::string(number * 37 % 90, 'b');
    made.rest = seq % 2 == 0 ? "" : "rest of event " + std::to_string(seq);
    return made;
}

std::vector<Event> events_up_to(Seq last) {
    std::vector<Event> events;
    for (Seq seq = 1; seq <= last; ++seq)
        events.push_back(event(seq));
    return events;
}

Settings small_settings() {
    Settings settings;
    settings.segment_bytes = 5 * block_bytes;
    settings.reserve_bytes = 10 * block_bytes;
    return settings;
}

protocol::Time at(std::int64_t ms) {
    return protocol::Time(std::chrono::milliseconds(ms));
}

Replayed replay(Disk& disk, const Settings& settings) {
    Replayed found;
    const Visitor visitor{
        .on_batch = [&](const BatchInfo& batch) { found.batches.push_back(batch); },
        .on_record =
            [&](const Record& record) {
                found.events.push_back(
                    {record.seq, record.tags, std::string(record.body), std::string(record.rest)});
            }};
    found.recovered = recover(disk, settings, {.now = at(1), .writer = "test"}, visitor);
    return found;
}

Run::Run(Disk& disk, const Settings& settings) : Run(disk, settings, replay(disk, settings)) {}

Run::Run(Disk& disk, const Settings& settings, Replayed replayed)
    : replayed_(std::move(replayed.events)),
      reserve_(disk,
               settings.reserve_bytes,
               [this](std::string_view line) { reports_.emplace_back(line); }),
      spares_(disk,
              reserve_,
              usable_segment_bytes(settings.segment_bytes),
              [this](std::string_view line) { reports_.emplace_back(line); }),
      writer_(disk, reserve_, spares_, settings, std::move(replayed.recovered)) {
    reserve_.adopt();
    spares_.adopt();
}

void Run::write(std::uint32_t count) {
    batch_.clear();
    batch_.set_first_seq(writer_.next_seq());
    batch_.set_time(at(writer_.next_seq()));
    for (std::uint32_t i = 0; i < count; ++i) {
        const Event made = event(batch_.first_seq() + i);
        batch_.append(made.tags, made.body, made.rest);
    }
    writer_.commit(batch_);
}

void Run::write_empty(std::uint32_t flags) {
    batch_.clear();
    batch_.set_first_seq(writer_.next_seq());
    batch_.set_flags(flags);
    batch_.set_time(at(writer_.next_seq()));
    writer_.commit(batch_);
}

void Run::rest() {
    while (const auto pause = spares_.step()) {
        if (*pause >= Spares::retry_pause) return;
    }
}

}  // namespace taskbbs::journal
