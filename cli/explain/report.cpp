// The lines and the document.
#include "cli/explain/report.hpp"

#include "cli/shown_text.hpp"
#include "cli/time_words.hpp"

#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

// ---- words -----------------------------------------------------------------------------------

class Lines {
  public:
    explicit Lines(std::string first) : text_(std::move(first) + "\n") {}

    void add(std::string_view label, const std::string& words) {
        text_ += fmt::format("  {:10}  {}\n", label, words);
    }

    std::string take() { return std::move(text_); }

  private:
    std::string text_;
};

std::string needs_of(const Task& task) {
    auto text = fmt::format(
        "{}, domain {}", task.stack.empty() ? "no stack" : "stack " + task.stack, task.domain);
    const auto add = [&text](std::int64_t amount, std::string_view of) {
        if (amount > 0) {
            text += fmt::format(", {} {}", amount, of);
        }
    };
    add(task.memory_mb, "MB of memory");
    add(task.disk_mb, "MB of disk");
    add(task.cpu_percent, "% of cpu");
    return text;
}

std::string missing_in_words(const Task& task, const Offers& offers) {
    std::string text;
    for (const auto what : offers.missing()) {
        std::string words{what};
        if (what == "stack") {
            words = task.stack.empty() ? "to run tasks of no stack" : "stack " + task.stack;
        } else if (what == "domain") {
            words = "domain " + task.domain;
        } else if (what == "resources") {
            words = "all of its resources at once";
        } else if (const auto most = offers.most_free(what)) {
            words = fmt::format("enough {} (at most {} free)", what, *most);
        }
        text += (text.empty() ? "" : ", ") + words;
    }
    return text;
}

std::string counts_in_words(const Offers& offers) {
    if (offers.present() == 0) {
        return "none is present";
    }
    auto text = fmt::format("{} present: {} could take it", offers.present(), offers.could_take());
    for (std::size_t i = 0; i < obstacles; ++i) {
        const auto obstacle = static_cast<Obstacle>(i);
        if (offers.count(obstacle) > 0) {
            std::string word{word_of(obstacle)};
            std::replace(word.begin(), word.end(), '_', ' ');
            text += fmt::format(
                ", {} {}{}",
                offers.count(obstacle),
                obstacle == Obstacle::other_stack || obstacle == Obstacle::other_domain ? "of "
                                                                                        : "",
                word);
        }
    }
    return text;
}

void add_offers(Lines& lines, const Task& task, const Offers& offers) {
    lines.add("needs", needs_of(task));
    const auto missing = missing_in_words(task, offers);
    lines.add(
        "offers",
        missing.empty() ? "all that it needs is offered" : "nobody offers " + missing + " now");
    lines.add("executors", counts_in_words(offers));
    for (const Candidate& candidate : offers.examples()) {
        lines.add("", fmt::format("{}: {}", candidate.executor_id, candidate.why));
    }
}

std::string owner_in_words(const Explained& facts) {
    const Task& task = facts.task;
    if (task.state == State::resolving) {
        return fmt::format("a requester, under epoch {}", task.epoch);
    }
    if (!facts.owner) {
        return "nobody";
    }
    const Owner& owner = *facts.owner;
    return fmt::format("executor {} under epoch {}{}{}",
                       owner.executor_id,
                       task.epoch,
                       owner.present ? "" : ", which is not present",
                       owner.draining ? ", draining" : "");
}

void add_lease(Lines& lines, const Explained& facts) {
    const State state = facts.task.state;
    if (const auto end = lease_end(facts)) {
        lines.add("lease", "ends at " + moment_text(*end, facts.at));
    } else if (state == State::running) {
        lines.add("lease", "without a run time limit, as long as the executor heartbeats");
    }
    if (!facts.owner || !facts.owner->expires_at || !facts.owner->lost_at) {
        return;
    }
    const Owner& owner = *facts.owner;
    lines.add("presence",
              fmt::format(
                  "of {} {} {}; then it is lost at {}{}",
                  owner.executor_id,
                  *owner.expires_at <= facts.at ? "ran out at" : "lasts without a heartbeat until",
                  moment_text(*owner.expires_at, facts.at),
                  moment_text(*owner.lost_at, facts.at),
                  owner.held ? ", held until then by the brake" : ""));
}

std::string step_in_words(const Step& step, Time now) {
    if (!step.at) {
        return fmt::format(
            "due at {}, but no passes are made unless asked for (taskbbs converge): {}",
            moment_text(step.due_at, now),
            step.then);
    }
    return fmt::format("at {}: {}", moment_text(*step.at, now), step.then);
}

void add_convergence(Lines& lines, const Explained& facts, const Fate& fate) {
    for (std::size_t i = 0; i < fate.steps.size(); ++i) {
        lines.add(i == 0 ? "next" : "then", step_in_words(fate.steps[i], facts.at));
    }
    if (fate.steps.empty()) {
        lines.add("next", "convergence has nothing to do with it as it is");
    }
    if (facts.next_pass_at) {
        lines.add("passes",
                  fmt::format("every {}, the next at {}",
                              span_text(facts.every),
                              moment_text(*facts.next_pass_at, facts.at)));
    }
    if (facts.brake) {
        lines.add("brake", "holds: executors that fell silent together are not taken for lost yet");
    }
    if (facts.read_only) {
        lines.add(
            "read only",
            "the broker's disk is short: no task is handed out, kicks pause until there is room");
    }
}

