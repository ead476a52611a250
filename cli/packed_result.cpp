// The result of a command as bytes.
#include "cli/packed_result.hpp"

#include "protocol/document.hpp"
#include "protocol/packer.hpp"

#include <algorithm>

namespace taskbbs::cli {
namespace {

void pack_number(protocol::Packer& packer, std::string_view key, std::optional<int> number) {
    packer.str(key);
    if (number) {
        packer.integer(*number);
    } else {
        packer.nil();
    }
}

void pack_bytes(protocol::Packer& packer, std::string_view key, std::string_view bytes) {
    packer.str(key);
    packer.bin(bytes);
}

std::optional<int> number_at(protocol::Value map, std::string_view key) {
    const auto number = map.at(key).integer();
    return number ? std::optional{static_cast<int>(*number)} : std::nullopt;
}

}  // namespace

std::string pack(const CommandResult& result) {
    std::string packed;
    protocol::Packer packer{packed};
    packer.map(5);
    pack_number(packer, "exit", result.exit);
    pack_number(packer, "signal", result.signal);
    pack_bytes(packer, "stdout", result.out);
    pack_bytes(packer, "stderr", result.err);
    packer.str("truncated");
    packer.boolean(result.truncated);
    return packed;
}

std::optional<CommandResult> unpack_result(std::string_view bytes) {
    protocol::Document document;
    const auto map = document.parse(bytes);
    if (!map || map->type() != protocol::Type::map) {
        return std::nullopt;
    }
    const auto out = map->at("stdout").bin();
    const auto err = map->at("stderr").bin();
    const auto truncated = map->at("truncated").boolean();
    if (!out || !err || !truncated) {
        return std::nullopt;
    }
    return CommandResult{.exit = number_at(*map, "exit"),
                         .signal = number_at(*map, "signal"),
                         .out = std::string{*out},
                         .err = std::string{*err},
                         .truncated = *truncated};
}

std::size_t output_bound(std::size_t result_bytes) {
    // The map, its keys and numbers take 58 bytes at most, with 5 for each length of a bin.
    constexpr std::size_t around = 64;
    return (std::max(result_bytes, around) - around) / 2;
}

}  // namespace taskbbs::cli
