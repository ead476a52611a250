// A socket that takes what goes to systemd's journal, and reads its native protocol.
#pragma once

#include <catch2/catch.hpp>

#include <cstdint>
#include <cstring>
#include <endian.h>
#include <filesystem>
#include <map>
#include <string>
#include <string_view>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace taskbbs::broker_test {

using Entry = std::map<std::string, std::string>;

inline Entry parse_entry(std::string_view bytes) {
    Entry entry;
    while (!bytes.empty()) {
        const std::size_t end = bytes.find_first_of("=\n");
        REQUIRE(end != std::string_view::npos);
        const std::string name{bytes.substr(0, end)};
        std::size_t length = 0;
        const bool is_long = bytes[end] == '\n';
        bytes.remove_prefix(end + 1);
        if (is_long) {
            std::uint64_t size = 0;
            REQUIRE(bytes.size() >= sizeof size);
            std::memcpy(&size, bytes.data(), sizeof size);
            bytes.remove_prefix(sizeof size);
            length = le64toh(size);
        } else {
            length = bytes.find('\n');
        }
        REQUIRE(length < bytes.size());
        REQUIRE(bytes[length] == '\n');
        entry[name] = bytes.substr(0, length);
        bytes.remove_prefix(length + 1);
    }
    return entry;
}

class FakeJournal {
  public:
    FakeJournal() {
        std::string name = std::filesystem::temp_directory_path() / "taskbbs-journal-XXXXXX";
        REQUIRE(mkdtemp(name.data()) != nullptr);
        directory_ = name;
        listen();
    }

    ~FakeJournal() {
        close(fd_);
        std::filesystem::remove_all(directory_);
    }

    FakeJournal(const FakeJournal&) = delete;
    FakeJournal& operator=(const FakeJournal&) = delete;

    std::string path() const { return directory_ / "socket"; }

    void restart() {
        close(fd_);
        std::filesystem::remove(path());
        listen();
    }

    void stop() {
        close(fd_);
        fd_ = -1;
    }

    // Empty: nothing came.
    Entry take() const {
        std::string bytes(1 << 16, '\0');
        const ssize_t n = recv(fd_, bytes.data(), bytes.size(), MSG_DONTWAIT);
        return n < 0 ? Entry{} : parse_entry({bytes.data(), static_cast<std::size_t>(n)});
    }

  private:
    void listen() {
        fd_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        REQUIRE(path().size() < sizeof address.sun_path);
        path().copy(address.sun_path, path().size());
        REQUIRE(bind(fd_, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0);
    }

    std::filesystem::path directory_;
    int fd_ = -1;
};

}  // namespace taskbbs::broker_test
