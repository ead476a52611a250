// The one seam for faults: every I/O call of the journal goes through a Disk, synchronously. One is
// the file system (posix_disk.hpp), another one simulates crashes and failures.
//
// A call that fails throws JournalError with the errno; a short write is a failure. Names are those
// of files in one directory, without a slash. A Disk may be used by several threads at once, a File
// by one at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace taskbbs::journal {

class File {
  public:
    File() = default;
    File(const File&) = delete;
    File& operator=(const File&) = delete;
    virtual ~File() = default;

    // Writes all of `bytes`, growing the file where it ends before. One that fails may have written
    // some.
    virtual void write_at(std::uint64_t offset, std::string_view bytes) = 0;
    // Reads up to bytes.size(); less only where the file ends. Returns how much.
    virtual std::size_t read_at(std::uint64_t offset, std::span<char> bytes) = 0;
    // Contents, and what of the metadata is needed to read them, are durable on return.
    virtual void sync_data() = 0;
    // Contents and metadata are durable on return.
    virtual void sync() = 0;
    // Sends a range on its way to the disk and waits until it has arrived. Promises nothing: it
    // only keeps a later sync from finding much to do.
    virtual void write_back(std::uint64_t offset, std::uint64_t bytes) = 0;
    // Reserves space for the first `bytes` of the file, which grows to them; they read as zero.
    // EOPNOTSUPP where the file system can't.
    virtual void allocate(std::uint64_t bytes) = 0;
    virtual void truncate(std::uint64_t bytes) = 0;
    virtual std::uint64_t size() = 0;
};

class Disk {
  public:
    Disk() = default;
    Disk(const Disk&) = delete;
    Disk& operator=(const Disk&) = delete;
    virtual ~Disk() = default;

    // The directory, for messages.
    virtual std::string directory() const = 0;
    // All files in it, in no order.
    virtual std::vector<std::string> list() = 0;
    // An existing file; ENOENT where there is none.
    virtual std::unique_ptr<File> open_to_read(const std::string& name) = 0;
    virtual std::unique_ptr<File> open_to_write(const std::string& name) = 0;
    // A new, empty file; one of this name is emptied.
    virtual std::unique_ptr<File> create(const std::string& name) = 0;
    // Opens the file, making it if needed, and locks it against other processes for as long as the
    // File lives. Null: another one holds it.
    virtual std::unique_ptr<File> lock(const std::string& name) = 0;
    // Opens an existing file to read, and keeps others from lock(), not from this, for as long as
    // the File lives: the rights to read are enough. ENOENT where there is none. Null: another one
    // holds it.
    virtual std::unique_ptr<File> lock_to_read(const std::string& name) = 0;
    // Replaces `to` if it is there.
    virtual void rename(const std::string& from, const std::string& to) = 0;
    // A file that is not there is no failure.
    virtual void remove(const std::string& name) = 0;
    // Names made, changed and removed before are durable on return.
    virtual void sync_directory() = 0;
    // Of the file system: what we may still take, and its size.
    virtual std::uint64_t free_bytes() = 0;
    virtual std::uint64_t total_bytes() = 0;
    // Random bytes, for identities; fit for secrets.
    virtual void random(std::span<char> bytes) = 0;
};

}  // namespace taskbbs::journal
