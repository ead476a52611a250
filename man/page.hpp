// A manual page being written: man(7) macros from plain text with a little markup: `code`,
// **bold**, [words](target). Pure.
#pragma once

#include <string>
#include <string_view>

namespace taskbbs::man {

// Text as it is, safe to stand in a line of roff.
std::string escaped(std::string_view text);

// The same with its markup as fonts.
std::string inlined(std::string_view text);

class Page {
  public:
    // "taskbbs", 1, "a client of the task board"; `version` is shown at the foot.
    Page(std::string_view name, int section, std::string_view version, std::string_view what);

    void heading(std::string_view text);
    void subheading(std::string_view text);
    void paragraph(std::string_view marked);
    // Terms that share one description stand above it.
    void item(std::string_view marked_term, std::string_view marked, bool shares_next = false);
    // One of a list; a paragraph behind a dot.
    void point(std::string_view marked);
    // As it is, line by line.
    void literal(std::string_view text);

    const std::string& text() const { return text_; }

  private:
    std::string text_;
    bool shared_ = false;  // the item before waits for the next one's description
};

}  // namespace taskbbs::man
