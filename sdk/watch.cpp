// The machine behind a watch: publications and ticks, and what they say about what was missed.
// Listing and replaying is watch_asking.cpp.
#include "sdk/watch.hpp"

#include "sdk/wire.hpp"

#include <algorithm>

namespace taskbbs::sdk {

using protocol::Value;

WatchMachine::WatchMachine(WatchOptions options, Random random, WatchSettings settings)
    : options_(std::move(options)),
      random_(std::move(random)),
      settings_(settings),
      whole_(options_.domains.empty() && options_.guid.empty()),
      dense_(whole_ && options_.streams.empty()),
      position_(options_.from == WatchFrom::after ? options_.after : 0) {}

// ---- what is watched -------------------------------------------------------------------------

std::vector<std::string> WatchMachine::topics() const {
    std::vector<std::string> topics{std::string(protocol::tick_topic)};
    for (std::size_t i = 0; i < protocol::stream_count; ++i) {
        const auto stream = static_cast<Stream>(i);
        if (!watches(stream)) {
            continue;
        }
        const std::string prefix = std::string(name_of(stream)) + ".";
        if (options_.domains.empty()) {
            topics.push_back(prefix);
        }
        for (const std::string& domain : options_.domains) {
            topics.push_back(prefix + domain + "." + options_.guid);
        }
    }
    return topics;
}

bool WatchMachine::watches(Stream stream) const {
    const auto& streams = options_.streams;
    const bool chosen =
        streams.empty() || std::find(streams.begin(), streams.end(), stream) != streams.end();
    switch (stream) {
        case Stream::executor:
            return chosen && whole_;
        case Stream::queue:
            return chosen && options_.guid.empty();
        default:
            return chosen;
    }
}

bool WatchMachine::matches(const Event& event) const {
    const auto& domains = options_.domains;
    const std::string& domain = event.is_queue() ? event.domain : event.task.domain;
    return watches(event.stream) && (options_.guid.empty() || event.task.guid == options_.guid) &&
           (domains.empty() || std::find(domains.begin(), domains.end(), domain) != domains.end());
}

// ---- publications ----------------------------------------------------------------------------

void WatchMachine::on_publication(std::string_view topic, std::string_view body, Instant now) {
    if (failure_) {
        return;
    }
    heard_at_ = now;
    if (silences_ > 0) {
        silences_ = 0;
        renew_patience();
    }
    topic == protocol::tick_topic ? on_tick(body) : on_event(body);
}

void WatchMachine::on_tick(std::string_view body) {
    const std::optional<Value> root = document_.parse(body);
    protocol::Tick tick;
    if (!root || root->type() != protocol::Type::map || protocol::decode(*root, tick)) {
        return;
    }
    newest_ = Heard{.seq = tick.seq, .ordinals = tick.ordinals, .log = std::string(tick.log)};
    if (phase_ == Phase::joining) {
        begin(*newest_, false);
    } else if (newest_->log != log_) {
        reset(Reset::Reason::log_changed);
    } else if (phase_ == Phase::live) {
        check_tick();
    }
}

void WatchMachine::on_event(std::string_view body) {
    const std::optional<Value> root = document_.parse(body);
    if (!root) {
        return;
    }
    const auto stream = protocol::named<Stream>(root->at("stream").str().value_or(""));
    Sighting sighting{.seq = root->at("seq").integer().value_or(0),
                      .stream = stream.value_or(Stream::pending),
                      .ordinal = root->at("ordinal").integer().value_or(0),
                      .event = read_event(*root)};
    const bool usable = stream && watches(*stream) && sighting.seq > 0 && sighting.ordinal > 0;
    if (!usable || (sighting.event && !matches(*sighting.event))) {
        return;
    }
    if (phase_ != Phase::live) {
        if (early_.size() >= settings_.early) {
            early_.clear();  // a hole like any other: it is seen and fetched
        }
        early_.push_back(std::move(sighting));
    } else if (can_take(sighting)) {
        accept(std::move(sighting));
    } else {
        early_.push_back(std::move(sighting));
        replay_from(position_);
    }
}

bool WatchMachine::is_known(const Sighting& sighting) const {
    if (whole_) {
        return sighting.ordinal <= ordinals_[sighting.stream];
    }
    return sighting.seq <= position_ || delivered_.contains(sighting.seq);
}

// Nothing can be missing before it. A watch of less than a stream takes what comes: what it missed,
// the next tick tells.
bool WatchMachine::can_take(const Sighting& sighting) const {
    if (!whole_ || sighting.seq <= position_ || is_known(sighting)) {
        return true;
    }
    return dense_ ? sighting.seq == position_ + 1
                  : sighting.ordinal == ordinals_[sighting.stream] + 1;
}

void WatchMachine::accept(Sighting sighting) {
    if (is_known(sighting)) {
        return;
    }
    if (whole_) {
        ordinals_[sighting.stream] = sighting.ordinal;
    } else {
        delivered_.insert(sighting.seq);
    }
    // What is not above was listed, replayed or not asked for; only its ordinal was not known.
    if (sighting.seq > position_ && sighting.event) {
        deliver(*std::move(sighting.event));
    }
    if (dense_) {
        position_ = std::max(position_, sighting.seq);
    }
}

void WatchMachine::deliver(Event event) {
    const auto listed = event.is_task() ? listed_.find(event.task.guid) : listed_.end();
    if (listed == listed_.end() || event.seq > listed->second) {
        deliveries_.emplace_back(std::move(event));
    }
}

// ---- histories -------------------------------------------------------------------------------

// `anew`: after a Reset, when what WatchOptions::after counted in is gone.
void WatchMachine::begin(const Heard& tick, bool anew) {
    log_ = tick.log;
    joined_ = tick;
    told_.reset();
    early_.clear();
    delivered_.clear();
    listed_.clear();
    plan_.clear();
    listed_from_.reset();
    listed_until_ = 0;
    ordinals_ = {};
    switch (options_.from) {
        case WatchFrom::listing:
            phase_ = Phase::listing;
            plan_listing();
            return;
        case WatchFrom::beginning:
            replay_from(0);
            return;
        case WatchFrom::after:
            if (!anew) {
                replay_from(options_.after);
                return;
            }
            break;
        case WatchFrom::now:
            break;
    }
    position_ = tick.seq;
    ordinals_ = tick.ordinals;
    phase_ = Phase::live;
}

void WatchMachine::reset(Reset::Reason reason) {
    deliveries_.emplace_back(Reset{reason});
    answer_is_stale_ = asking_;
    begin(newest_.value_or(Heard{}), true);
}

// Live and the tick is ahead: something that was published never came, or it is not ours.
void WatchMachine::check_tick() {
    if (!newest_ || newest_->seq <= position_) {
        return;
    }
    bool behind = dense_ || !whole_;
    for (std::size_t i = 0; i < protocol::stream_count && !behind; ++i) {
        const auto stream = static_cast<Stream>(i);
        behind = watches(stream) && newest_->ordinals[stream] > ordinals_[stream];
    }
    if (behind) {
        replay_from(position_);
    } else {
        position_ = newest_->seq;
        forget_settled();
    }
}

void WatchMachine::forget_settled() {
    delivered_.erase(delivered_.begin(), delivered_.upper_bound(position_));
    if (position_ >= listed_until_) {
        listed_.clear();
    }
}

std::vector<Delivery> WatchMachine::take_deliveries() {
    return std::exchange(deliveries_, {});
}

std::optional<Seq> WatchMachine::take_caught_up() {
    if (phase_ != Phase::live || told_ == position_) {
        return std::nullopt;
    }
    told_ = position_;
    return told_;
}

// ---- time and the connection -----------------------------------------------------------------

void WatchMachine::on_connected(Instant now) {
    wants_connection_ = false;
    heard_at_ = now;
    renew_patience();
}

void WatchMachine::renew_patience() {
    const Duration most = settings_.patience_max - settings_.patience;
    patience_ =
        settings_.patience + jitter(random_, doubled(settings_.patience, silences_, most)) / 2;
}

void WatchMachine::on_timer(Instant now) {
    if (!wants_connection_ && heard_at_ + patience_ <= now) {
        wants_connection_ = true;
        ++silences_;
    }
}

std::optional<Instant> WatchMachine::next_deadline() const {
    std::optional<Instant> next;
    if (failure_) {
        return next;
    }
    if (!wants_connection_) {
        next = heard_at_ + patience_;
    }
    const bool will_ask = !asking_ && (phase_ == Phase::listing || phase_ == Phase::replaying);
    if (will_ask && (!next || ask_at_ < *next)) {
        next = ask_at_;
    }
    return next;
}

}  // namespace taskbbs::sdk
