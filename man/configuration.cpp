// Comments gather until an option takes them.
#include "man/configuration.hpp"

#include <algorithm>

namespace taskbbs::man {
namespace {

std::string_view next_line(std::string_view& text) {
    const auto end = std::min(text.find('\n'), text.size());
    const auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    return line;
}

void append(std::string& paragraph, std::string_view words) {
    paragraph += (paragraph.empty() ? "" : " ") + std::string{words};
}

// A comment's text; an empty one ends a paragraph, an indented one stands by itself.
void add_to_opening(std::vector<std::string>& opening, std::string_view words, bool& is_new) {
    const bool is_block = words.starts_with("    ");
    words.remove_prefix(std::min(words.find_first_not_of(' '), words.size()));
    if (words.empty()) {
        is_new = true;
        return;
    }
    if (is_new) {
        opening.emplace_back();
        is_new = false;
    }
    append(opening.back(), is_block ? "`" + std::string{words} + "`" : std::string{words});
}

// Options that stand right below each other share what is said above the first: it goes to the
// last.
void settle(ConfiguredSection& section, std::string& why) {
    if (why.empty() || section.settings.empty()) {
        return;
    }
    section.settings.back().why = why;
    why.clear();
}

}  // namespace

Configuration parse_configuration(std::string_view text) {
    Configuration configuration;
    std::string why;
    bool is_new = true;
    bool below = false;  // the line before was an option
    while (!text.empty()) {
        const auto line = next_line(text);
        auto& sections = configuration.sections;
        if (line.starts_with('[')) {
            if (!sections.empty()) {
                settle(sections.back(), why);
            }
            sections.push_back({.name = std::string{line.substr(1, line.find(']') - 1)}});
            below = false;
        } else if (line.starts_with('#') && sections.empty()) {
            add_to_opening(
                configuration.opening, line.substr(std::min<std::size_t>(2, line.size())), is_new);
        } else if (line.starts_with('#')) {
            if (below) {
                settle(sections.back(), why);
            }
            append(why, line.substr(std::min<std::size_t>(2, line.size())));
            below = false;
        } else if (const auto equals = line.find('=');
                   equals != std::string_view::npos && !sections.empty()) {
            if (below) {
                sections.back().settings.back().shares_next = true;
            }
            const auto name = line.substr(0, line.find_first_of(" ="));
            const auto value =
                line.substr(std::min(line.find_first_not_of(' ', equals + 1), line.size()));
            sections.back().settings.push_back(
                {.name = std::string{name}, .value = std::string{value}});
            below = true;
        }
    }
    if (!configuration.sections.empty()) {
        settle(configuration.sections.back(), why);
    }
    return configuration;
}

}  // namespace taskbbs::man
