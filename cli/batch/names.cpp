// Guids, made and taken apart.
#include "cli/batch/names.hpp"

#include <charconv>
#include <fmt/format.h>

namespace taskbbs::cli::batch {
namespace {

// The whole of `text`, decimal digits alone.
template <class Number>
std::optional<Number> number_in(std::string_view text) {
    Number number{};
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc{} || end != text.data() + text.size()) {
        return std::nullopt;
    }
    return number;
}

}  // namespace

std::string guid_of(std::string_view name, TaskKey key) {
    const auto first = fmt::format("{}-{:06}", name, key.number);
    return key.attempt == 0 ? first : fmt::format("{}-r{}", first, key.attempt);
}

std::optional<TaskKey> key_in(std::string_view guid, std::string_view name) {
    if (!guid.starts_with(name) || guid.substr(name.size(), 1) != "-") {
        return std::nullopt;
    }
    const auto rest = guid.substr(name.size() + 1);
    const auto behind = rest.find("-r");
    const auto number = number_in<std::uint64_t>(rest.substr(0, behind));
    const auto attempt = behind == std::string_view::npos
                             ? std::optional<std::uint32_t>{0}
                             : number_in<std::uint32_t>(rest.substr(behind + 2));
    if (!number || !attempt) {
        return std::nullopt;
    }
    // One spelling each: whatever else looks like a number was not made here.
    const TaskKey key{*number, *attempt};
    return guid_of(name, key) == guid ? std::optional{key} : std::nullopt;
}

std::string name_from(std::uint64_t random) {
    return fmt::format("run-{:012x}", random & 0xffff'ffff'ffffULL);
}

}  // namespace taskbbs::cli::batch
