// One executor at a time against what the task needs.
#include "cli/explain/offers.hpp"

#include <algorithm>
#include <fmt/format.h>
#include <utility>

namespace taskbbs::cli {
namespace {

// How close an executor comes to taking the task.
enum Rank : std::uint8_t { able, hindered, of_other_domain, of_other_stack };

bool includes(const std::vector<std::string>& names, const std::string& name) {
    return names.empty() || std::find(names.begin(), names.end(), name) != names.end();
}

// A few of them; "''" is the name of the stack that tasks without one are of.
std::string listed(const std::vector<std::string>& names) {
    constexpr std::size_t most = 5;
    std::string text;
    for (std::size_t i = 0; i < std::min(names.size(), most); ++i) {
        text += fmt::format("{}{}", i == 0 ? "" : ", ", names[i].empty() ? "''" : names[i]);
    }
    return names.size() > most ? fmt::format("{} and {} more", text, names.size() - most) : text;
}

}  // namespace

std::string_view word_of(Obstacle obstacle) {
    constexpr auto words = std::to_array<std::string_view>(
        {"other_stack", "other_domain", "too_small", "full", "draining", "silent"});
    static_assert(words.size() == obstacles);
    return words[static_cast<std::size_t>(obstacle)];
}

Offers::Offers(const Task& task)
    : stack_(task.stack),
      domain_(task.domain),
      needs_{Need{"memory_mb", "MB of memory", &Resources::memory_mb, task.memory_mb},
             Need{"disk_mb", "MB of disk", &Resources::disk_mb, task.disk_mb},
             Need{"cpu_percent", "% of cpu", &Resources::cpu_percent, task.cpu_percent}} {}

void Offers::add(const ExecutorInfo& executor) {
    ++present_;
    const bool has_stack = includes(executor.stacks, stack_);
    const bool has_domain = includes(executor.domains, domain_);
    const bool matches = has_stack && has_domain;
    stack_offered_ |= has_stack;
    domain_offered_ |= matches;
    domain_elsewhere_ |= has_domain;
    for (Need& need : needs_) {
        const std::int64_t free = executor.free ? ((*executor.free).*need.free).value_or(any) : any;
        std::int64_t& most = matches ? need.most : need.most_elsewhere;
        most = std::max(most, free);
    }

    Candidate candidate{.executor_id = executor.executor_id, .obstacles = {}, .why = {}};
    const auto hinder = [&](Obstacle obstacle, const std::string& why) {
        ++counts_[static_cast<std::size_t>(obstacle)];
        candidate.obstacles.push_back(obstacle);
        candidate.why += (candidate.why.empty() ? "" : "; ") + why;
    };
    if (!has_stack) {
        hinder(Obstacle::other_stack, "of stack " + listed(executor.stacks));
    }
    if (!has_domain) {
        hinder(Obstacle::other_domain, "takes domain " + listed(executor.domains) + " only");
    }
    const auto too_little = shortage(executor);
    fits_somewhere_ |= matches && too_little.empty();
    const auto held = executor.claimed + executor.running;
    if (!too_little.empty()) {
        hinder(Obstacle::too_small,
               fmt::format("too small{}: {}", held > 0 ? " now" : "", too_little));
    }
    if (executor.slots > 0 && held >= executor.slots) {
        hinder(Obstacle::full, fmt::format("full: {} of {} slots taken", held, executor.slots));
    }
    if (executor.draining) {
        hinder(Obstacle::draining, "draining");
    }
    if (executor.expires_in <= milliseconds{0}) {
        hinder(Obstacle::silent, "silent: its heartbeats have stopped");
    }
    if (candidate.obstacles.empty()) {
        ++could_take_;
        candidate.why = "could take it now";
        keep(std::move(candidate), able);
    } else {
        keep(std::move(candidate),
             !has_stack    ? of_other_stack
             : !has_domain ? of_other_domain
                           : hindered);
    }
}

// What it has too little of; empty where the task fits.
std::string Offers::shortage(const ExecutorInfo& executor) const {
    std::string text;
    for (const Need& need : needs_) {
        const auto free = executor.free ? (*executor.free).*need.free : std::nullopt;
        if (free && *free < need.needed) {
            text += fmt::format(
                "{}{} of {} {} free", text.empty() ? "" : ", ", *free, need.needed, need.words);
        }
    }
    return text;
}

void Offers::keep(Candidate candidate, std::size_t rank) {
    if (kept_[rank].size() < most_examples) {
        kept_[rank].push_back(std::move(candidate));
    }
}

std::int64_t Offers::most_of(const Need& need) const {
    return domain_offered_ ? need.most : std::max(need.most, need.most_elsewhere);
}

std::vector<std::string_view> Offers::missing() const {
    std::vector<std::string_view> missing;
    if (!stack_offered_) {
        missing.emplace_back("stack");
    }
    if (present_ > 0 && (stack_offered_ ? !domain_offered_ : !domain_elsewhere_)) {
        missing.emplace_back("domain");
    }
    const auto before = missing.size();
    for (const Need& need : needs_) {
        if (present_ > 0 && most_of(need) < need.needed) {
            missing.push_back(need.name);
        }
    }
    if (domain_offered_ && missing.size() == before && !fits_somewhere_) {
        missing.emplace_back("resources");
    }
    return missing;
}

std::optional<std::int64_t> Offers::most_free(std::string_view resource) const {
    for (const Need& need : needs_) {
        const auto most = most_of(need);
        if (need.name == resource && most >= 0 && most != any) {
            return most;
        }
    }
    return std::nullopt;
}

std::vector<Candidate> Offers::examples() const {
    std::vector<Candidate> examples;
    for (const auto& rank : kept_) {
        const auto room = most_examples - examples.size();
        examples.insert(examples.end(),
                        rank.begin(),
                        rank.begin() + static_cast<std::ptrdiff_t>(std::min(room, rank.size())));
    }
    return examples;
}

}  // namespace taskbbs::cli