// ---- a document ------------------------------------------------------------------------------

Json json_of_time(std::optional<Time> time) {
    return time ? Json(time->time_since_epoch().count()) : Json{};
}

Json json_of_steps(const Fate& fate) {
    Json steps = Json::array();
    for (const Step& step : fate.steps) {
        steps.push_back({{"action", word_of(step.deed)},
                         {"then", step.then},
                         {"due_at", json_of_time(step.due_at)},
                         {"at", json_of_time(step.at)}});
    }
    return steps;
}

Json json_of_owner(const Explained& facts) {
    const Task& task = facts.task;
    if (task.state == State::resolving) {
        return {{"role", "requester"},
                {"epoch", task.epoch},
                {"lease_ends_at", json_of_time(lease_end(facts))}};
    }
    if (!facts.owner) {
        return {};
    }
    const Owner& owner = *facts.owner;
    return {{"role", "executor"},
            {"executor_id", owner.executor_id},
            {"epoch", task.epoch},
            {"lease_ends_at", json_of_time(lease_end(facts))},
            {"present", owner.present},
            {"draining", owner.draining},
            {"held_by_brake", owner.held},
            {"ttl_ms", owner.ttl.count()},
            {"presence_ends_at", json_of_time(owner.expires_at)},
            {"lost_at", json_of_time(owner.lost_at)}};
}

Json json_of_offers(const Offers& offers) {
    Json json{{"missing", offers.missing()},
              {"present", offers.present()},
              {"could_take", offers.could_take()}};
    for (std::size_t i = 0; i < obstacles; ++i) {
        const auto obstacle = static_cast<Obstacle>(i);
        json[std::string{word_of(obstacle)}] = offers.count(obstacle);
    }
    json["examples"] = Json::array();
    for (const Candidate& candidate : offers.examples()) {
        Json words = Json::array();
        for (const Obstacle obstacle : candidate.obstacles) {
            words.push_back(word_of(obstacle));
        }
        json["examples"].push_back(
            {{"executor_id", candidate.executor_id}, {"obstacles", words}, {"why", candidate.why}});
    }
    return json;
}

Json json_of_needs(const Task& task) {
    return {{"stack", task.stack},
            {"domain", task.domain},
            {"memory_mb", task.memory_mb},
            {"disk_mb", task.disk_mb},
            {"cpu_percent", task.cpu_percent}};
}

}  // namespace

std::string explained_in_words(const Explained& facts, const Offers* offers) {
    const Task& task = facts.task;
    const Fate fate = fate_of(facts);
    Lines lines{fmt::format("{} is {}: {}", task.guid, name_of(task.state), fate.summary)};
    lines.add("since", moment_text(fate.since, facts.at));
    lines.add("until",
              fate.until ? fmt::format("{}, then {}", moment_text(*fate.until, facts.at), fate.then)
                         : "no time limit is set");
    if (task.state == State::completed || task.state == State::resolving) {
        lines.add("outcome", task.failed ? "failed: " + escaped(task.failure_reason) : "succeeded");
    }
    if (task.rejection_count > 0) {
        lines.add("rejected",
                  fmt::format("{} times of {} allowed, the last time: {}",
                              task.rejection_count,
                              task.max_rejections,
                              escaped(task.rejection_reason)));
    }
    if (facts.paused_since) {
        lines.add("paused",
                  fmt::format("since {}: end it with taskbbs resume --domain {}",
                              moment_text(*facts.paused_since, facts.at),
                              task.domain));
    }
    if (offers != nullptr) {
        add_offers(lines, task, *offers);
        if (offers->could_take() > 0 && !facts.paused_since) {
            lines.add("", "who could take it has not asked for it, or gets others before it");
        }
    }
    lines.add("owner", owner_in_words(facts));
    add_lease(lines, facts);
    add_convergence(lines, facts, fate);
    return lines.take();
}

Json explained_as_json(const Explained& facts, const Offers* offers) {
    const Fate fate = fate_of(facts);
    return {{"guid", facts.task.guid},
            {"state", name_of(facts.task.state)},
            {"at", json_of_time(facts.at)},
            {"waits_for", fate.waits_for},
            {"summary", fate.summary},
            {"since", json_of_time(fate.since)},
            {"until", json_of_time(fate.until)},
            {"then", fate.then},
            {"needs", json_of_needs(facts.task)},
            {"offers", offers != nullptr ? json_of_offers(*offers) : Json{}},
            {"owner", json_of_owner(facts)},
            {"next", json_of_steps(fate)},
            {"kicks", facts.kicks},
            {"every_ms", facts.every.count()},
            {"next_pass_at", json_of_time(facts.next_pass_at)},
            {"brake", facts.brake},
            {"read_only", facts.read_only},
            {"paused_since", json_of_time(facts.paused_since)},
            {"task", json_of(facts.task, protocol::header)}};
}

}  // namespace taskbbs::cli
