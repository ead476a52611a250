// Lines are as many as there are mistakes, or options that changed.
#include "broker/reload_lines.hpp"

namespace taskbbs::broker {

void say_reloaded(Log& log,
                  const std::vector<Change>& changed,
                  const std::vector<Hidden>& hidden,
                  std::size_t keys) {
    for (const auto& [option, from, to, applies] : changed) {
        if (applies) {
            log.info("reload_changed", {{"option", option}, {"from", from}, {"to", to}});
        } else {
            log.warn("reload_needs_restart", {{"option", option}, {"from", from}, {"to", to}});
        }
    }
    for (const auto& [name, text, at, by] : hidden) {
        log.warn("reload_hidden", {{"option", name}, {"value", text}, {"at", at}, {"by", by}});
    }
    log.info("reloaded", {{"authorized_keys", keys}});
}

void say_refused(Log& log, const ConfigurationError& error) {
    for (const auto& [where, what] : error.faults()) {
        log.error("reload_refused", {{"where", where}, {"says", what}});
    }
}

}  // namespace taskbbs::broker
