// The note as JSON.
#include "cli/batch/note.hpp"

#include "protocol/limits.hpp"

namespace taskbbs::cli::batch {

namespace {

// Null where `object` is none, or has no such member.
Json member_of(const Json& object, const char* name) {
    const auto found = object.is_object() ? object.find(name) : object.end();
    return found == object.end() ? Json{} : *found;
}

}  // namespace

std::string annotation_of(const Note& note, std::string_view line) {
    Json json{{"run", note.run},
              {"number", note.number},
              {"retries", note.retries},
              {"keep_order", note.keep_order},
              {"line", json_of_bytes(line)}};
    auto text = line_of(json);
    if (text.size() > static_cast<std::size_t>(protocol::max_annotation)) {
        json["line"] = nullptr;
        text = line_of(json);
    }
    return text;
}

Note note_in(std::string_view annotation) {
    const auto json = Json::parse(annotation, nullptr, false);
    Note note;
    if (const auto run = member_of(json, "run"); run.is_string()) {
        note.run = run.get<std::string>();
    }
    if (const auto number = member_of(json, "number"); number.is_number_unsigned()) {
        note.number = number.get<std::uint64_t>();
    }
    if (const auto retries = member_of(json, "retries"); retries.is_number_unsigned()) {
        note.retries = retries.get<std::int64_t>();
    }
    note.keep_order = member_of(json, "keep_order") == Json(true);
    return note;
}

Json line_in(std::string_view annotation) {
    return member_of(Json::parse(annotation, nullptr, false), "line");
}

}  // namespace taskbbs::cli::batch
