// The macros of man(7), as far as the pages need them.
#include "man/page.hpp"

#include <algorithm>
#include <fmt/format.h>

namespace taskbbs::man {
namespace {

constexpr std::string_view bold = "\\fB";
constexpr std::string_view roman = "\\fR";

// A line that begins with . or ' would be a macro.
std::string as_lines(const std::string& text) {
    std::string lines;
    bool begins = true;
    for (const char letter : text) {
        if (begins && (letter == '.' || letter == '\'')) {
            lines += "\\&";
        }
        lines += letter;
        begins = letter == '\n';
    }
    return lines.ends_with('\n') ? lines : lines + "\n";
}

std::string upper(std::string_view text) {
    std::string out{text};
    std::transform(out.begin(), out.end(), out.begin(), [](unsigned char letter) {
        return static_cast<char>(std::toupper(letter));
    });
    return out;
}

// What stands between `mark` and its next occurrence; takes both.
std::string_view taken(std::string_view& text, std::string_view mark) {
    const auto end = text.find(mark, mark.size());
    const auto inner = text.substr(mark.size(), end - mark.size());
    text.remove_prefix(end + mark.size());
    return inner;
}

bool is_pair(std::string_view text, std::string_view mark) {
    return text.starts_with(mark) && text.find(mark, mark.size()) != std::string_view::npos;
}

// Of "[words](target)...": the length of it all, 0 where it is none.
std::size_t link_length(std::string_view text) {
    const auto middle = text.find("](");
    if (!text.starts_with('[') || middle == std::string_view::npos ||
        text.substr(0, middle).find_first_of("[\n", 1) != std::string_view::npos) {
        return 0;
    }
    const auto end = text.find(')', middle);
    return end == std::string_view::npos ? 0 : end + 1;
}

}  // namespace

std::string escaped(std::string_view text) {
    std::string out;
    for (const char letter : text) {
        switch (letter) {
            case '\\':
                out += "\\e";
                break;
            case '-':
                out += "\\-";
                break;
            case '"':
                out += "\\(dq";
                break;
            default:
                out += letter;
        }
    }
    return out;
}

std::string inlined(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        if (is_pair(text, "`")) {
            out += fmt::format("{}{}{}", bold, escaped(taken(text, "`")), roman);
        } else if (is_pair(text, "**")) {
            out += fmt::format("{}{}{}", bold, escaped(taken(text, "**")), roman);
        } else if (const auto length = link_length(text); length > 0) {
            out += escaped(text.substr(1, text.find("](") - 1));
            text.remove_prefix(length);
        } else {
            out += escaped(text.substr(0, 1));
            text.remove_prefix(1);
        }
    }
    return out;
}

Page::Page(std::string_view name, int section, std::string_view version, std::string_view what) {
    text_ = fmt::format(".TH \"{}\" \"{}\" \"\" \"taskbbs {}\" \"taskbbs\"\n",
                        upper(name),
                        section,
                        escaped(version));
    heading("Name");
    text_ += fmt::format("{} \\- {}\n", escaped(name), escaped(what));
}

void Page::heading(std::string_view text) {
    text_ += fmt::format(".SH \"{}\"\n", escaped(upper(text)));
}

void Page::subheading(std::string_view text) {
    text_ += fmt::format(".SS \"{}\"\n", inlined(text));
}

void Page::paragraph(std::string_view marked) {
    text_ += ".PP\n" + as_lines(inlined(marked));
}

void Page::item(std::string_view marked_term, std::string_view marked, bool shares_next) {
    text_ += shared_ ? ".TQ\n" : ".TP\n";
    text_ += as_lines(inlined(marked_term));
    shared_ = shares_next;
    if (!shares_next) {
        text_ += as_lines(inlined(marked));
    }
}

void Page::point(std::string_view marked) {
    text_ += ".IP \\(bu 2\n" + as_lines(inlined(marked));
}

void Page::literal(std::string_view text) {
    text_ += ".PP\n.RS 4\n.nf\n" + as_lines(escaped(text)) + ".fi\n.RE\n";
}

}  // namespace taskbbs::man
