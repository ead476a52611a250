// Reading templates, and filling them.
#include "cli/template.hpp"

#include "cli/nearest.hpp"
#include "cli/shown_text.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::cli {
namespace {

bool is_field_name(std::string_view name) {
    return !name.empty() && std::all_of(name.begin(), name.end(), [](char letter) {
        return std::isalnum(static_cast<unsigned char>(letter)) != 0 || letter == '_' ||
               letter == '.' || letter == '-';
    });
}

std::optional<char> unescaped(char letter) {
    switch (letter) {
        case 'n':
            return '\n';
        case 't':
            return '\t';
        case '\\':
            return '\\';
        default:
            return std::nullopt;
    }
}

// Null where it isn't there.
const Json* member(const Json& document, std::string_view name) {
    const auto dot = name.find('.');
    const auto found = document.find(std::string{name.substr(0, dot)});
    if (found == document.end()) {
        return nullptr;
    }
    return dot == std::string_view::npos ? &*found : member(*found, name.substr(dot + 1));
}

// All that a place may name, nested members as "task.guid".
void collect(const Json& document, const std::string& before, std::vector<std::string>& names) {
    for (const auto& [name, value] : document.items()) {
        names.push_back(before + name);
        if (value.is_object()) {
            collect(value, before + name + ".", names);
        }
    }
}

std::string text_of(const Json* value) {
    if (value == nullptr || value->is_null()) {
        return {};
    }
    if (value->is_string()) {
        return escaped(value->get_ref<const std::string&>());
    }
    if (!value->is_array()) {
        return escaped(line_of(*value));
    }
    std::string text;
    for (const auto& item : *value) {
        text += (text.empty() ? "" : ",") + text_of(&item);
    }
    return text;
}

}  // namespace

void Template::add(char letter) {
    if (pieces_.empty() || pieces_.back().is_field) {
        pieces_.emplace_back();
    }
    pieces_.back().text += letter;
}

tl::expected<Template, std::string> Template::parse(std::string_view text) {
    Template parsed;
    for (std::size_t at = 0; at < text.size(); ++at) {
        const char letter = text[at];
        const char next = at + 1 < text.size() ? text[at + 1] : '\0';
        if (letter == '\\') {
            const auto meant = unescaped(next);
            if (!meant) {
                return tl::unexpected{std::string{R"(a template's \ stands before n, t or \)"}};
            }
            parsed.add(*meant);
            ++at;
        } else if ((letter == '{' || letter == '}') && next == letter) {
            parsed.add(letter);
            ++at;
        } else if (letter == '{') {
            const auto end = text.find('}', at);
            const auto name = text.substr(at + 1, std::min(end, text.size()) - at - 1);
            if (end == std::string_view::npos || !is_field_name(name)) {
                return tl::unexpected{fmt::format(
                    "a template's {{ begins a field like {{guid}}, not '{}'; {{{{ is a brace",
                    escaped(text.substr(at, name.size() + 2), 40))};
            }
            parsed.pieces_.push_back({.text = std::string{name}, .is_field = true});
            at = end;
        } else if (letter == '}') {
            return tl::unexpected{
                std::string{"a template has a } that ends nothing; }} is a brace"}};
        } else {
            parsed.add(letter);
        }
    }
    const bool ends = !parsed.pieces_.empty() && !parsed.pieces_.back().is_field &&
                      parsed.pieces_.back().text.ends_with('\n');
    if (!ends) {
        parsed.add('\n');
    }
    return parsed;
}

std::optional<std::string> Template::misfit(const Json& sample, std::string_view shower) const {
    for (const Piece& piece : pieces_) {
        if (!piece.is_field || member(sample, piece.text) != nullptr) {
            continue;
        }
        std::vector<std::string> names;
        collect(sample, {}, names);
        const std::vector<std::string_view> views{names.begin(), names.end()};
        const auto meant = nearest(piece.text, views);
        return fmt::format("{} shows no field {{{}}}; {}",
                           shower,
                           piece.text,
                           meant ? fmt::format("did you mean {{{}}}?", *meant)
                                 : std::string{"-o json shows all that there are"});
    }
    return std::nullopt;
}

std::string Template::filled(const Json& document) const {
    std::string text;
    for (const Piece& piece : pieces_) {
        text += piece.is_field ? text_of(member(document, piece.text)) : piece.text;
    }
    return text;
}

}  // namespace taskbbs::cli
