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
    return std::all_of(
        text.begin(), text.end(), [](char c) { return letters[static_cast<unsigned char>(c)]; });
}

}  // namespace taskbbs::protocol
