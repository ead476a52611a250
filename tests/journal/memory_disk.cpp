// How the disk in memory loses, tears and fails.
#include "tests/journal/memory_disk.hpp"

#include "broker/journal/error.hpp"

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <utility>

namespace taskbbs::journal {

class MemoryFile final : public File {
  public:
    MemoryFile(MemoryDisk& disk,
               std::string name,
               std::shared_ptr<MemoryDisk::Inode> inode,
               bool locked)
        : disk_(&disk), name_(std::move(name)), inode_(std::move(inode)), locked_(locked) {}

    MemoryFile(const MemoryFile&) = delete;
    MemoryFile& operator=(const MemoryFile&) = delete;

    ~MemoryFile() override {
        if (locked_) disk_->locks_.erase(name_);
    }

    void write_at(std::uint64_t offset, std::string_view bytes) override {
        disk_->call_write(name_, bytes, [&](std::string_view done) {
            std::string& now = inode_->now;
            const std::uint64_t end = offset + done.size();
            if (end > now.size()) grow(end);
            now.replace(offset, done.size(), done);
            inode_->touch(offset, end);
        });
    }

    std::size_t read_at(std::uint64_t offset, std::span<char> bytes) override {
        std::size_t found = 0;
        disk_->call("read", name_, [&] {
            const std::string& now = inode_->now;
            if (offset >= now.size()) return;
            found = std::min<std::size_t>(bytes.size(), now.size() - offset);
            std::memcpy(bytes.data(), now.data() + offset, found);
        });
        return found;
    }

    void sync_data() override { sync_as("fdatasync"); }

    void sync() override { sync_as("fsync"); }

    void write_back(std::uint64_t /*offset*/, std::uint64_t /*bytes*/) override {
        disk_->call("sync_file_range", name_, [] {});
    }

    void allocate(std::uint64_t bytes) override {
        disk_->call("fallocate", name_, [&] {
            if (bytes > inode_->now.size()) grow(bytes);
        });
    }

    void truncate(std::uint64_t bytes) override {
        disk_->call("ftruncate", name_, [&] { inode_->now.resize(bytes); });
    }

    std::uint64_t size() override { return inode_->now.size(); }

  private:
    void grow(std::uint64_t bytes) {
        if (bytes - inode_->now.size() > disk_->free_bytes()) {
            throw JournalError(ENOSPC, "write", name_);
        }
        inode_->touch(inode_->now.size(), bytes);
        inode_->now.resize(bytes);
    }

    void sync_as(const char* operation) {
        try {
            disk_->call(operation, name_, [&] { inode_->sync(); });
        } catch (const JournalError&) {
            inode_->dirty.clear();
            throw;
        }
    }

    MemoryDisk* disk_;
    std::string name_;
    std::shared_ptr<MemoryDisk::Inode> inode_;
    bool locked_;
};

namespace {

constexpr std::uint64_t page_bytes = 4096;

}  // namespace

void MemoryDisk::Inode::touch(std::uint64_t begin, std::uint64_t end) {
    for (std::uint64_t page = begin / page_bytes; page * page_bytes < end; ++page)
        dirty.insert(page);
}

void MemoryDisk::Inode::sync() {
    durable.resize(now.size());
    for (const std::uint64_t page : dirty) {
        const std::uint64_t begin = page * page_bytes;
        if (begin < now.size()) durable.replace(begin, page_bytes, now, begin, page_bytes);
    }
    dirty.clear();
}

std::optional<MemoryDisk::Fault> MemoryDisk::next_fault(const char* operation,
                                                        const std::string& name) {
    const std::uint64_t number = calls_++;
    if (on_call) {
        if (const std::optional<Fault> fault = on_call(operation, name)) return fault;
    }
    if (failing_ && failing_->first == number) return failing_->second;
    return std::nullopt;
}

void MemoryDisk::call(const char* operation,
                      const std::string& name,
                      const std::function<void()>& work) {
    const std::optional<Fault> fault = next_fault(operation, name);
    if (fault == Fault::crash_before) throw Crash();
    if (fault == Fault::enospc) throw JournalError(ENOSPC, operation, name);
    if (fault == Fault::eio || fault == Fault::short_write)
        throw JournalError(EIO, operation, name);
    work();
    if (fault == Fault::crash_after) throw Crash();
}

void MemoryDisk::call_write(const std::string& name,
                            std::string_view bytes,
                            const std::function<void(std::string_view)>& work) {
    const std::optional<Fault> fault = next_fault("write", name);
    if (fault == Fault::crash_before) throw Crash();
    if (fault == Fault::enospc) throw JournalError(ENOSPC, "write", name);
    if (fault == Fault::short_write) work(bytes.substr(0, bytes.size() / 2));
    if (fault == Fault::short_write || fault == Fault::eio) throw JournalError(EIO, "write", name);
    work(bytes);
    if (fault == Fault::crash_after) throw Crash();
}

std::uint64_t MemoryDisk::used() const {
    std::uint64_t bytes = 0;
    for (const auto& [name, inode] : names_)
        bytes += inode->now.size();
    return bytes;
}

std::unique_ptr<MemoryDisk> MemoryDisk::copy() const {
    auto made = std::make_unique<MemoryDisk>();
    for (const auto& [name, inode] : names_)
        made->put(name, inode->now);
    made->capacity = capacity;
    made->random_ = random_;
    return made;
}

void MemoryDisk::put(const std::string& name, std::string bytes) {
    auto inode = std::make_shared<Inode>();
    inode->durable = bytes;
    inode->now = std::move(bytes);
    names_[name] = inode;
    durable_names_[name] = inode;
}

namespace {

constexpr std::size_t sector_bytes = 512;

// Draws, and names what it drew.
struct Fates {
    std::mt19937_64 draw;
    std::uint64_t name = 1;

