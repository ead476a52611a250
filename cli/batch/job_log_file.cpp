// Opening, locking, reading and appending.
#include "cli/batch/job_log_file.hpp"

#include "cli/batch/lines.hpp"

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <fcntl.h>
#include <fmt/format.h>
#include <sys/file.h>
#include <unistd.h>

namespace taskbbs::cli::batch {
namespace {

// Longer than any that is written here: a first line holds a command line.
constexpr std::size_t longest_log_line = std::size_t{16} << 20;

tl::unexpected<std::string> system_refusal(std::string_view what, const std::string& path) {
    return tl::unexpected{fmt::format("cannot {} '{}': {}", what, path, std::strerror(errno))};
}

}  // namespace

tl::expected<JobLogFile, std::string> JobLogFile::open(const std::string& path,
                                                       const Owner& owner) {
    Descriptor descriptor{::open(path.c_str(), O_RDWR | O_CREAT | O_APPEND | O_CLOEXEC, 0666)};
    if (descriptor.number() < 0) {
        return system_refusal("open", path);
    }
    if (::flock(descriptor.number(), LOCK_EX | LOCK_NB) != 0) {
        return tl::unexpected{fmt::format(
            "'{}' is in use: another run keeps its log there\nWait for that one, or give "
            "another FILE.",
            path)};
    }
    JobLogFile file{path, std::move(descriptor)};
    const auto name = owner.name.value_or(owner.new_name);
    if (const auto got = file.read(); !got) {
        return tl::unexpected{got.error()};
    }
    if (file.log_.name().empty()) {
        const auto line = first_line(name, owner.command);
        if (const auto written = file.write(line); !written) {
            return tl::unexpected{written.error()};
        }
        file.log_.take(std::string_view{line}.substr(0, line.size() - 1));
        return file;
    }
    file.resumed_ = true;
    if (file.log_.command() != owner.command) {
        return tl::unexpected{
            fmt::format("'{}' is the log of another command: {}\nGive that command again, or "
                        "another FILE.",
                        path,
                        file.log_.command())};
    }
    if (owner.name && *owner.name != file.log_.name()) {
        return tl::unexpected{fmt::format(
            "'{}' is the log of the run {}, not of {}\nLeave --name out, or give another FILE.",
            path,
            file.log_.name(),
            *owner.name)};
    }
    return file;
}

// Whole lines alone count; the rest is cut off, if it is what a crash may have left of ours.
tl::expected<void, std::string> JobLogFile::read() {
    const auto foreign = [this] {
        return tl::unexpected{fmt::format(
            "'{}' is no job log of taskbbs run\nGive another FILE: this one is left as it is.",
            path_)};
    };
    Lines lines{'\n', longest_log_line};
    std::array<char, 65'536> part{};
    std::string beginning;  // of the file
    for (;;) {
        const auto count = ::read(file_.number(), part.data(), part.size());
        if (count < 0) {
            return system_refusal("read", path_);
        }
        if (count == 0) {
            break;
        }
        const std::string_view bytes{part.data(), static_cast<std::size_t>(count)};
        lines.add(bytes);
        beginning += bytes.substr(0, 64 - std::min<std::size_t>(64, beginning.size()));
        while (const auto line = lines.next()) {
            size_ += static_cast<std::int64_t>(line->size()) + 1;
            if (!log_.take(*line)) {
                return foreign();
            }
        }
        if (lines.too_long()) {
            return foreign();
        }
    }
    if (log_.name().empty() && !may_begin_job_log(beginning)) {
        return foreign();
    }
    if (::ftruncate(file_.number(), size_) != 0) {
        return system_refusal("truncate", path_);
    }
    return {};
}

tl::expected<void, std::string> JobLogFile::write(std::string_view text) {
    const auto written = ::write(file_.number(), text.data(), text.size());
    if (written == static_cast<std::int64_t>(text.size())) {
        size_ += written;
        return {};
    }
    if (written >= 0) {
        errno = ENOSPC;
    }
    const auto refusal = system_refusal("write to", path_);
    // A part of a line would spoil the next one.
    [[maybe_unused]] const int cut = ::ftruncate(file_.number(), size_);
    return refusal;
}

tl::expected<void, std::string> JobLogFile::append(const TaskOutcome& outcome,
                                                   std::uint64_t line_hash) {
    return write(line_for(outcome, line_hash));
}

}  // namespace taskbbs::cli::batch
