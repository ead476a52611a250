// cli/top/keys.hpp: keys out of bytes.
#include "cli/top/keys.hpp"

#include <catch2/catch.hpp>

namespace taskbbs::cli::top {
namespace {

using Name = Key::Name;

// The names of the keys in `bytes`; characters must be looked at by themselves.
std::vector<Name> names_in(std::string_view bytes) {
    std::vector<Name> names;
    for (const Key& key : KeyReader{}.take(bytes)) {
        names.push_back(key.name);
    }
    return names;
}

}  // namespace

TEST_CASE("arrows and their neighbours are known in both modes of the keypad") {
    CHECK(names_in("\x1b[A\x1bOA") == std::vector{Name::up, Name::up});
    CHECK(names_in("\x1b[B\x1b[5~\x1b[6~") ==
          std::vector{Name::down, Name::page_up, Name::page_down});
    CHECK(names_in("\x1b[H\x1b[1~\x1bOF\x1b[4~") ==
          std::vector{Name::home, Name::home, Name::end, Name::end});
    CHECK(names_in("\r\n\t\x1b[Z\x7f\b\f") == std::vector{Name::enter,
                                                          Name::enter,
                                                          Name::tab,
                                                          Name::back_tab,
                                                          Name::erase,
                                                          Name::erase,
                                                          Name::redraw});
}

TEST_CASE("characters come as they were typed") {
    CHECK(KeyReader{}.take("qü日") == std::vector<Key>{{Name::character, "q"},
                                                       {Name::character, "ü"},
                                                       {Name::character, "日"}});
}

TEST_CASE("a sequence may come in pieces") {
    KeyReader reader;
    CHECK(reader.take("\x1b").empty());
    CHECK(reader.waits());
    CHECK(reader.take("[").empty());
    CHECK(reader.take("Bj") == std::vector<Key>{{Name::down, {}}, {Name::character, "j"}});
    CHECK_FALSE(reader.waits());
    CHECK(reader.take("\xe6\x97").empty());
    CHECK(reader.take("\xa5") == std::vector<Key>{{Name::character, "日"}});
}

TEST_CASE("what nothing follows is Escape") {
    KeyReader reader;
    CHECK(reader.take("\x1b").empty());
    CHECK(reader.give_up() == std::vector<Key>{{Name::escape, {}}});
    CHECK_FALSE(reader.waits());
    CHECK(reader.take("\x1bq") == std::vector<Key>{{Name::escape, {}}, {Name::character, "q"}});
    CHECK(reader.take("\x1b\x1b[A") == std::vector<Key>{{Name::escape, {}}, {Name::up, {}}});
}

TEST_CASE("sequences that nobody knows, and noise, are keys that do nothing") {
    CHECK(names_in("\x1b[15~\x1b[1;5C\x1b[99~") ==
          std::vector{Name::other, Name::other, Name::other});
    CHECK(names_in("\x01\xff") == std::vector{Name::other, Name::other});
    KeyReader reader;
    reader.take("\x1b[" + std::string(1000, '1'));
    reader.give_up();
    CHECK_FALSE(reader.waits());
}

}  // namespace taskbbs::cli::top
