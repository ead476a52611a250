// From bytes to values and back, by the lists of fields that stand beside each message. The one
// place that knows how a C++ type looks on the wire; instantiated for the messages of this contract
// in codec.cpp, so that nobody else pays for it.
#pragma once

#include "protocol/messages.hpp"
#include "protocol/packer.hpp"

#include <optional>
#include <string>

namespace taskbbs::protocol {

// Why a value was not taken (section 6): `invalid_request` or `too_large`, and the innermost field.
struct Fault {
    Status status = Status::invalid_request;
    std::string_view field;
    std::string message;
    std::optional<std::int64_t> limit;
};

// Fills `out` from a map; what the map does not say keeps its default, what `out` does not know is
// ignored, as are fields outside `views`. `out` then points into the document. On a fault, `out` is
// partly filled. Does not look at UTF-8 as a whole: see Value::utf8_within().
template <class Message>
std::optional<Fault> decode(Value map, Message& out, std::uint8_t views = every_view);

// `omit`: fields that equal their default are left out, as the contract allows; enumerations and
// fields marked `always` stay. Absent optionals are left out either way, unless marked `always`.
enum class Defaults : std::uint8_t { keep, omit };

// Appends `message` as a map.
template <class Message>
void encode(Packer& packer,
            const Message& message,
            Defaults defaults = Defaults::keep,
            std::uint8_t views = whole);

// False where a str in `args`, keys and unknown fields included, is not UTF-8. A str in place of a
// bin (payload, result) is bytes and may be anything (section 1).
bool has_valid_texts(Verb verb, Value args);

// A task that owns its bytes, from one that does not.
Task own(const TaskView& view);

// A task whose texts point into `task`, which must outlive it.
TaskView view_of(const Task& task);

}  // namespace taskbbs::protocol
