// Names and the numbers in them.
#include "broker/journal/names.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>
#include <limits>

namespace taskbbs::journal {

namespace {

constexpr std::string_view segment_prefix = "seg-";
constexpr std::string_view index_prefix = "idx-";
constexpr std::string_view snapshot_prefix = "snap-";
constexpr std::string_view spare_prefix = "spare-";
constexpr std::size_t seq_digits = 20;

// The number behind `prefix`, if that is all there is: digits, nothing else.
std::optional<std::uint64_t> number_behind(std::string_view prefix, std::string_view name) {
    if (!name.starts_with(prefix)) return std::nullopt;
    name.remove_prefix(prefix.size());
    std::uint64_t number = 0;
    const auto [end, error] = std::from_chars(name.data(), name.data() + name.size(), number);
    if (error != std::errc() || end != name.data() + name.size()) return std::nullopt;
    return number;
}

std::optional<Seq> seq_behind(std::string_view prefix, std::string_view name) {
    if (name.size() != prefix.size() + seq_digits) return std::nullopt;
    const std::optional<std::uint64_t> number = number_behind(prefix, name);
    if (!number || *number == 0 || *number > std::numeric_limits<Seq>::max()) return std::nullopt;
    return static_cast<Seq>(*number);
}

template <class Parse>
std::vector<Seq> all_of(const std::vector<std::string>& names, const Parse& parse) {
    std::vector<Seq> found;
    for (const std::string& name : names) {
        if (const std::optional<Seq> seq = parse(name)) found.push_back(*seq);
    }
    std::ranges::sort(found);
    return found;
}

}  // namespace

std::string segment_name(Seq first_seq) {
    return fmt::format("{}{:020}", segment_prefix, first_seq);
}

std::string index_name(Seq first_seq) {
    return fmt::format("{}{:020}", index_prefix, first_seq);
}

std::string snapshot_name(Seq last_seq) {
    return fmt::format("{}{:020}", snapshot_prefix, last_seq);
}

std::string spare_name(std::uint64_t number) {
    return fmt::format("{}{}", spare_prefix, number);
}

std::string temporary_name(std::string_view name) {
    return fmt::format("{}{}", name, temporary_suffix);
}

std::optional<Seq> parse_segment_name(std::string_view name) {
    return seq_behind(segment_prefix, name);
}

std::optional<Seq> parse_index_name(std::string_view name) {
    return seq_behind(index_prefix, name);
}

std::optional<Seq> parse_snapshot_name(std::string_view name) {
    return seq_behind(snapshot_prefix, name);
}

std::optional<std::uint64_t> parse_spare_name(std::string_view name) {
    return number_behind(spare_prefix, name);
}

bool is_temporary(std::string_view name) {
    const bool ours = name.starts_with(segment_prefix) || name.starts_with(index_prefix) ||
                      name.starts_with(snapshot_prefix) || name.starts_with(spare_prefix) ||
                      name.starts_with(reserve_name);
    return ours && name.ends_with(temporary_suffix);
}

std::vector<Seq> segments_of(const std::vector<std::string>& names) {
    return all_of(names, parse_segment_name);
}

std::vector<Seq> snapshots_of(const std::vector<std::string>& names) {
    return all_of(names, parse_snapshot_name);
}

}  // namespace taskbbs::journal
