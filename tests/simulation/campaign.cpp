// Each process takes every n-th seed and says through a pipe what each came to.
#include "tests/simulation/campaign.hpp"

#include "tests/simulation/tally.hpp"
#include "tests/simulation/world.hpp"

#include <array>
#include <csignal>
#include <cstdio>
#include <fmt/format.h>
#include <iostream>
#include <map>
#include <optional>
#include <sstream>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace taskbbs::simulation {

namespace {

using Clock = std::chrono::steady_clock;

struct Outcome {
    Tally tally;
    std::string finding;  // empty: none
};

Outcome outcome_of(std::uint64_t seed) {
    Outcome outcome;
    try {
        World world(seed, outcome.tally);
        world.run();
    } catch (const std::exception& error) {
        outcome.finding = error.what();
    }
    return outcome;
}

void say_finding(const Campaign& campaign, std::uint64_t seed, const std::string& finding) {
    std::cout << fmt::format("seed {}: {}\n  to see it again: {} run --seed {}\n",
                             seed,
                             finding,
                             campaign.program,
                             seed)
              << std::flush;
}

void put_line(int pipe_end, const std::string& line) {
    if (write(pipe_end, line.data(), line.size()) < 0) _exit(1);
}

// Of each seed two lines: "> job seed" when it begins, "= tally" or "! seed finding" when it ends.
// "< job": there is no seed left.
void work(const Campaign& campaign, unsigned job, int pipe_end) {
    for (std::uint64_t seed = campaign.from + job;; seed += campaign.jobs) {
        if (campaign.seeds > 0 && seed >= campaign.from + campaign.seeds) break;
        put_line(pipe_end, fmt::format("> {} {}\n", job, seed));
        const Outcome outcome = outcome_of(seed);
        put_line(pipe_end,
                 outcome.finding.empty() ? fmt::format("= {}\n", outcome.tally.packed())
                                         : fmt::format("! {} {}\n", seed, outcome.finding));
        if (!outcome.finding.empty()) return;
    }
    put_line(pipe_end, fmt::format("< {}\n", job));
}

class Crew {
  public:
    explicit Crew(const Campaign& campaign) {
        std::array<int, 2> ends{};
        if (pipe(ends.data()) != 0) return;
        for (unsigned i = 0; i < campaign.jobs; ++i) {
            const pid_t child = fork();
            if (child == 0) {
                close(ends[0]);
                work(campaign, i, ends[1]);
                _exit(0);
            }
            children_.push_back(child);
        }
        close(ends[1]);
        lines_ = fdopen(ends[0], "r");
    }

    Crew(const Crew&) = delete;
    Crew& operator=(const Crew&) = delete;

    ~Crew() {
        if (lines_ != nullptr) std::fclose(lines_);
        for (const pid_t child : children_) {
            kill(child, SIGKILL);
            waitpid(child, nullptr, 0);
        }
    }

    // Nothing: all have ended.
    std::optional<std::string> next_line() {
        std::string line;
        for (int c = 0; lines_ != nullptr && (c = std::fgetc(lines_)) != EOF;) {
            if (c == '\n') return line;
            line.push_back(static_cast<char>(c));
        }
        return std::nullopt;
    }

  private:
    std::vector<pid_t> children_;
    std::FILE* lines_ = nullptr;
};

}  // namespace

int run_seed(std::uint64_t seed) {
    const Outcome outcome = outcome_of(seed);
    if (!outcome.finding.empty()) {
        std::cout << fmt::format("seed {}: {}\n", seed, outcome.finding);
        return 1;
    }
    std::cout << outcome.tally.shown();
    return 0;
}

namespace {

// What the crew says, added up.
class Protocol {
  public:
    explicit Protocol(const Campaign& campaign) : campaign_(&campaign) {}

    void take(const std::string& line) {
        std::istringstream words(line);
        char mark = 0;
        std::uint64_t number = 0;
        words >> mark;
        if (mark == '=') {
            all_.add(Tally::unpacked(line.substr(2)));
            return;
        }
        words >> number;
        if (mark == '>') {
            words >> under_way_[number];
        } else if (mark == '<') {
            under_way_.erase(number);
        } else {
            found_ = true;
            say_finding(*campaign_, number, line.substr(line.find(' ', 2) + 1));
        }
    }

    // Every process has ended: those that had seeds left crashed.
    void end() {
        for (const auto& [job, seed] : under_way_) {
            found_ = true;
            say_finding(*campaign_, seed, "the simulator's process crashed");
        }
    }

    bool is_over() const {
        return found_ || (campaign_->points > 0 && all_.points >= campaign_->points) ||
               (campaign_->lasts.count() > 0 && took() >= campaign_->lasts);
    }

    void say_progress() {
        if (took() - said_ < std::chrono::seconds(30)) return;
        said_ = took();
        std::cout << fmt::format("... {} crash points, {} seeds\n", all_.points, all_.seeds)
                  << std::flush;
    }

    void say_sum() const {
        const double seconds = std::chrono::duration<double>(took()).count();
        std::cout << all_.shown()
                  << fmt::format("  {:.0f} s, {:.0f} crash points a second\n",
                                 seconds,
                                 static_cast<double>(all_.points) / seconds);
    }

    bool found() const { return found_; }

  private:
    Clock::duration took() const { return Clock::now() - began_; }

    const Campaign* campaign_;
    Clock::time_point began_ = Clock::now();
    Clock::duration said_{};
    Tally all_;
    std::map<std::uint64_t, std::uint64_t> under_way_;  // job to seed
    bool found_ = false;
};

}  // namespace

int run_campaign(const Campaign& campaign) {
    Protocol protocol(campaign);
    {
        Crew crew(campaign);
        std::optional<std::string> line;
        while (!protocol.is_over() && (line = crew.next_line())) {
            protocol.take(*line);
            protocol.say_progress();
        }
        if (!protocol.is_over()) protocol.end();
    }
    protocol.say_sum();
    return protocol.found() ? 1 : 0;
}

}  // namespace taskbbs::simulation
