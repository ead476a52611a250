// The words for formats.
#include "cli/output.hpp"

#include <array>
#include <utility>

namespace taskbbs::cli {

Output output_of(std::string_view word) {
    constexpr auto formats =
        std::to_array<std::pair<std::string_view, Format>>({{"wide", Format::wide},
                                                            {"json", Format::json},
                                                            {"jsonl", Format::jsonl},
                                                            {"id", Format::id},
                                                            {"template", Format::templated}});
    if (word.starts_with(template_prefix)) {
        return {Format::templated, std::string{word.substr(template_prefix.size())}};
    }
    for (const auto& [name, format] : formats) {
        if (name == word) {
            return {format, {}};
        }
    }
    return {};
}

}  // namespace taskbbs::cli
