// Splitting, a character at a time.
#include "cli/executor/words.hpp"

#include <algorithm>

namespace taskbbs::cli {
namespace {

constexpr std::string_view blanks = " \t\n";

// Takes characters off the front of `line` and adds words.
class Splitter {
  public:
    explicit Splitter(std::string_view line) : line_(line) {}

    tl::expected<std::vector<std::string>, std::string> split() {
        std::vector<std::string> words;
        for (;;) {
            line_.remove_prefix(std::min(line_.find_first_not_of(blanks), line_.size()));
            if (line_.empty()) {
                return words;
            }
            const auto fault = take_word(words.emplace_back());
            if (!fault.empty()) {
                return tl::unexpected{fault};
            }
        }
    }

  private:
    char take() {
        const char next = line_.front();
        line_.remove_prefix(1);
        return next;
    }

    // What is wrong with it; empty: nothing.
    std::string take_word(std::string& word) {
        while (!line_.empty() && blanks.find(line_.front()) == std::string_view::npos) {
            const char next = take();
            if (next == '\\') {
                if (line_.empty()) {
                    return "a backslash stands at its end";
                }
                word += take();
            } else if (next == '\'' || next == '"') {
                if (!take_quoted(word, next)) {
                    return std::string{"the quote "} + next + " is not closed";
                }
            } else {
                word += next;
            }
        }
        return {};
    }

    bool take_quoted(std::string& word, char quote) {
        while (!line_.empty()) {
            const char next = take();
            if (next == quote) {
                return true;
            }
            const bool escapes = quote == '"' && next == '\\' && !line_.empty() &&
                                 (line_.front() == '"' || line_.front() == '\\');
            word += escapes ? take() : next;
        }
        return false;
    }

    std::string_view line_;
};

}  // namespace

tl::expected<std::vector<std::string>, std::string> split_words(std::string_view line) {
    return Splitter{line}.split();
}

}  // namespace taskbbs::cli
