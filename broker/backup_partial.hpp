// The directory that a backup is made in, until it gets its name: one maker at a time, whatever
// each copies.
#pragma once

#include <string>

namespace taskbbs::broker {

class PartialBackup {
  public:
    // Makes the directory, or takes over what is left of a maker that has ended. Throws
    // JournalError, and std::runtime_error where another maker is at work there, or others' files
    // are.
    explicit PartialBackup(const std::string& path);
    ~PartialBackup();
    PartialBackup(const PartialBackup&) = delete;
    PartialBackup& operator=(const PartialBackup&) = delete;

    const std::string& path() const { return path_; }

    // Durable on return. Throws JournalError.
    void name_it(const std::string& to);
    // Removes the directory and what was made in it.
    void remove();

  private:
    std::string path_;
    int lock_;  // its file LOCK, which is the backup's own later
};

// False: it was there. Throws JournalError.
bool make_directory(const std::string& path);
// Names in it are durable on return. Throws JournalError.
void sync_directory(const std::string& path);

}  // namespace taskbbs::broker
