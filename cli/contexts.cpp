// Finding and reading contexts.
#include "cli/contexts.hpp"

#include "cli/input.hpp"
#include "cli/nearest.hpp"
#include "cli/shown_text.hpp"
#include "cli/values.hpp"

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <fmt/format.h>
#include <vector>

namespace taskbbs::cli {
namespace {

namespace fs = std::filesystem;

constexpr std::string_view ending = ".conf";

// Empty where the environment tells of no home. A relative XDG_CONFIG_HOME does not count, as its
// specification wants it.
fs::path directory() {
    const char* config = std::getenv("XDG_CONFIG_HOME");
    if (config != nullptr && *config == '/') {
        return fs::path{config} / "taskbbs";
    }
    const char* home = std::getenv("HOME");
    return home == nullptr || *home == '\0' ? fs::path{} : fs::path{home} / ".config" / "taskbbs";
}

std::vector<std::string> names_there(const fs::path& where) {
    std::vector<std::string> names;
    std::error_code error;
    for (fs::directory_iterator at{where, error}, end; !error && at != end; at.increment(error)) {
        if (at->path().extension() == ending) {
            names.push_back(at->path().stem().string());
        }
    }
    std::sort(names.begin(), names.end());
    return names;
}

std::string missing(const std::string& name, const fs::path& where) {
    const auto names = names_there(where);
    const std::vector<std::string_view> views{names.begin(), names.end()};
    const auto meant = nearest(name, views);
    const auto there = names.empty()
                           ? fmt::format("there is none in {}", where.string())
                           : fmt::format("there are {} in {}",
                                         escaped(fmt::format("{}", fmt::join(names, ", "))),
                                         where.string());
    return fmt::format("no context '{}'{}\n{}",
                       name,
                       meant ? fmt::format("; did you mean {}?", escaped(*meant)) : "",
                       there);
}

}  // namespace

tl::expected<Defaults, std::string> load_context(const std::string& name) {
    constexpr std::int64_t longest = 64;
    if (!is_name(name, 1, longest)) {
        return tl::unexpected{
            fmt::format("a context's name is 1 to {} of A-Z a-z 0-9 _ -, not '{}'",
                        longest,
                        escaped(name, 80))};
    }
    const auto where = directory();
    if (where.empty()) {
        return tl::unexpected{fmt::format(
            "context '{}' can't be found: neither XDG_CONFIG_HOME nor HOME is set", name)};
    }
    const auto path = (where / (name + std::string{ending})).string();
    std::error_code error;
    if (!fs::exists(path, error) && !error) {
        return tl::unexpected{missing(name, where)};
    }
    const auto text = bytes_of_file(path);
    if (!text) {
        return tl::unexpected{text.error()};
    }
    auto defaults = parse_context(path, *text);
    if (defaults) {
        for (Default& one : *defaults) {
            const bool is_file = one.option == "key" || one.option == "server-key";
            one.value = is_file ? (where / one.value).string() : one.value;
        }
    }
    return defaults;
}

}  // namespace taskbbs::cli
