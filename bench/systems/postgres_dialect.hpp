// PostgreSQL as a task board: a row a task, an index on the state, each transition an UPDATE of the
// row in the state that it must be in, which hands over what taskbbs does and notifies. Its
// protocol 3.0: prepared statements, pipelined; what travels together ends in one Sync and is one
// transaction, which is how requests are batched here.
#pragma once

#include "bench/load/drive.hpp"

#include <array>
#include <string>

namespace taskbbs::bench {

enum class Notify : bool { no, yes };

// The tables, as lines for a server in single-user mode.
std::string_view postgres_schema();

class PostgresDialect : public Dialect {
  public:
    PostgresDialect(const Load& load, Notify notify);

    int steps() const override { return static_cast<int>(step_count); }

    void open(std::string& out) override;
    bool opened(std::string_view& in, std::string& out) override;
    void ask(Lane& lane, std::string& out) override;
    void finish(std::string& out) override;
    // A step is taken once the transaction that it is in was committed.
    Answer take(std::string_view& in, Lane& lane) override;

  private:
    static constexpr std::size_t step_count = 6;

    // Bind and Execute of one step, but for the guid.
    struct Mold {
        std::string bytes;
        std::size_t guid_at = 0;
    };

    static Mold mold_of(std::size_t step, std::string_view argument);
    void sync(std::string& out);

    Notify notify_;
    int per_sync_;
    std::array<Mold, step_count> molds_;
    int ready_ = 0;      // times the server was, while connecting
    int unsynced_ = 0;   // requests behind the last Sync
    int executed_ = 0;   // answers that have come, of the transaction that is being read
    int failed_ = 0;     // of these, those that changed no row
    int committed_ = 0;  // answers that may be handed out
    int refused_ = 0;    // of these
};

}  // namespace taskbbs::bench
