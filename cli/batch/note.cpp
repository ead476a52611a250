// The note as JSON.
#include "cli/batch/note.hpp"

#include "protocol/limits.hpp"

#include <utility>

namespace taskbbs::cli::batch {

std::string annotation_of(Note note) {
    const Json json{{"run", note.run},
                    {"number", note.number},
                    {"retries", note.retries},
                    {"keep_order", note.keep_order},
                    {"line", note.line}};
    auto text = line_of(json);
    if (text.size() > static_cast<std::size_t>(protocol::max_annotation)) {
        note.line = nullptr;
        text = annotation_of(std::move(note));
    }
    return text;
}

Note note_in(std::string_view annotation) {
    Note note;
    const auto json = Json::parse(annotation, nullptr, false);
    if (!json.is_object()) {
        return note;
    }
    const auto member = [&json](const char* name) {
        const auto found = json.find(name);
        return found == json.end() ? Json{} : *found;
    };
    if (const auto run = member("run"); run.is_string()) {
        note.run = run.get<std::string>();
    }
    if (const auto number = member("number"); number.is_number_unsigned()) {
        note.number = number.get<std::uint64_t>();
    }
    if (const auto retries = member("retries"); retries.is_number_unsigned()) {
        note.retries = retries.get<std::int64_t>();
    }
    note.keep_order = member("keep_order") == Json(true);
    note.line = member("line");
    return note;
}

}  // namespace taskbbs::cli::batch
