// The fold of a watch.
#include "sdk/board_view.hpp"

#include <algorithm>
#include <utility>

namespace taskbbs::sdk {

namespace {

// Streams pending and completed carry headers; of the others an event says this much.
Task merged(Task known, const Task& slim) {
    known.state = slim.state;
    known.executor_id = slim.executor_id;
    known.container_handle = slim.container_handle;
    known.epoch = slim.epoch;
    known.seq = slim.seq;
    known.updated_at = slim.updated_at;
    return known;
}

bool is_whole(Stream stream) {
    return stream == Stream::pending || stream == Stream::completed;
}

}  // namespace

bool BoardView::shows(const Known& known) const {
    return !known.gone &&
           (states_.empty() ||
            std::find(states_.begin(), states_.end(), known.task.state) != states_.end());
}

std::optional<Change> BoardView::become(const std::string& guid, Task task, bool gone) {
    Change change;
    const auto [entry, is_new] = tasks_.try_emplace(guid);
    Known& known = entry->second;
    if (!is_new && shows(known)) {
        change.before = std::move(known.task);
        --size_;
    }
    known = {.task = std::move(task), .gone = gone};
    if (gone) {
        gone_.emplace_back(known.task.seq, guid);
    }
    if (shows(known)) {
        change.after = known.task;
        ++size_;
    }
    const bool changed = change.before != change.after;
    return changed ? std::optional(std::move(change)) : std::nullopt;
}

std::optional<Change> BoardView::on_listed(const Task& task) {
    const auto found = tasks_.find(task.guid);
    // In doubt its own seq counts nothing: the history may be another one.
    if (found != tasks_.end() && !found->second.doubtful && found->second.task.seq >= task.seq) {
        return std::nullopt;
    }
    return become(task.guid, task, false);
}

std::optional<Change> BoardView::on_event(const Event& event) {
    if (!event.is_task()) {
        return std::nullopt;
    }
    const std::string& guid = event.task.guid;
    const auto found = tasks_.find(guid);
    const bool known = found != tasks_.end() && !found->second.doubtful;
    if (known && found->second.task.seq >= event.seq) {
        return std::nullopt;
    }
    Task task = event.task;
    if (found != tasks_.end() && !is_whole(event.stream)) {
        task = merged(found->second.task, event.task);
    }
    task.seq = event.seq;
    return become(guid, std::move(task), event.stream == Stream::resolved);
}

void BoardView::on_reset() {
    live_ = false;
    position_ = 0;
    gone_.clear();
    std::erase_if(tasks_, [](const auto& entry) { return entry.second.gone; });
    for (auto& [guid, known] : tasks_) {
        known.doubtful = true;
    }
}

std::vector<Change> BoardView::on_caught_up(Seq position) {
    std::vector<Change> changes;
    if (!live_) {
        for (auto entry = tasks_.begin(); entry != tasks_.end();) {
            const bool is_gone = entry->second.doubtful;
            if (is_gone && shows(entry->second)) {
                changes.push_back({.before = std::move(entry->second.task)});
                --size_;
            }
            entry = is_gone ? tasks_.erase(entry) : std::next(entry);
        }
    }
    live_ = true;
    position_ = position;
    std::erase_if(gone_, [&](const auto& gone) {
        const auto found = gone.first <= position ? tasks_.find(gone.second) : tasks_.end();
        if (found != tasks_.end() && found->second.gone) {
            tasks_.erase(found);
        }
        return gone.first <= position;
    });
    return changes;
}

std::map<std::string, Task> BoardView::snapshot() const {
    std::map<std::string, Task> shown;
    for (const auto& [guid, known] : tasks_) {
        if (shows(known)) {
            shown.emplace(guid, known.task);
        }
    }
    return shown;
}

std::optional<Task> BoardView::find(std::string_view guid) const {
    const auto found = tasks_.find(guid);
    return found != tasks_.end() && shows(found->second) ? std::optional(found->second.task)
                                                         : std::nullopt;
}

}  // namespace taskbbs::sdk
