// A row: one byte that says what it is, its numbers as they lie in memory, its texts with their
// lengths before them.
#include "broker/core/snapshot.hpp"

#include "broker/core/sequel.hpp"

#include <algorithm>
#include <array>
#include <cstring>
#include <initializer_list>
#include <string>
#include <type_traits>

namespace taskbbs::core {

namespace {

enum class RowKind : std::uint8_t {
    executor = 1,
    session = 2,
    outcome = 3,
    task = 4,
    board = 5,
    pauses = 6,
};

class RowWriter {
  public:
    explicit RowWriter(RowKind kind) { put(kind); }

    template <class T>
    void put(const T& value) {
        static_assert(std::has_unique_object_representations_v<T>);
        bytes_.append(reinterpret_cast<const char*>(&value), sizeof value);
    }

    void put_text(std::string_view text) {
        put(static_cast<std::uint32_t>(text.size()));
        bytes_ += text;
    }

    void clear(RowKind kind) {
        bytes_.clear();
        put(kind);
    }

    std::string_view bytes() const { return bytes_; }

  private:
    std::string bytes_;
};

// Reads a row's fields one behind the other. Once something is missing, everything is empty and
// at_end() stays false.
class FieldReader {
  public:
    explicit FieldReader(std::string_view bytes) : left_(bytes) {}

    template <class T>
    T get() {
        static_assert(std::has_unique_object_representations_v<T>);
        T value{};
        const std::string_view bytes = take(sizeof value);
        if (!bytes.empty()) {
            std::memcpy(&value, bytes.data(), sizeof value);
        }
        return value;
    }

    std::string_view get_text() { return take(get<std::uint32_t>()); }

    // All was read, and nothing was missing.
    bool at_end() const { return !failed_ && left_.empty(); }

  private:
    std::string_view take(std::size_t bytes) {
        failed_ = failed_ || bytes > left_.size();
        if (failed_) {
            return {};
        }
        const std::string_view taken = left_.substr(0, bytes);
        left_.remove_prefix(bytes);
        return taken;
    }

