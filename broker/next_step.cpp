// What depends on who failed first, then what does not.
#include "broker/next_step.hpp"

#include <cerrno>
#include <fmt/format.h>
#include <pwd.h>
#include <string_view>
#include <unistd.h>

namespace taskbbs::broker {

namespace {

std::string user_name() {
    const passwd* const entry = getpwuid(geteuid());  // NOLINT(concurrency-mt-unsafe): the end
    return entry != nullptr ? entry->pw_name : fmt::format("{}", geteuid());
}

std::string step_of_anybody(int code) {
    switch (code) {
        case ENOSPC:
        case EDQUOT:
            return "free space there";
        case EROFS:
            return "mount it to be written to";
        case EMFILE:
            return "raise LimitNOFILE=, or ulimit -n";
        case ENFILE:
            return "raise fs.file-max (sysctl)";
        case EIO:
            return "see the kernel's log and the health of the disk";
        default:
            return {};
    }
}

std::string step_of_broker(int code, const std::string& directory) {
    constexpr std::string_view rule =
        "the state directory (journal.dir) must exist and belong to the broker's user";
    switch (code) {
        case ENOENT:
            return fmt::format("{}: install -d -m 0700 -o {} {}", rule, user_name(), directory);
        case EACCES:
        case EPERM:
            return fmt::format("{}: chown -R {} {}; taskbbsd --check-config says more",
                               rule,
                               user_name(),
                               directory);
        case ENOSPC:
        case EDQUOT:
            return step_of_anybody(code) + ", or move journal.dir to a larger disk";
        case EROFS:
            return fmt::format(
                "{}; under systemd: systemctl edit taskbbsd, [Service] "
                "ReadWritePaths={}",
                step_of_anybody(code),
                directory);
        default:
            return step_of_anybody(code);
    }
}

std::string step_of_tool(int code) {
    if (code == EACCES || code == EPERM) {
        return "run this as root, or as the user whom it belongs to";
    }
    return step_of_anybody(code);
}

// Behind what the text has in parentheses, if it has.
std::string joined(const journal::JournalError& error, const std::string& step) {
    std::string text = error.what();
    if (step.empty()) {
        return text;
    }
    const bool goes_on = text.ends_with(')');
    if (goes_on) {
        text.pop_back();
    }
    return fmt::format("{}{}{})", text, goes_on ? "; " : " (", step);
}

}  // namespace

std::string with_next_step(const journal::JournalError& error, const std::string& state_directory) {
    // A file that went missing in it is another matter.
    const bool is_other_file = error.code() == ENOENT && error.file() != state_directory;
    return joined(error,
                  is_other_file ? std::string() : step_of_broker(error.code(), state_directory));
}

std::string with_next_step_of_tool(const journal::JournalError& error) {
    return joined(error, step_of_tool(error.code()));
}

}  // namespace taskbbs::broker
