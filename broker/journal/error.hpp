// How the journal fails. All of these are exceptions: none leaves a caller anything to go on with,
// each ends the process with one line and an exit code of its own.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>

namespace taskbbs::journal {

// The disk failed an operation (exit code 74 while serving; 1 at start): `operation` on `file` gave
// `code`, an errno. After one that hit a write, nothing written since the last completed commit may
// be believed: no reply leaves, recovery decides what is true.
class JournalError : public std::runtime_error {
  public:
    // `detail` is added to the text of `code`: what to do, or how far it came.
    JournalError(int code,
                 std::string_view operation,
                 std::string_view file,
                 std::string_view detail = {});

    int code() const noexcept { return code_; }

    const std::string& operation() const noexcept { return operation_; }

    const std::string& file() const noexcept { return file_; }

    // The disk, or this user's share of it, is full.
    bool out_of_space() const noexcept;

  private:
    int code_;
    std::string operation_;
    std::string file_;
};

// Another process holds the directory's LOCK (exit code 1).
class LockedError : public std::runtime_error {
  public:
    explicit LockedError(std::string_view directory);
};

// What is on the disk was synced once and is damaged or missing (exit code 75). Nothing was
// changed.
class CorruptError : public std::runtime_error {
  public:
    // `seq`: the event expected there. `advice`: what to do, as what() ends; empty: to restore a
    // backup, or to end the history before the damage. That cuts all that follows: it is the advice
    // only where a start can't do without what is damaged.
    CorruptError(std::string_view file,
                 std::uint64_t offset,
                 std::int64_t seq,
                 std::string_view what,
                 std::string_view advice = {});

    // The same damage with another advice.
    CorruptError advising(std::string_view advice) const;

    // what() without the advice.
    std::string damage() const;

    const std::string& file() const noexcept { return file_; }

    // Without the directory.
    std::string name() const;

    std::uint64_t offset() const noexcept { return offset_; }

    std::int64_t seq() const noexcept { return seq_; }

    const std::string& finding() const noexcept { return finding_; }

  private:
    std::string file_;
    std::uint64_t offset_;
    std::int64_t seq_;
    std::string finding_;
};

// Files that others tell of are not there (exit code 75). Nothing was changed.
class MissingError : public std::runtime_error {
  public:
    using std::runtime_error::runtime_error;
};

// Whole, but of a format that this version can't read (exit code 75). Nothing was changed.
class UnsupportedError : public std::runtime_error {
  public:
    UnsupportedError(std::string_view file, std::string_view what);
};

}  // namespace taskbbs::journal
