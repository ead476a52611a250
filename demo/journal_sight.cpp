// Reading a file that another process writes.
#include "demo/journal_sight.hpp"

#include <algorithm>
#include <cerrno>
#include <fcntl.h>
#include <system_error>
#include <unistd.h>

namespace taskbbs::demo {
namespace {

constexpr std::size_t page = 4096;  // where a batch begins; what was not written is zeroes
constexpr std::size_t window = std::size_t{256} << 10;

std::filesystem::path newest_segment(const std::filesystem::path& directory) {
    std::filesystem::path newest;
    for (const auto& entry : std::filesystem::directory_iterator{directory}) {
        const std::string name = entry.path().filename();
        if (name.starts_with("seg-") && name.find('.') == std::string::npos) {
            newest = std::max(newest, entry.path());
        }
    }
    return newest;
}

}  // namespace

JournalSight::JournalSight(const std::filesystem::path& directory)
    : file_(::open(newest_segment(directory).c_str(), O_RDONLY | O_CLOEXEC)) {
    if (file_ < 0) {
        throw std::system_error{errno, std::generic_category(), directory};
    }
}

JournalSight::~JournalSight() {
    ::close(file_);
}

void JournalSight::read(std::size_t bytes) {
    seen_.resize(bytes);
    const auto count = ::pread(file_, seen_.data(), seen_.size(), at_);
    seen_.resize(static_cast<std::size_t>(std::max<ssize_t>(count, 0)));
}

void JournalSight::skip_written() {
    for (read(page); seen_.find_first_not_of('\0') != std::string::npos; read(page)) {
        at_ += static_cast<long>(page);
    }
}

bool JournalSight::holds(std::string_view words) {
    read(window);
    return seen_.find(words) != std::string::npos;
}

}  // namespace taskbbs::demo
