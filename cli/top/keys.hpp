// Keys out of the bytes that a terminal sends. Pure.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::cli::top {

struct Key {
    enum class Name : std::uint8_t {
        character,  // `text`, UTF-8
        up,
        down,
        page_up,
        page_down,
        home,
        end,
        enter,
        escape,
        tab,
        back_tab,
        erase,
        redraw,  // Ctrl-L
        other,   // one that nobody has a use for
    };

    Name name = Name::other;
    std::string text;

    bool operator==(const Key&) const = default;
};

// A key may be a sequence of bytes that comes in pieces, and Escape is the beginning of many.
class KeyReader {
  public:
    // The keys that are complete.
    std::vector<Key> take(std::string_view bytes);

    // The front of a sequence is there. If its rest has not come within `patience`, there is none:
    // give_up().
    bool waits() const { return !bytes_.empty(); }

    static constexpr int patience_ms = 50;

    // What is there, as keys of its own: Escape.
    std::vector<Key> give_up();

  private:
    std::string bytes_;
};

}  // namespace taskbbs::cli::top
