// Cursors name the last item shown: "<birth> <until> <domain>" of a task, or an executor's name.
// Where an executor is asked for, its tasks come by birth; otherwise tasks come by domain, then
// birth. What is desired after the first page (its seq is `until`) is not shown, so that paging
// ends.
#include "broker/core/list.hpp"

#include "protocol/codec.hpp"

#include <algorithm>
#include <charconv>
#include <fmt/format.h>

namespace taskbbs::core {

using protocol::Packer;
using protocol::Status;

namespace {

struct Position {
    std::string_view domain;
    Seq born = 0;
    Seq until = 0;
};

// A number and the blank behind it, taken off the front.
std::optional<Seq> take_number(std::string_view& text) {
    Seq number = 0;
    const char* const end = text.data() + text.size();
    const auto [rest, error] = std::from_chars(text.data(), end, number);
    if (error != std::errc() || rest == end || *rest != ' ' || number < 0) {
        return std::nullopt;
    }
    text = {rest + 1, end};
    return number;
}

std::optional<Position> parse_cursor(std::string_view cursor) {
    const std::optional<Seq> born = take_number(cursor);
    const std::optional<Seq> until = born ? take_number(cursor) : std::nullopt;
    if (!until) {
        return std::nullopt;
    }
    return Position{cursor, *born, *until};
}

tl::unexpected<Refused> refuse_cursor() {
    auto refused = refuse(Status::invalid_request,
                          "cursor must be the one that the page before gave: list anew");
    refused.value().body.field = "cursor";
    return refused;
}

// Several listings read as one, by birth.
class Merged {
  public:
    void add(const Listing& listing, const Position& from) {
        const auto at = listing.upper_bound(ListKey{from.born, no_slot});
        const auto end = listing.upper_bound(ListKey{from.until, no_slot});
        if (from.born < from.until && at != end) {
            heads_[count_++] = {at, end};
        }
    }

    // The next task, or no_slot.
    Slot next() {
        std::size_t best = count_;
        for (std::size_t i = 0; i < count_; ++i) {
            const bool has = heads_[i].at != heads_[i].end;
            if (has && (best == count_ || heads_[i].at->born < heads_[best].at->born)) {
                best = i;
            }
        }
        return best == count_ ? no_slot : (heads_[best].at++)->slot;
    }

  private:
    struct Head {
        Listing::const_iterator at;
        Listing::const_iterator end;
    };

    std::array<Head, protocol::live_states> heads_;
    std::size_t count_ = 0;
};

void add_listings(Merged& merged,
                  const Listings& listings,
                  std::optional<State> state,
                  const Position& from) {
    for (std::size_t i = 0; i < listings.size(); ++i) {
        if (!state || static_cast<std::size_t>(*state) == i) {
            merged.add(listings[i], from);
        }
    }
}

// Adds one packed item unless it would make the page larger than limits.reply_bytes; the first item
// is always added. False: the page is full, the item is not on it.
template <class Item>
bool add_item(Page& page, const Item& item, std::size_t limit, std::uint8_t views) {
    const std::size_t before = page.packed.size();
    Packer packer(page.packed);
    encode(packer, item, protocol::Defaults::keep, views);
    if (page.count > 0 && page.packed.size() > limit) {
        page.packed.resize(before);
        return false;
    }
    ++page.count;
    return true;
}

// Fills a page until it is full; then the cursor stays where the last item was.
class PageWriter {
  public:
    PageWriter(const Board& board, const protocol::ListArgs& args, Seq until)
        : board_(board), args_(args), until_(until) {}

    // False when the page is full; the task is then not on it.
    bool add(Slot slot) {
        const TaskView view = board_.tasks().view(slot);
        const auto views =
            args_.view == protocol::ListView::full ? protocol::whole : protocol::header;
        if (page_.count == static_cast<std::uint32_t>(args_.limit) ||
            !add_item(page_, view, board_.settings().limits.reply_bytes, views)) {
            page_.cursor = fmt::format("{} {} {}", last_.born, until_, last_.domain);
            return false;
        }
        last_ = {view.domain, board_.tasks()[slot].born, until_};
        return true;
    }

    Page take() { return std::move(page_); }

