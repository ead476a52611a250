// A disk in memory that fails and crashes on request: at any of its calls, with any subset of what
// was not synced kept.
#pragma once

#include "broker/journal/disk.hpp"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <random>
#include <set>
#include <string>
#include <vector>

namespace taskbbs::journal {

// The machine stops: what a crash leaves is told by MemoryDisk::crash().
struct Crash {};

class MemoryDisk final : public Disk {
  public:
    // `dirty`: pages that the next sync writes. One that fails forgets them, as the kernel does:
    // they read as written and never reach the disk.
    struct Inode {
        std::string now;
        std::string durable;
        std::set<std::uint64_t> dirty;

        void touch(std::uint64_t begin, std::uint64_t end);
        void sync();
    };

    using Names = std::map<std::string, std::shared_ptr<Inode>>;

    enum class Fault { eio, enospc, short_write, crash_before, crash_after };

    // Asked before each call, with its name and its file: what it returns happens to the call. It
    // may throw Crash, and it may let others work meanwhile.
    std::function<std::optional<Fault>(const char* operation, const std::string& name)> on_call;

    MemoryDisk() = default;
    // A deep copy, faults and locks left out.
    std::unique_ptr<MemoryDisk> copy() const;

    // The call with this number (from 0) fails; calls so far.
    void fail_at(std::uint64_t call, Fault fault) { failing_ = {call, fault}; }

    void heal() { failing_.reset(); }

    std::uint64_t calls() const { return calls_; }

    // What a crash of the machine leaves now: of each unsynced sector and each unsynced change of a
    // name it is drawn whether it got through; a sector may be torn in two.
    std::unique_ptr<MemoryDisk> crash(std::uint64_t seed) const;

    // Names what was drawn for a disk that a crash left: equal for the same survivors of one
    // moment.
    std::uint64_t survivors() const { return survivors_; }

    // The same files, and nothing that is locked: the process died, the machine lives on.
    std::unique_ptr<MemoryDisk> without_process();

    std::string& bytes(const std::string& name) { return names_.at(name)->now; }

    bool has(const std::string& name) const { return names_.contains(name); }

    void put(const std::string& name, std::string bytes);

    std::uint64_t capacity = 1ULL << 40;
    bool full = false;  // nothing is free, whatever the capacity

    std::string directory() const override { return "memory"; }

    std::vector<std::string> list() override;
    std::unique_ptr<File> open_to_read(const std::string& name) override;
    std::unique_ptr<File> open_to_write(const std::string& name) override;
    std::unique_ptr<File> create(const std::string& name) override;
    std::unique_ptr<File> lock(const std::string& name) override;
    // By one at a time.
    std::unique_ptr<File> lock_to_read(const std::string& name) override;
    void rename(const std::string& from, const std::string& to) override;
    void remove(const std::string& name) override;
    void sync_directory() override;

    std::uint64_t free_bytes() override { return full ? 0 : capacity - std::min(capacity, used()); }

    std::uint64_t total_bytes() override { return capacity; }

    void random(std::span<char> bytes) override;

  private:
    friend class MemoryFile;

    struct Change {
        std::string from;  // "": made
        std::string to;    // "": removed
        std::shared_ptr<Inode> inode;
    };

    // Counts a call, does it unless it is the one to fail.
    void call(const char* operation, const std::string& name, const std::function<void()>& work);
    void call_write(const std::string& name,
                    std::string_view bytes,
                    const std::function<void(std::string_view)>& work);
    std::optional<Fault> next_fault(const char* operation, const std::string& name);
    std::uint64_t used() const;
    static void apply(const Change& change, Names& names);

    Names names_;
    Names durable_names_;
    std::vector<Change> changes_;  // since the directory was synced
    std::set<std::string> locks_;
    std::uint64_t calls_ = 0;
    std::optional<std::pair<std::uint64_t, Fault>> failing_;
    std::uint64_t survivors_ = 0;
    std::mt19937_64 random_{7};
};

}  // namespace taskbbs::journal
