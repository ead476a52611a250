// Writing and reading lines of a job log.
#include "cli/batch/job_log.hpp"

#include "cli/shown_text.hpp"
#include "cli/values.hpp"

#include <charconv>
#include <fmt/format.h>
#include <optional>
#include <vector>

namespace taskbbs::cli::batch {
namespace {

constexpr std::string_view magic = "taskbbs-run 1";
constexpr std::size_t longest_command = 200;
constexpr std::size_t record_fields = 8;

std::vector<std::string_view> fields_of_record(std::string_view line) {
    std::vector<std::string_view> fields;
    for (;;) {
        const auto tab = line.find('\t');
        fields.push_back(line.substr(0, tab));
        if (tab == std::string_view::npos) {
            return fields;
        }
        line.remove_prefix(tab + 1);
    }
}

std::optional<std::uint64_t> unsigned_of(std::string_view word, int base) {
    std::uint64_t value = 0;
    const auto [end, error] = std::from_chars(word.data(), word.data() + word.size(), value, base);
    const bool whole = error == std::errc{} && end == word.data() + word.size();
    return whole ? std::optional{value} : std::nullopt;
}

std::string number_or_dash(std::optional<int> number) {
    return number ? std::to_string(*number) : "-";
}

}  // namespace

std::uint64_t hash_of(std::string_view line) {
    std::uint64_t hash = 0xcbf2'9ce4'8422'2325;
    for (const char byte : line) {
        hash ^= static_cast<unsigned char>(byte);
        hash *= 0x100'0000'01b3;
    }
    return hash;
}

std::string first_line(std::string_view name, std::string_view command) {
    return fmt::format("{}\t{}\t{}\n", magic, name, command);
}

bool may_begin_job_log(std::string_view bytes) {
    return bytes.starts_with(magic) || magic.starts_with(bytes);
}

std::string line_for(const TaskOutcome& outcome, std::uint64_t line_hash) {
    return fmt::format("{}\t{:016x}\t{}\t{}\t{}\t{}\t{}\t{}\n",
                       outcome.key.number,
                       line_hash,
                       outcome.failed ? "failed" : "done",
                       number_or_dash(outcome.exit),
                       number_or_dash(outcome.signal),
                       outcome.key.attempt + 1,
                       rfc3339(outcome.completed_at),
                       escaped(outcome.command, longest_command));
}

bool JobLog::take(std::string_view line) {
    const auto fields = fields_of_record(line);
    if (name_.empty()) {
        if (fields.size() != 3 || fields[0] != magic ||
            !is_name(fields[1], 1, longest_batch_name)) {
            return false;
        }
        name_ = fields[1];
        command_ = fields[2];
        return true;
    }
    // Whatever else stands there, a crash of the machine may have left: what it tells is unknown.
    const auto number = unsigned_of(fields[0], 10);
    if (fields.size() != record_fields || !number) {
        return true;
    }
    const auto hash = unsigned_of(fields[1], 16);
    if (fields[2] == "done" && hash) {
        done_[*number] = *hash;
    } else {
        done_.erase(*number);
    }
    return true;
}

bool JobLog::is_done(std::uint64_t number, std::uint64_t line_hash) const {
    const auto found = done_.find(number);
    return found != done_.end() && found->second == line_hash;
}

}  // namespace taskbbs::cli::batch
