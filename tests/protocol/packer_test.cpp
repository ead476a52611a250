// The MessagePack formats, byte by byte.
#include "protocol/packer.hpp"

#include <catch2/catch.hpp>

#include <string>

using taskbbs::protocol::Packer;

namespace {

template <class Pack>
std::string bytes_of(const Pack& pack) {
    std::string bytes;
    Packer packer(bytes);
    pack(packer);
    return bytes;
}

std::string integer(std::int64_t value) {
    return bytes_of([&](Packer& p) { p.integer(value); });
}

std::string bytes(std::string_view literal) {
    return std::string(literal);
}

}  // namespace

using namespace std::string_view_literals;

TEST_CASE("integers take the shortest of the forms that are written") {
    CHECK(integer(0) == bytes("\x00"sv));
    CHECK(integer(127) == bytes("\x7f"sv));
    CHECK(integer(128) == bytes("\xcc\x80"sv));
    CHECK(integer(255) == bytes("\xcc\xff"sv));
    CHECK(integer(256) == bytes("\xcd\x01\x00"sv));
    CHECK(integer(65'535) == bytes("\xcd\xff\xff"sv));
    CHECK(integer(65'536) == bytes("\xce\x00\x01\x00\x00"sv));
    CHECK(integer(4'294'967'295) == bytes("\xce\xff\xff\xff\xff"sv));
    CHECK(integer(4'294'967'296) == bytes("\xcf\x00\x00\x00\x01\x00\x00\x00\x00"sv));
    CHECK(integer(INT64_MAX) == bytes("\xcf\x7f\xff\xff\xff\xff\xff\xff\xff"sv));
    CHECK(integer(-1) == bytes("\xff"sv));
    CHECK(integer(-32) == bytes("\xe0"sv));
    CHECK(integer(-33) == bytes("\xd2\xff\xff\xff\xdf"sv));
    CHECK(integer(INT32_MIN) == bytes("\xd2\x80\x00\x00\x00"sv));
    CHECK(integer(INT64_MIN) == bytes("\xd3\x80\x00\x00\x00\x00\x00\x00\x00"sv));
}

TEST_CASE("nil, booleans and reals have one form") {
    CHECK(bytes_of([](Packer& p) { p.nil(); }) == bytes("\xc0"sv));
    CHECK(bytes_of([](Packer& p) { p.boolean(false); }) == bytes("\xc2"sv));
    CHECK(bytes_of([](Packer& p) { p.boolean(true); }) == bytes("\xc3"sv));
    CHECK(bytes_of([](Packer& p) { p.real(1.5); }) ==
          bytes("\xcb\x3f\xf8\x00\x00\x00\x00\x00\x00"sv));
}

TEST_CASE("the head of a text follows its length") {
    const auto head = [](std::size_t size, std::size_t head_size) {
        return bytes_of([&](Packer& p) { p.str(std::string(size, 'x')); }).substr(0, head_size);
    };
    CHECK(head(0, 1) == bytes("\xa0"sv));
    CHECK(head(31, 1) == bytes("\xbf"sv));
    CHECK(head(32, 2) == bytes("\xd9\x20"sv));
    CHECK(head(255, 2) == bytes("\xd9\xff"sv));
    CHECK(head(256, 3) == bytes("\xda\x01\x00"sv));
    CHECK(head(65'535, 3) == bytes("\xda\xff\xff"sv));
    CHECK(head(65'536, 5) == bytes("\xdb\x00\x01\x00\x00"sv));
}

TEST_CASE("the head of a bin follows its length") {
    const auto head = [](std::size_t size, std::size_t head_size) {
        return bytes_of([&](Packer& p) { p.bin(std::string(size, 'x')); }).substr(0, head_size);
    };
    CHECK(head(0, 2) == bytes("\xc4\x00"sv));
    CHECK(head(255, 2) == bytes("\xc4\xff"sv));
    CHECK(head(256, 3) == bytes("\xc5\x01\x00"sv));
    CHECK(head(65'536, 5) == bytes("\xc6\x00\x01\x00\x00"sv));
}

TEST_CASE("the heads of arrays and maps follow their counts") {
    CHECK(bytes_of([](Packer& p) { p.array(15); }) == bytes("\x9f"sv));
    CHECK(bytes_of([](Packer& p) { p.array(16); }) == bytes("\xdc\x00\x10"sv));
    CHECK(bytes_of([](Packer& p) { p.array(65'536); }) == bytes("\xdd\x00\x01\x00\x00"sv));
    CHECK(bytes_of([](Packer& p) { p.map(15); }) == bytes("\x8f"sv));
    CHECK(bytes_of([](Packer& p) { p.map(16); }) == bytes("\xde\x00\x10"sv));
    CHECK(bytes_of([](Packer& p) { p.map(65'536); }) == bytes("\xdf\x00\x01\x00\x00"sv));
}

TEST_CASE("a number and a count that were left open are patched in place") {
    std::string out;
    Packer packer(out);
    const std::size_t number = packer.open_integer();
    const std::size_t count = packer.open_array();
    packer.nil();
    packer.patch_integer(number, 258);
    packer.patch_array(count, 1);
    CHECK(out == bytes("\xcf\x00\x00\x00\x00\x00\x00\x01\x02\xdd\x00\x00\x00\x01\xc0"sv));
}
