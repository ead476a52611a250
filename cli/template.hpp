// A text with places for a document's members: "{guid} {task.state}\n". Pure.
//
//     {name}, {task.name}   a member, as one line of text; nothing where it is empty
//     {{ }}                 a brace
//     \n \t \\              a line's end, a tab, a backslash
//
// A text that does not end a line has its end added.
#pragma once

#include "cli/json.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>
#include <vector>

namespace taskbbs::cli {

class Template {
  public:
    // The error says what is wrong with the text, on one line.
    static tl::expected<Template, std::string> parse(std::string_view text);

    // The first place that `sample` has no member for, and the member that was meant; nothing where
    // every place can be filled. `shower`: whose documents these are, "list".
    std::optional<std::string> misfit(const Json& sample, std::string_view shower) const;

    // `document`: as it would be shown as JSON.
    std::string filled(const Json& document) const;

  private:
    struct Piece {
        std::string text;
        bool is_field = false;
    };

    void add(char letter);

    std::vector<Piece> pieces_;
};

}  // namespace taskbbs::cli
