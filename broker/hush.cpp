// A window for each kind that was ever seen: there are some dozens.
#include "broker/hush.hpp"

#include <algorithm>

namespace taskbbs::broker {

namespace {

// Lines that somebody asked for: what is wrong with a configuration, and of a reload, one an
// option.
bool is_asked_for(Level level, std::string_view event) {
    return level == Level::debug || event == "configuration_wrong" || event.starts_with("reload");
}

}  // namespace

bool Hush::admits(Level level, std::string_view event, Moment now) {
    auto kind = kinds_.find(event);
    if (kind == kinds_.end()) {
        kind = kinds_.emplace(event, Window{.began = now}).first;
    }
    Window& open = kind->second;
    open.level = level;
    if (now - open.began >= window) {
        open.began = now;
        open.shown = 0;  // what was kept back is said at the end of this window
    }
    const bool shows = open.shown < (is_asked_for(level, event) ? most_of_asked_for : most);
    ++(shows ? open.shown : open.kept_back);
    return shows;
}

void Hush::lost(std::string_view event, std::uint64_t lines, Moment now) {
    const auto kind = kinds_.find(event);
    if (kind == kinds_.end()) {
        return;
    }
    Window& open = kind->second;
    if (now - open.began >= window) {
        open.began = now;
        open.shown = 0;
    }
    open.kept_back += lines;
}

std::vector<Hush::Hushed> Hush::take_ended(Moment now) {
    std::vector<Hushed> ended;
    for (auto& [event, open] : kinds_) {
        if (open.kept_back > 0 && now - window >= open.began) {
            ended.push_back({event, open.level, open.kept_back});
            open.kept_back = 0;
        }
    }
    return ended;
}

std::optional<Hush::Moment> Hush::next_end() const {
    std::optional<Moment> next;
    for (const auto& [event, open] : kinds_) {
        if (open.kept_back > 0) {
            next = std::min(next.value_or(Moment::max()), open.began + window);
        }
    }
    return next;
}

}  // namespace taskbbs::broker