    std::uint64_t of(std::uint64_t choices) {
        const std::uint64_t drawn = draw() % choices;
        name = name * 1'099'511'628'211ULL + drawn + 1;
        return drawn;
    }
};

std::string_view part_of(const std::string& bytes, std::size_t begin, std::size_t size) {
    return begin < bytes.size() ? std::string_view(bytes).substr(begin, size) : std::string_view();
}

// A sector after a crash: it is there, or not, or half.
void settle_sector(const MemoryDisk::Inode& inode,
                   std::size_t begin,
                   std::string& left,
                   Fates& fates) {
    const std::size_t bytes = std::min(sector_bytes, left.size() - begin);
    std::string before(part_of(inode.durable, begin, bytes));
    std::string after(part_of(inode.now, begin, bytes));
    before.resize(bytes);
    after.resize(bytes);
    if (before == after) return;
    const std::uint64_t drawn = fates.of(5);
    if (drawn == 0) {
        const std::size_t torn = fates.of(bytes);
        after.replace(torn, bytes - torn, before, torn, bytes - torn);
    }
    left.replace(begin, bytes, drawn <= 2 ? after : before);
}

// The file after a crash. Most of it is as it was synced, and is looked at in large pieces.
std::string after_crash(const MemoryDisk::Inode& inode, Fates& fates) {
    const bool changed_size = inode.now.size() != inode.durable.size();
    const bool grown = !changed_size || fates.of(2) == 0;
    std::string left = grown ? inode.now : inode.durable;
    for (std::size_t page = 0; page < left.size(); page += page_bytes) {
        if (part_of(inode.now, page, page_bytes) == part_of(inode.durable, page, page_bytes))
            continue;
        const std::size_t end = std::min<std::size_t>(left.size(), page + page_bytes);
        for (std::size_t sector = page; sector < end; sector += sector_bytes)
            settle_sector(inode, sector, left, fates);
    }
    return left;
}

}  // namespace

void MemoryDisk::apply(const Change& change, Names& names) {
    if (change.to.empty()) {
        names.erase(change.from);
        return;
    }
    names[change.to] = change.inode;
    const auto from = names.find(change.from);
    if (from != names.end() && from->second == change.inode) names.erase(from);
}

std::unique_ptr<MemoryDisk> MemoryDisk::crash(std::uint64_t seed) const {
    Fates fates{std::mt19937_64(seed)};
    Names names = durable_names_;
    for (const Change& change : changes_) {
        if (fates.of(2) == 0) apply(change, names);
    }
    auto left = std::make_unique<MemoryDisk>();
    for (const auto& [name, inode] : names)
        left->put(name, after_crash(*inode, fates));
    left->capacity = capacity;
    left->random_.seed(seed);
    left->survivors_ = fates.name;
    return left;
}

std::unique_ptr<MemoryDisk> MemoryDisk::without_process() {
    auto left = std::make_unique<MemoryDisk>();
    left->names_ = names_;
    left->durable_names_ = durable_names_;
    left->changes_ = changes_;
    left->capacity = capacity;
    left->random_ = random_;
    return left;
}

std::vector<std::string> MemoryDisk::list() {
    std::vector<std::string> found;
    call("list", "", [&] {
        for (const auto& [name, inode] : names_)
            found.push_back(name);
    });
    return found;
}

std::unique_ptr<File> MemoryDisk::open_to_read(const std::string& name) {
    std::unique_ptr<File> file;
    call("open", name, [&] {
        const auto found = names_.find(name);
        if (found == names_.end()) throw JournalError(ENOENT, "open", name);
        file = std::make_unique<MemoryFile>(*this, name, found->second, false);
    });
    return file;
}

std::unique_ptr<File> MemoryDisk::open_to_write(const std::string& name) {
    return open_to_read(name);
}

std::unique_ptr<File> MemoryDisk::create(const std::string& name) {
    std::unique_ptr<File> file;
    call("create", name, [&] {
        std::shared_ptr<Inode>& inode = names_[name];
        if (!inode) {
            inode = std::make_shared<Inode>();
            changes_.push_back({"", name, inode});
        }
        inode->now.clear();
        file = std::make_unique<MemoryFile>(*this, name, inode, false);
    });
    return file;
}

std::unique_ptr<File> MemoryDisk::lock(const std::string& name) {
    std::unique_ptr<File> file;
    call("flock", name, [&] {
        if (!locks_.insert(name).second) return;
        std::shared_ptr<Inode>& inode = names_[name];
        if (!inode) {
            inode = std::make_shared<Inode>();
            changes_.push_back({"", name, inode});
        }
        file = std::make_unique<MemoryFile>(*this, name, inode, true);
    });
    return file;
}

std::unique_ptr<File> MemoryDisk::lock_to_read(const std::string& name) {
    if (!names_.contains(name)) throw JournalError(ENOENT, "open", name);
    return lock(name);
}

void MemoryDisk::rename(const std::string& from, const std::string& to) {
    call("rename", from, [&] {
        const auto found = names_.find(from);
        if (found == names_.end()) throw JournalError(ENOENT, "rename", from);
        changes_.push_back({from, to, found->second});
        apply(changes_.back(), names_);
    });
}

void MemoryDisk::remove(const std::string& name) {
    call("unlink", name, [&] {
        const auto found = names_.find(name);
        if (found == names_.end()) return;
        changes_.push_back({name, "", found->second});
        names_.erase(found);
    });
}

void MemoryDisk::sync_directory() {
    call("fsync", "directory", [&] {
        changes_.clear();
        durable_names_ = names_;
    });
}

void MemoryDisk::random(std::span<char> bytes) {
    for (char& byte : bytes)
        byte = static_cast<char>(random_());
}

}  // namespace taskbbs::journal
