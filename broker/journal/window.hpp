// Reads a file from front to back in large pieces and shows any stretch of it as one view.
#pragma once

#include "broker/journal/disk.hpp"

#include <cstdint>
#include <string>
#include <string_view>

namespace taskbbs::journal {

class Window {
  public:
    // How much is read at once: little at first, then more each time; a longer stretch is read
    // whole.
    static constexpr std::size_t first_piece_bytes = 64 << 10;
    static constexpr std::size_t piece_bytes = 1 << 20;

    // `file` outlives it.
    explicit Window(File& file) : file_(&file) {}

    // The `bytes` at `offset`; fewer where the file ends. Holds until the next call.
    std::string_view view(std::uint64_t offset, std::size_t bytes);

    // What is written to the file from now on is seen.
    void forget() { filled_ = 0; }

    // Where the data in [begin, end) ends: behind its last byte that is not zero; `begin` if all
    // are.
    std::uint64_t end_of_data(std::uint64_t begin, std::uint64_t end);

  private:
    File* file_;
    std::string buffer_;
    std::size_t next_piece_ = first_piece_bytes;
    std::uint64_t begin_ = 0;  // of the buffer in the file
    std::size_t filled_ = 0;
};

}  // namespace taskbbs::journal
