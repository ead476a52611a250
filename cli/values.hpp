// Words of the command line as values. Pure; each is nothing where the word is not one.
#pragma once

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::cli {

// Characters that guids, domains, stacks and executor ids may have, as many as asked for.
bool is_name(std::string_view word, std::int64_t min, std::int64_t max);

// Decimal, an optional minus, nothing around it.
std::optional<std::int64_t> integer_of(std::string_view word);

// "500ms", "5s", "10m", "2h"; "0" needs no unit. Up to 10,000 h.
std::optional<std::chrono::milliseconds> duration_of(std::string_view word);

// A guid and its epoch, "GUID:EPOCH".
struct Pair {
    std::string guid;
    std::int64_t epoch = 0;

    bool operator==(const Pair&) const = default;
};

std::optional<Pair> pair_of(std::string_view word);

// "a,b,c": what stands between the commas; "" is one empty name, as the contract may list it.
std::vector<std::string> names_in(std::string_view word);

}  // namespace taskbbs::cli
