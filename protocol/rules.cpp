// The letters of names.
#include "protocol/rules.hpp"

#include <array>

namespace taskbbs::protocol {

namespace {

constexpr auto letters = [] {
    std::array<bool, 256> is_letter{};
    for (const char c :
         std::string_view("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_-")) {
        is_letter[static_cast<unsigned char>(c)] = true;
    }
    return is_letter;
}();

}  // namespace

bool is_name(std::string_view text) {
    bool all = true;  // to the end: names are short, and mostly are some
    for (const char c : text) {
        all &= letters[static_cast<unsigned char>(c)];
    }
    return all;
}

}  // namespace taskbbs::protocol
