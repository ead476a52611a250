// Bytes from one file to another one.
#pragma once

#include "broker/journal/disk.hpp"

#include <cstdint>

namespace taskbbs::journal {

// Copies [begin, end) of `from` to `to`, where it begins at `at`. Throws JournalError, also where
// `from` ends before.
void copy_bytes(File& from, std::uint64_t begin, std::uint64_t end, File& to, std::uint64_t at = 0);

}  // namespace taskbbs::journal