    std::string_view left_;
    bool failed_ = false;
};

// ---- one kind of row after the other ---------------------------------------------------------

struct ExecutorNumbers {
    std::int64_t joined_at = 0;
    std::int64_t ttl = 0;
    std::int64_t left_at = 0;
    std::int64_t lost_at = 0;
    SessionId departed_by;
    std::int64_t departed_id = 0;
    std::uint8_t present = 0;
    std::uint8_t draining = 0;
    std::uint8_t ever_joined = 0;
    std::uint8_t formers = 0;
    std::uint32_t zero = 0;
};

void put(RowWriter& writer, const ExecutorRow& row) {
    writer.clear(RowKind::executor);
    writer.put(
        ExecutorNumbers{.joined_at = row.joined_at.time_since_epoch().count(),
                        .ttl = row.ttl.count(),
                        .left_at = row.left_at,
                        .lost_at = row.lost_at,
                        .departed_by = row.departed_by,
                        .departed_id = row.departed_id,
                        .present = row.present ? std::uint8_t{1} : std::uint8_t{0},
                        .draining = row.draining ? std::uint8_t{1} : std::uint8_t{0},
                        .ever_joined = row.ever_joined ? std::uint8_t{1} : std::uint8_t{0},
                        .formers = static_cast<std::uint8_t>(row.former_incarnations.size())});
    writer.put_text(row.id);
    writer.put_text(row.incarnation);
    for (const std::string& former : row.former_incarnations) {
        writer.put_text(former);
    }
}

// ---- what no broker writes -------------------------------------------------------------------

bool are_possible(std::initializer_list<std::int64_t> times) {
    return std::ranges::all_of(times,
                               [](std::int64_t ns) { return is_possible(Time(Duration(ns))); });
}

bool are_flags(std::initializer_list<std::uint8_t> bytes) {
    return std::ranges::all_of(bytes, [](std::uint8_t byte) { return byte <= 1; });
}

// It is remembered while it is present, and after it left; one that is neither remembered nor being
// lost has no row, and only one that is being lost says who wanted it gone.
bool is_possible(const ExecutorNumbers& numbers) {
    const bool being_lost = numbers.lost_at > 0;
    const bool has_left = numbers.left_at > 0;
    const bool is_remembered = numbers.present == 1 || has_left;
    return are_flags({numbers.present, numbers.draining, numbers.ever_joined}) &&
           numbers.zero == 0 && numbers.formers <= remembered_incarnations &&
           are_possible({numbers.joined_at}) && numbers.ttl >= 0 &&
           numbers.ttl <= protocol::max_ttl_ms && numbers.left_at >= 0 && numbers.lost_at >= 0 &&
           (being_lost || is_remembered) && is_remembered == (numbers.ever_joined == 1) &&
           (being_lost || (numbers.departed_id == 0 && numbers.departed_by == SessionId{})) &&
           (!has_left || numbers.present == 0) && (numbers.present == 1 || numbers.draining == 0);
}

bool is_possible(const TaskNumbers& numbers) {
    return numbers.state < protocol::live_states && numbers.kicks <= DueLines::max_kicks &&
           numbers.on_executor_lost < protocol::names<OnExecutorLost>.size() &&
           numbers.failed <= 1 && numbers.zero == 0 && numbers.born > 0 &&
           numbers.born <= numbers.seq && numbers.epoch >= 0 && numbers.epoch <= numbers.seq &&
           numbers.run_timeout >= 0 && numbers.time_to_claim >= 0 && numbers.not_before >= 0 &&
           numbers.pending_since >= 0 && are_possible({numbers.updated_at, numbers.completed_at});
}

// A task has an owner where its state wants one.
bool is_possible(const TaskRow& row) {
    const auto state = static_cast<State>(row.numbers.state);
    const bool owned = state == State::claimed || state == State::running;
    return is_possible(row.numbers) && !row.guid.empty() && (!owned || !row.executor_id.empty()) &&
           (state != State::pending || row.executor_id.empty());
}

bool is_possible(const SessionNumbers& session) {
    return session.acked >= 0 && are_possible({session.last_used});
}

bool is_possible(const OutcomeNumbers& outcome) {
    const auto is_number = [](std::int64_t seq) { return seq >= 0 && seq <= Outcome::max_seq; };
    return outcome.id > 0 && is_number(outcome.first) && is_number(outcome.last) &&
           outcome.verb < protocol::names<Verb>.size() &&
           outcome.state < protocol::names<State>.size();
}

bool is_possible(const BoardNumbers& board) {
    return board.seq >= 0 && are_possible({board.last_stamp, board.serving, board.last_batch}) &&
           std::ranges::all_of(board.ordinals, [&](std::int64_t ordinal) {
               return ordinal >= 0 && ordinal <= board.seq;
           });
}

// ---- rows as they are read -------------------------------------------------------------------

std::optional<ExecutorRow> executor_of(std::string_view bytes) {
    FieldReader reader(bytes);
    const auto numbers = reader.get<ExecutorNumbers>();
    if (!is_possible(numbers)) {
        return std::nullopt;
    }
    ExecutorRow row{.present = numbers.present != 0,
                    .draining = numbers.draining != 0,
                    .ever_joined = numbers.ever_joined != 0,
                    .joined_at = Time(Duration(numbers.joined_at)),
                    .ttl = milliseconds(numbers.ttl),
                    .left_at = numbers.left_at,
                    .lost_at = numbers.lost_at,
                    .departed_by = numbers.departed_by,
                    .departed_id = numbers.departed_id};
    row.id = reader.get_text();
    row.incarnation = reader.get_text();
    for (int i = 0; i < numbers.formers; ++i) {
        row.former_incarnations.emplace_back(reader.get_text());
    }
    const bool whole = reader.at_end() && !row.id.empty();
    return whole ? std::optional(std::move(row)) : std::nullopt;
}

template <class Numbers>
std::optional<Numbers> numbers_in(std::string_view bytes) {
    FieldReader reader(bytes);
    const auto numbers = reader.get<Numbers>();
    return reader.at_end() && is_possible(numbers) ? std::optional(numbers) : std::nullopt;
}

// In the order in which they stand in a row.
constexpr auto task_texts = std::to_array({&TaskRow::domain,
                                           &TaskRow::stack,
                                           &TaskRow::executor_id,
                                           &TaskRow::guid,
                                           &TaskRow::type,
                                           &TaskRow::annotation,
                                           &TaskRow::payload,
                                           &TaskRow::container_handle,
                                           &TaskRow::failure_reason,
                                           &TaskRow::rejection_reason,
                                           &TaskRow::result});

void put(RowWriter& writer, const TaskRow& row) {
    writer.clear(RowKind::task);
    writer.put(row.numbers);
    for (const auto text : task_texts) {
        writer.put_text(row.*text);
    }
}

std::optional<TaskRow> task_of(std::string_view bytes) {
    FieldReader reader(bytes);
    TaskRow row;
    row.numbers = reader.get<TaskNumbers>();
    for (const auto text : task_texts) {
        row.*text = reader.get_text();
    }
    return reader.at_end() && is_possible(row) ? std::optional(row) : std::nullopt;
}

struct PauseNumbers {
    std::int64_t since = 0;
    std::uint64_t has_stack = 0;
};

void put(RowWriter& writer, const PausesRow& row) {
    writer.clear(RowKind::pauses);
    writer.put(row.ordinal);
    writer.put(std::uint64_t{row.pauses.size()});
    for (const Pause& pause : row.pauses) {
        writer.put(PauseNumbers{.since = pause.since.time_since_epoch().count(),
                                .has_stack = pause.stack ? 1U : 0U});
        writer.put_text(pause.domain);
        writer.put_text(pause.stack.value_or(std::string()));
    }
}

// Nothing: no broker writes such a one.
std::optional<Pause> pause_of(FieldReader& reader) {
    const auto numbers = reader.get<PauseNumbers>();
    Queues queues{.domain = reader.get_text()};
    const std::string_view stack = reader.get_text();
    if (numbers.has_stack == 1) {
        queues.stack = stack;
    }
    const bool possible = are_possible({numbers.since}) && !queues.domain.empty() &&
                          (numbers.has_stack == 1 || (numbers.has_stack == 0 && stack.empty()));
    return possible ? std::optional(Pause(queues, Time(Duration(numbers.since)))) : std::nullopt;
}

std::optional<PausesRow> pauses_of(std::string_view bytes) {
    FieldReader reader(bytes);
    PausesRow row{.ordinal = reader.get<std::int64_t>()};
    const auto pauses = reader.get<std::uint64_t>();
    if (row.ordinal <= 0) {
        return std::nullopt;
    }
    for (std::uint64_t i = 0; i < pauses; ++i) {
        const auto pause = pause_of(reader);
        // In their order, and so none of them twice: the digest is told from it.
        if (!pause || (i > 0 && !(row.pauses.back().queues() < pause->queues()))) {
            return std::nullopt;
        }
        row.pauses.push_back(*pause);
    }
    return reader.at_end() ? std::optional(std::move(row)) : std::nullopt;
}

RowKind kind_of(std::string_view row) {
    return row.empty() ? RowKind{} : static_cast<RowKind>(row.front());
}

}  // namespace

void write_rows(const Board& board, const std::function<void(std::string_view)>& sink) {
    RowWriter writer(RowKind::executor);
    for (const ExecutorRow& row : board.executors().rows()) {
        put(writer, row);
        sink(writer.bytes());
    }
    const auto put_numbers = [&](RowKind kind, const auto& numbers) {
        writer.clear(kind);
        writer.put(numbers);
        sink(writer.bytes());
    };
    board.sessions().rows(
        [&](const SessionNumbers& session) { put_numbers(RowKind::session, session); },
        [&](const OutcomeNumbers& outcome) { put_numbers(RowKind::outcome, outcome); });
    board.tasks().rows([&](const TaskRow& row) {
        put(writer, row);
        sink(writer.bytes());
    });
    if (!board.pauses().is_blank()) {
        put(writer, board.pauses().row());
        sink(writer.bytes());
    }
    put_numbers(RowKind::board, board.numbers());
}

// ---- reading ---------------------------------------------------------------------------------

bool RowReader::take(std::string_view row) {
    if (complete_ || row.empty()) {
        return false;
    }
    const std::string_view fields = row.substr(1);
    switch (kind_of(row)) {
        case RowKind::executor:
            return take_executor(fields);
        case RowKind::session:
            return take_session(fields);
        case RowKind::outcome:
            return take_outcome(fields);
        case RowKind::task:
            return take_task(fields);
        case RowKind::board:
            return take_board(fields);
        case RowKind::pauses:
            return take_pauses(fields);
    }
    return false;
}

bool RowReader::take_executor(std::string_view fields) {
    const auto row = executor_of(fields);
    if (!row || has_task_ || board_.executors().find(row->id) != no_slot) {
        return false;
    }
    board_.executors().load(*row);
    return true;
}

bool RowReader::take_session(std::string_view fields) {
    const auto row = numbers_in<SessionNumbers>(fields);
    if (!row || board_.sessions().knows(row->id)) {
        return false;
    }
    board_.sessions().load(*row);
    has_session_ = true;
    return true;
}

bool RowReader::take_outcome(std::string_view fields) {
    const auto row = numbers_in<OutcomeNumbers>(fields);
    return row && has_session_ && board_.sessions().load(*row);
}

bool RowReader::take_task(std::string_view fields) {
    const auto row = task_of(fields);
    if (!row || row->numbers.seq <= last_touched_) {
        return false;
    }
    last_touched_ = row->numbers.seq;
    has_task_ = true;
    board_.tasks().load(*row);
    return true;
}

bool RowReader::take_pauses(std::string_view fields) {
    const auto row = pauses_of(fields);
    if (!row || !board_.pauses().is_blank()) {
        return false;
    }
    board_.pauses().load(*row);
    return true;
}

bool RowReader::take_board(std::string_view fields) {
    const auto row = numbers_in<BoardNumbers>(fields);
    if (!row || row->seq < last_touched_ || row->seq < board_.pauses().ordinal()) {
        return false;
    }
    if (!board_.tasks().finish_loading() || !board_.executors().finish_loading()) {
        return false;
    }
    board_.load(*row);
    complete_ = true;
    return true;
}

bool RowDigest::take(std::string_view row) {
    if (row.empty() || result_) {
        return false;
    }
    const std::string_view fields = row.substr(1);
    const auto add = [this](const auto& read, const auto& digest) {
        sum_ += read ? digest(*read) : 0;
        return read.has_value();
    };
    switch (kind_of(row)) {
        case RowKind::executor:
            return add(executor_of(fields), [](const auto& read) { return digest_of(read); });
        case RowKind::session:
            return add(numbers_in<SessionNumbers>(fields), [this](const auto& read) {
                session_ = read.id;
                return digest_of(read);
            });
        case RowKind::outcome:
            return add(numbers_in<OutcomeNumbers>(fields),
                       [this](const auto& read) { return digest_of(session_, read); });
        case RowKind::task:
            return add(task_of(fields), [](const auto& read) { return digest_of(read); });
        case RowKind::pauses:
            return add(pauses_of(fields), [](const auto& read) { return digest_of(read); });
        case RowKind::board: {
            const auto board = numbers_in<BoardNumbers>(fields);
            result_ = board ? std::optional(digest_of(*board, sum_)) : std::nullopt;
            return board.has_value();
        }
    }
    return false;
}

}  // namespace taskbbs::core
