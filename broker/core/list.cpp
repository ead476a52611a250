// Cursors name the last item shown: "<birth> <domain>" of a task, or an executor's name. Where an
// executor is asked for, its tasks come by birth; otherwise tasks come by domain, then birth.
#include "broker/core/list.hpp"

#include "protocol/codec.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace taskbbs::core {

using protocol::Packer;
using protocol::Status;

namespace {

struct Position {
    std::string_view domain;
    Seq born = 0;
};

std::optional<Position> parse_cursor(std::string_view cursor) {
    Position position;
    const char* const end = cursor.data() + cursor.size();
    const auto [rest, error] = std::from_chars(cursor.data(), end, position.born);
    if (error != std::errc() || rest == end || *rest != ' ' || position.born < 0) {
        return std::nullopt;
    }
    position.domain = {rest + 1, end};
    return position;
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
    void add(const Listing& listing, Seq after) {
        auto at = listing.upper_bound(ListKey{after, no_slot});
        if (at != listing.end()) {
            heads_[count_++] = {at, listing.end()};
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

void add_listings(Merged& merged, const Listings& listings, std::optional<State> state, Seq after) {
    for (std::size_t i = 0; i < listings.size(); ++i) {
        if (!state || static_cast<std::size_t>(*state) == i) {
            merged.add(listings[i], after);
        }
    }
}

// Fills a page until it is full; then the cursor stays where the last item was.
class PageWriter {
  public:
    PageWriter(const Board& board, const protocol::ListArgs& args) : board_(board), args_(args) {}

    // False when the page is full; the task is then not on it.
    bool add(Slot slot) {
        const auto limit = static_cast<std::uint32_t>(args_.limit);
        if (page_.count == limit || page_.packed.size() >= board_.settings().limits.reply_bytes) {
            page_.cursor = fmt::format("{} {}", last_.born, last_.domain);
            return false;
        }
        const TaskView view = board_.tasks().view(slot);
        Packer packer(page_.packed);
        encode(packer,
               view,
               protocol::Defaults::keep,
               args_.view == protocol::ListView::full ? protocol::whole : protocol::header);
        ++page_.count;
        last_ = {view.domain, board_.tasks()[slot].born};
        return true;
    }

    Page take() { return std::move(page_); }

  private:
    const Board& board_;
    const protocol::ListArgs& args_;
    Page page_;
    Position last_;
};

void list_of_executor(const Board& board, const protocol::ListArgs& args, Seq after, PageWriter& page) {
    const Slot slot = board.executors().find(*args.executor_id);
    if (slot == no_slot) {
        return;
    }
    Merged merged;
    add_listings(merged, board.executors()[slot].tasks, args.state, after);
    const Tasks& tasks = board.tasks();
    for (Slot task = merged.next(); task != no_slot; task = merged.next()) {
        const bool matches = !args.domain || tasks.domains().text(tasks[task].domain) == *args.domain;
        if (matches && !page.add(task)) {
            return;
        }
    }
}

// False when the page is full.
bool list_of_domain(const Board& board,
                    const protocol::ListArgs& args,
                    Slot domain,
                    Seq after,
                    PageWriter& page) {
    Merged merged;
    add_listings(merged, board.tasks().domains()[domain].listings, args.state, after);
    for (Slot task = merged.next(); task != no_slot; task = merged.next()) {
        if (!page.add(task)) {
            return false;
        }
    }
    return true;
}

// The first domain by name, not before `name`, that has tasks in the state asked for.
Slot domain_from(const Tasks& tasks, std::optional<State> state, std::string_view name, bool itself) {
    Slot first = no_slot;
    for (std::size_t i = 0; i < protocol::live_states; ++i) {
        const auto each = static_cast<State>(i);
        if (state && *state != each) {
            continue;
        }
        const auto& domains = tasks.domains_in(each);
        const auto at = itself ? domains.lower_bound(name) : domains.upper_bound(name);
        if (at != domains.end() &&
            (first == no_slot || at->first < tasks.domains().text(first))) {
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
        if (!list_of_domain(board, args, domain, name == from.domain ? from.born : 0, page)) {
            return;
        }
        domain = domain_from(tasks, args.state, name, false);
    }
}

}  // namespace

Decided<Page> list(const Board& board, const protocol::ListArgs& args) {
    Position from;
    if (!args.cursor.empty()) {
        const std::optional<Position> position = parse_cursor(args.cursor);
        if (!position) {
            return refuse_cursor();
        }
        from = *position;
    }
    PageWriter page(board, args);
    if (args.executor_id) {
        list_of_executor(board, args, from.born, page);
    } else if (args.domain) {
        const Slot domain = board.tasks().domains().find(*args.domain);
        if (domain != no_slot) {
            list_of_domain(board, args, domain, from.born, page);
        }
    } else {
        list_of_all(board, args, from, page);
    }
    return page.take();
}

Decided<Page> list_executors(const Board& board, const protocol::ExecutorsArgs& args, Time now) {
    const auto& by_name = board.executors().by_name();
    Page page;
    Packer packer(page.packed);
    std::string_view last;
    const auto limit = static_cast<std::uint32_t>(args.limit);
    for (auto it = by_name.upper_bound(args.cursor); it != by_name.end(); ++it) {
        if (page.count == limit || page.packed.size() >= board.settings().limits.reply_bytes) {
            page.cursor = std::string(last);
            break;
        }
        const ExecutorRecord& executor = board.executors()[it->second];
        const protocol::ExecutorView view{
            .executor_id = executor.id,
            .incarnation = executor.incarnation,
            .joined_at = executor.joined_at,
            .ttl = executor.ttl,
            .expires_in = std::max(milliseconds{0},
                                   std::chrono::ceil<milliseconds>(executor.expires - now)),
            .claimed = static_cast<std::int64_t>(executor.tasks_in(State::claimed).size()),
            .running = static_cast<std::int64_t>(executor.tasks_in(State::running).size()),
            .draining = executor.draining,
            .stacks = {executor.stacks.begin(), executor.stacks.end()},
            .slots = executor.slots,
            .free = executor.free,
        };
        encode(packer, view);
        ++page.count;
        last = executor.id;
    }
    return page;
}

}  // namespace taskbbs::core
