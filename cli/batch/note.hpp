// What each task of a batch carries in its annotation, so that `taskbbs wait` on any machine can go
// on as the one who began would have. One JSON object, for others to read:
//
//     {"run": NAME, "number": N, "retries": N, "keep_order": bool, "line": "..."}
//
// `line` is the line of input, {"base64": "..."} where it is not UTF-8, null where it would not
// fit. Pure.
#pragma once

#include "cli/json.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace taskbbs::cli::batch {

struct Note {
    std::string run;
    std::uint64_t number = 0;
    std::int64_t retries = 0;  // how often it is tried anew if it fails
    bool keep_order = false;   // outcomes are shown in the order of the numbers
};

// At most as long as an annotation may be.
std::string annotation_of(const Note& note, std::string_view line);

// Of whatever is no such note: the values above.
Note note_in(std::string_view annotation);

// Its `line`, null where there is none.
Json line_in(std::string_view annotation);

}  // namespace taskbbs::cli::batch
