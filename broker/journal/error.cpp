// The one line that each failure becomes.
#include "broker/journal/error.hpp"

#include <algorithm>
#include <cerrno>
#include <fmt/format.h>
#include <system_error>

namespace taskbbs::journal {

namespace {

std::string describe(int code,
                     std::string_view operation,
                     std::string_view file,
                     std::string_view detail) {
    std::string text =
        fmt::format("journal: {} {}: {}", operation, file, std::generic_category().message(code));
    if (!detail.empty()) text += fmt::format(" ({})", detail);
    return text;
}

std::string_view directory_of(std::string_view file) {
    const std::size_t slash = file.rfind('/');
    return slash == std::string_view::npos ? "." : file.substr(0, slash);
}

std::string damage_of(std::string_view file,
                      std::uint64_t offset,
                      std::int64_t seq,
                      std::string_view what) {
    return fmt::format("journal: {} is damaged at offset {}, where event {} is expected: {}",
                       file,
                       offset,
                       seq,
                       what);
}

std::string restore_or_repair(std::string_view file, std::int64_t seq) {
    return fmt::format(
        "Nothing was changed. Keep a copy of the whole directory before anything else. Then "
        "restore it from a backup, or end the history before the damage: taskbbsd journal repair "
        "--truncate-at {} --journal.dir {} (it keeps what it cuts)",
        std::max<std::int64_t>(seq - 1, 0),
        directory_of(file));
}

}  // namespace

JournalError::JournalError(int code,
                           std::string_view operation,
                           std::string_view file,
                           std::string_view detail)
    : std::runtime_error(describe(code, operation, file, detail)),
      code_(code),
      operation_(operation),
      file_(file) {}

bool JournalError::out_of_space() const noexcept {
    return code_ == ENOSPC || code_ == EDQUOT;
}

LockedError::LockedError(std::string_view directory)
    : std::runtime_error(fmt::format(
          "journal: {} is in use by another broker (its file LOCK is held); stop that one, or give "
          "this one a journal.dir of its own",
          directory)) {}

CorruptError::CorruptError(std::string_view file,
                           std::uint64_t offset,
                           std::int64_t seq,
                           std::string_view what,
                           std::string_view advice)
    : std::runtime_error(
          fmt::format("{}. {}",
                      damage_of(file, offset, seq, what),
                      advice.empty() ? restore_or_repair(file, seq) : std::string(advice))),
      file_(file),
      offset_(offset),
      seq_(seq),
      finding_(what) {}

CorruptError CorruptError::advising(std::string_view advice) const {
    return {file_, offset_, seq_, finding_, advice};
}

std::string CorruptError::damage() const {
    return damage_of(file_, offset_, seq_, finding_);
}

std::string CorruptError::name() const {
    return file_.substr(file_.rfind('/') + 1);
}

UnsupportedError::UnsupportedError(std::string_view file, std::string_view what)
    : std::runtime_error(fmt::format(
          "journal: {} was written by a newer version: {}. Nothing was changed; start the version "
          "that wrote it, or a later one",
          file,
          what)) {}

}  // namespace taskbbs::journal
