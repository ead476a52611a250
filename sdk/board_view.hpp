// The fold of a watch: tasks as they are, from listings and events in whatever order a watch hands
// them over, and the differences that they make. No threads.
#pragma once

#include "taskbbs/task.hpp"
#include "taskbbs/watch.hpp"

#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taskbbs::sdk {

struct Change {
    std::optional<Task> before;
    std::optional<Task> after;
};

class BoardView {
  public:
    // `states`: in which a task is in the view; empty: all.
    explicit BoardView(std::vector<State> states) : states_(std::move(states)) {}

    // Each says what changed, if anything.
    std::optional<Change> on_listed(const Task& task);
    std::optional<Change> on_event(const Event& event);
    // Everything is in doubt until it is listed again.
    void on_reset();
    // All that happened up to here was handed over: what is still in doubt is gone.
    std::vector<Change> on_caught_up(Seq position);

    std::map<std::string, Task> snapshot() const;
    std::optional<Task> find(std::string_view guid) const;

    std::size_t size() const { return size_; }

    // 0: not live.
    Seq position() const { return position_; }

    bool is_live() const { return live_; }

  private:
    // A task that is gone stays for as long as an older event of it can still come.
    struct Known {
        Task task;
        bool gone = false;
        bool doubtful = false;
    };

    using Tasks = std::map<std::string, Known, std::less<>>;

    bool shows(const Known& known) const;
    std::optional<Change> become(const std::string& guid, Task task, bool gone);

    const std::vector<State> states_;
    Tasks tasks_;
    std::vector<std::pair<Seq, std::string>> gone_;  // in the order in which they went
    std::size_t size_ = 0;
    Seq position_ = 0;
    bool live_ = false;
};

}  // namespace taskbbs::sdk
