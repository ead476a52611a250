// The job log of --resume: what of a batch is done, as text that only grows. Tabs between fields, a
// line for each outcome behind one that says whose it is:
//
//     taskbbs-run 1 <tab> NAME <tab> COMMAND
//     NUMBER <tab> LINE_HASH <tab> done|failed <tab> EXIT <tab> SIGNAL <tab> ATTEMPTS
//            <tab> COMPLETED_AT <tab> COMMAND
//
// LINE_HASH tells the line of input apart (hash_of, 16 hexadecimal digits), so that an input which
// has changed is not taken for done; EXIT and SIGNAL are `-` where there is none; COMPLETED_AT is
// RFC 3339; COMMAND is escaped (cli/shown_text.hpp), of an outcome at most 200 bytes of it. Of
// several lines with one NUMBER the last one counts. A last line without its end was torn by a
// crash and does not count. Pure; job_log_file.hpp keeps it.
#pragma once

#include "cli/batch/outcome.hpp"

#include <cstdint>
#include <string>
#include <string_view>
#include <unordered_map>

namespace taskbbs::cli::batch {

// FNV-1a, 64 bits: the same everywhere and for ever.
std::uint64_t hash_of(std::string_view line);

// With their ends. `command`: Template::text().
std::string first_line(std::string_view name, std::string_view command);
std::string line_for(const TaskOutcome& outcome, std::uint64_t line_hash);

// What was left of a first line that a crash has torn may begin so.
bool may_begin_job_log(std::string_view bytes);

// What its lines say, told one after the other, without their ends.
class JobLog {
  public:
    // False: the first line is not one of a job log that this version can read.
    bool take(std::string_view line);

    // Empty until the first line was taken.
    const std::string& name() const { return name_; }

    const std::string& command() const { return command_; }

    bool is_done(std::uint64_t number, std::uint64_t line_hash) const;

  private:
    std::string name_;
    std::string command_;
    std::unordered_map<std::uint64_t, std::uint64_t> done_;  // by number: the line's hash
};

}  // namespace taskbbs::cli::batch
