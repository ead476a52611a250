// Options into fields, by the list that the protocol keeps of them.
#include "cli/task_fields.hpp"

#include <algorithm>
#include <tuple>
#include <type_traits>

namespace taskbbs::cli {
namespace {

std::string option_name(std::string_view field) {
    std::string name{field};
    std::replace(name.begin(), name.end(), '_', '-');
    return name;
}

// Parsing has checked the word against the option's form and bounds.
template <class Member>
void set(Member& member, const std::string& word) {
    if constexpr (std::is_same_v<Member, std::string>) {
        member = word;
    } else if constexpr (std::is_same_v<Member, Time>) {
        member = Time{Duration{integer_of(word).value()}};
    } else if constexpr (std::is_same_v<Member, milliseconds>) {
        member = milliseconds{integer_of(word).value()};
    } else if constexpr (protocol::Named<Member>) {
        member = named<Member>(word).value();
    } else {
        member = static_cast<Member>(integer_of(word).value());
    }
}

}  // namespace

Task task_of(const Arguments& arguments) {
    Task task;
    const auto fill = [&](const auto& field) {
        if ((field.views & protocol::desired) == 0) {
            return;
        }
        if constexpr (!std::is_same_v<std::decay_t<decltype(task.*field.member)>, bool>) {
            if (const auto word = arguments.text(option_name(field.name))) {
                set(task.*field.member, *word);
            }
        }
    };
    std::apply([&](const auto&... field) { (fill(field), ...); }, Task::fields());
    return task;
}

std::optional<Resources> resources_of(const Arguments& arguments) {
    const Resources resources{.memory_mb = arguments.integer("memory-mb"),
                              .disk_mb = arguments.integer("disk-mb"),
                              .cpu_percent = arguments.integer("cpu-percent")};
    return resources == Resources{} ? std::nullopt : std::optional{resources};
}

}  // namespace taskbbs::cli
