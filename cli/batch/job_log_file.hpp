// The file of --resume, kept by one process at a time.
#pragma once

#include "cli/batch/job_log.hpp"
#include "cli/executor/descriptor.hpp"

#include <optional>
#include <string>
#include <string_view>
#include <tl/expected.hpp>

namespace taskbbs::cli::batch {

// Errors are one or two lines: what is wrong and what to do.
class JobLogFile {
  public:
    // What the one who opens it is about to run.
    struct Owner {
        std::string command;              // Template::text()
        std::optional<std::string> name;  // as it was asked for
        std::string new_name;             // where neither that nor the file tells
    };

    // Makes the file where there is none, or an empty one; a torn last line is cut off. Refuses
    // what is no job log, one of another command or name, and one that another process has open.
    static tl::expected<JobLogFile, std::string> open(const std::string& path, const Owner& owner);

    // Of the batch that it belongs to.
    const std::string& name() const { return log_.name(); }

    // It is the log of an earlier run.
    bool resumed() const { return resumed_; }

    bool is_done(std::uint64_t number, std::uint64_t line_hash) const {
        return log_.is_done(number, line_hash);
    }

    // Hands the line to the system in one piece. After an error the file ends as before.
    tl::expected<void, std::string> append(const TaskOutcome& outcome, std::uint64_t line_hash);

  private:
    JobLogFile(std::string path, Descriptor file)
        : path_(std::move(path)), file_(std::move(file)) {}

    tl::expected<void, std::string> read();
    tl::expected<void, std::string> write(std::string_view text);

    std::string path_;
    Descriptor file_;
    JobLog log_;
    bool resumed_ = false;
    std::int64_t size_ = 0;  // of what counts
};

}  // namespace taskbbs::cli::batch