  private:
    const Board& board_;
    const protocol::ListArgs& args_;
    Seq until_;
    Page page_;
    Position last_;
};

void list_of_executor(const Board& board,
                      const protocol::ListArgs& args,
                      const Position& from,
                      PageWriter& page) {
    const Slot slot = board.executors().find(*args.executor_id);
    if (slot == no_slot) {
        return;
    }
    Merged merged;
    add_listings(merged, board.executors()[slot].tasks, args.state, from);
    const Tasks& tasks = board.tasks();
    for (Slot task = merged.next(); task != no_slot; task = merged.next()) {
        const bool matches =
            !args.domain || tasks.domains().text(tasks[task].domain) == *args.domain;
        if (matches && !page.add(task)) {
            return;
        }
    }
}

// False when the page is full.
bool list_of_domain(const Board& board,
                    const protocol::ListArgs& args,
                    Slot domain,
                    const Position& from,
                    PageWriter& page) {
    Merged merged;
    add_listings(merged, board.tasks().domains()[domain].listings, args.state, from);
    for (Slot task = merged.next(); task != no_slot; task = merged.next()) {
        if (!page.add(task)) {
            return false;
        }
    }
    return true;
}

// The first domain by name, not before `name`, that has tasks in the state asked for.
Slot domain_from(const Tasks& tasks,
                 std::optional<State> state,
                 std::string_view name,
                 bool itself) {
    Slot first = no_slot;
    for (std::size_t i = 0; i < protocol::live_states; ++i) {
        const auto each = static_cast<State>(i);
        if (state && *state != each) {
            continue;
        }
        const auto& domains = tasks.domains_in(each);
        const auto at = itself ? domains.lower_bound(name) : domains.upper_bound(name);
        if (at != domains.end() && (first == no_slot || at->first < tasks.domains().text(first))) {
            first = at->second;
        }
    }
    return first;
}

void list_of_all(const Board& board,
                 const protocol::ListArgs& args,
                 const Position& from,
                 PageWriter& page) {
    const Tasks& tasks = board.tasks();
    Slot domain = domain_from(tasks, args.state, from.domain, true);
    while (domain != no_slot) {
        const std::string_view name = tasks.domains().text(domain);
        const Seq born = name == from.domain ? from.born : 0;
        if (!list_of_domain(board, args, domain, {name, born, from.until}, page)) {
            return;
        }
        domain = domain_from(tasks, args.state, name, false);
    }
}

}  // namespace

Decided<Page> list(const Board& board, const protocol::ListArgs& args) {
    Position from{.until = board.seq()};
    if (!args.cursor.empty()) {
        const std::optional<Position> position = parse_cursor(args.cursor);
        if (!position) {
            return refuse_cursor();
        }
        from = *position;
    }
    PageWriter page(board, args, from.until);
    if (args.executor_id) {
        list_of_executor(board, args, from, page);
    } else if (args.domain) {
        const Slot domain = board.tasks().domains().find(*args.domain);
        if (domain != no_slot) {
            list_of_domain(board, args, domain, from, page);
        }
    } else {
        list_of_all(board, args, from, page);
    }
    return page.take();
}

namespace {

protocol::ExecutorView view_of(const ExecutorRecord& executor, Time now) {
    return {
        .executor_id = executor.id,
        .incarnation = executor.incarnation,
        .joined_at = executor.joined_at,
        .ttl = executor.ttl,
        .expires_in =
            std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(executor.expires - now)),
        .claimed = static_cast<std::int64_t>(executor.tasks_in(State::claimed).size()),
        .running = static_cast<std::int64_t>(executor.tasks_in(State::running).size()),
        .draining = executor.draining,
        .stacks = {executor.stacks.begin(), executor.stacks.end()},
        .slots = executor.slots,
        .free = executor.free,
    };
}

}  // namespace

Page list_executors(const Board& board, const protocol::ExecutorsArgs& args, Time now) {
    const auto& by_name = board.executors().by_name();
    Page page;
    std::string_view last;
    for (auto it = by_name.upper_bound(args.cursor); it != by_name.end(); ++it) {
        const ExecutorRecord& executor = board.executors()[it->second];
        if (page.count == static_cast<std::uint32_t>(args.limit) ||
            !add_item(page,
                      view_of(executor, now),
                      board.settings().limits.reply_bytes,
                      protocol::every_view)) {
            page.cursor = std::string(last);
            break;
        }
        last = executor.id;
    }
    return page;
}

}  // namespace taskbbs::core
