// A counter in the kernel that a poll set can wait for: how a thread says that it has something.
#pragma once

namespace taskbbs::journal {

class EventFd {
  public:
    // Throws JournalError.
    EventFd();
    ~EventFd();
    EventFd(const EventFd&) = delete;
    EventFd& operator=(const EventFd&) = delete;

    int fd() const { return fd_; }

    // Makes it readable.
    void signal() const;
    // Makes it unreadable again.
    void clear() const;

  private:
    int fd_;
};

}  // namespace taskbbs::journal
