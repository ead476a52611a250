// An event as bytes: its publication body, encoded once for journal, subscribers and replay, and a
// private part (payload, result, annotation, the request it is the outcome of) that only the
// journal holds (docs/journal-format.md).
#pragma once

#include "broker/core/event.hpp"
#include "protocol/document.hpp"

#include <string>
#include <string_view>

namespace taskbbs::core {

// Appends the body; `after` is the task after the event, default-made for an event of no task.
void encode_body(const Event& event, const TaskView& after, std::string& body);

// Appends the private part; `after` as above.
void encode_private(const Event& event, const TaskView& after, std::string& rest);

// Appends the topic: "<stream>.<domain>.<guid>", "executor.<executor_id>" or
// "queue.<domain>.<stack>", which ends with the point where every stack is meant.
void append_topic(const Event& event, const TaskView& after, std::string& topic);

// Reads an event back. It points into the two documents and the bytes; nothing where the bytes are
// not an event that this version writes.
class RecordReader {
  public:
    std::optional<Event> read(std::string_view body, std::string_view rest);

    // The two ways that read() goes. The first knows a task's event as it is written here, and is
    // many times as fast; the second knows all, and gives the same event for what the first takes.
    static std::optional<Event> read_in_order(std::string_view body, std::string_view rest);
    std::optional<Event> read_in_any_order(std::string_view body, std::string_view rest);

  private:
    protocol::Document body_;
    protocol::Document rest_;
};

}  // namespace taskbbs::core
