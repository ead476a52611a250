// The journal's disk, for real: one directory of the file system.
#pragma once

#include "broker/journal/disk.hpp"
#include "broker/journal/settings.hpp"

#include <mutex>

namespace taskbbs::journal {

class PosixDisk final : public Disk {
  public:
    // The directory must exist. Throws JournalError. Sync::never: the three syncs do nothing. What
    // root makes in it belongs to its owner: a tool that root runs leaves nothing behind that the
    // broker can't open.
    explicit PosixDisk(std::string directory, Sync sync = Sync::always);
    ~PosixDisk() override;
    PosixDisk(const PosixDisk&) = delete;
    PosixDisk& operator=(const PosixDisk&) = delete;

    std::string directory() const override { return directory_; }

    std::vector<std::string> list() override;
    std::unique_ptr<File> open_to_read(const std::string& name) override;
    std::unique_ptr<File> open_to_write(const std::string& name) override;
    std::unique_ptr<File> create(const std::string& name) override;
    std::unique_ptr<File> lock(const std::string& name) override;
    std::unique_ptr<File> lock_to_read(const std::string& name) override;
    void rename(const std::string& from, const std::string& to) override;
    void remove(const std::string& name) override;
    void sync_directory() override;
    std::uint64_t free_bytes() override;
    std::uint64_t total_bytes() override;
    void random(std::span<char> bytes) override;

  private:
    std::unique_ptr<File> open(const std::string& name, int flags);
    std::unique_ptr<File> open_locked(const std::string& name, int flags, int operation);

    void give_to_owner(int fd, const std::string& name) const;

    std::string path(const std::string& name) const { return directory_ + "/" + name; }

    std::string directory_;
    Sync sync_;
    int fd_ = -1;
    bool gives_away_ = false;  // we are root, and the directory is somebody else's
    // The kernel says once that names were lost, to whoever syncs next: from then on nobody's sync
    // of the directory may be believed. One at a time, so that none succeeds before the one that
    // was told has noted it.
    std::mutex directory_mutex_;
    int directory_lost_ = 0;  // errno
};

}  // namespace taskbbs::journal
