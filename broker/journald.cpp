// One datagram an entry, unconnected, so that a journal that was restarted gets the next one.
//
//   NAME=text\n                                 where the text is one line, else
//   NAME\n, its length as 64 bits (little-endian), text\n
#include "broker/journald.hpp"

#include "broker/message_ids.hpp"

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <endian.h>
#include <fmt/format.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::broker {

namespace {

void append(std::string& entry, std::string_view name, std::string_view text) {
    entry += name;
    if (text.find('\n') == std::string_view::npos) {
        entry += '=';
    } else {
        const std::uint64_t length = htole64(text.size());
        entry += '\n';
        entry.append(reinterpret_cast<const char*>(&length), sizeof length);
    }
    entry += text;
    entry += '\n';
}

std::string upper(std::string_view name) {
    std::string text{name};
    std::ranges::transform(
        text, text.begin(), [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
    return text;
}

struct Bare {
    std::string operator()(std::string_view text) const { return shortened(text); }

    std::string operator()(auto number) const { return fmt::format("{}", number); }
};

// The line as people read it: without the priority in front, and without its end.
std::string message(Level level, std::string_view event, std::span<const Field> fields) {
    const std::string line = format_line(LogStyle::journald, level, {}, event, fields);
    const std::size_t begin = line.find('>') + 1;
    return line.substr(begin, line.size() - begin - 1);
}

}  // namespace

std::string journald_entry(Level level, std::string_view event, std::span<const Field> fields) {
    std::string entry;
    append(entry, "MESSAGE", message(level, event, fields));
    append(entry, "PRIORITY", fmt::format("{}", priority_of(level)));
    append(entry, "SYSLOG_IDENTIFIER", "taskbbsd");
    if (const std::string_view id = message_id_of(event); !id.empty()) {
        append(entry, "MESSAGE_ID", id);
    }
    append(entry, "TASKBBS_EVENT", event);
    for (const Field& field : fields) {
        append(entry, "TASKBBS_" + upper(field.name), std::visit(Bare{}, field.value));
    }
    return entry;
}

Journald::Journald(std::string socket)
    : socket_(std::move(socket)), fd_(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0)) {}

Journald::~Journald() {
    close(fd_);
}

Journald::Sent Journald::send(const std::string& entry) const {
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    if (socket_.size() >= sizeof address.sun_path) {
        return Sent::missing;
    }
    std::memcpy(address.sun_path, socket_.data(), socket_.size());
    const auto* const to = reinterpret_cast<const sockaddr*>(&address);
    const ssize_t sent =
        sendto(fd_, entry.data(), entry.size(), MSG_DONTWAIT | MSG_NOSIGNAL, to, sizeof address);
    if (sent >= 0) {
        return Sent::taken;
    }
    return errno == EAGAIN || errno == ENOBUFS ? Sent::full : Sent::missing;
}

}  // namespace taskbbs::broker
