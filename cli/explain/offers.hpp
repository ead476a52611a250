// Which executors could take a task and what keeps the others from it, by what their heartbeats
// say: stacks, slots and free; and by the domains that their latest acquire named. What an executor
// does not say stands in nobody's way. Pure.
#pragma once

#include "taskbbs/calls.hpp"

#include <array>
#include <limits>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::cli {

enum class Obstacle : std::uint8_t {
    other_stack,   // it runs other stacks
    other_domain,  // it takes tasks of other domains
    too_small,     // less is free than the task needs
    full,          // its slots are taken
    draining,      // it takes no more
    silent,        // its presence has run out
};

inline constexpr std::size_t obstacles = 6;

std::string_view word_of(Obstacle obstacle);

struct Candidate {
    std::string executor_id;
    std::vector<Obstacle> obstacles;  // none: it could take the task now
    std::string why;                  // the same in words
};

// Add every executor; the memory that this takes does not grow with them.
class Offers {
  public:
    static constexpr std::size_t most_examples = 20;

    explicit Offers(const Task& task);

    void add(const ExecutorInfo& executor);

    std::int64_t present() const { return present_; }

    std::int64_t could_take() const { return could_take_; }

    // One of another stack or domain is counted there alone; others under all that hinders them.
    std::int64_t count(Obstacle obstacle) const {
        return counts_[static_cast<std::size_t>(obstacle)];
    }

    // What nobody offers now: "stack", "domain", "memory_mb", "disk_mb", "cpu_percent"; "resources"
    // where each of them is offered, but not all by one executor.
    std::vector<std::string_view> missing() const;

    // The most that any executor of the task's stack and domain has free (of any, where there is
    // none): absent where nobody is limited, or nobody is there.
    std::optional<std::int64_t> most_free(std::string_view resource) const;

    // Those that come closest first.
    std::vector<Candidate> examples() const;

  private:
    static constexpr std::int64_t any = std::numeric_limits<std::int64_t>::max();

    // A field of the task's needs and what is the most that was found free.
    struct Need {
        std::string_view name;
        std::string_view words;
        std::optional<std::int64_t> Resources::*free = nullptr;
        std::int64_t needed = 0;
        std::int64_t most = -1;            // of executors of its stack and domain
        std::int64_t most_elsewhere = -1;  // of the others
    };

    std::int64_t most_of(const Need& need) const;
    std::string shortage(const ExecutorInfo& executor) const;
    void keep(Candidate candidate, std::size_t rank);

    std::string stack_;
    std::string domain_;
    std::array<Need, 3> needs_;
    std::int64_t present_ = 0;
    std::int64_t could_take_ = 0;
    std::array<std::int64_t, obstacles> counts_{};
    bool stack_offered_ = false;
    bool domain_offered_ = false;  // with the stack, where that is offered
    bool domain_elsewhere_ = false;
    bool fits_somewhere_ = false;
    std::array<std::vector<Candidate>, 4> kept_;  // by rank, each at most most_examples
};

}  // namespace taskbbs::cli
