// Cursors name the last item shown: "<birth> <until> <domain>" of a task, or an executor's name.
// Tasks come by domain, then birth: domains by name, those of an executor's tasks by group. What is
// desired after the first page (its seq is `until`) is passed by, so that paging ends. Since a page
// must not be empty before the end, passing by is bounded in another way: after so many domains
// that hold nothing older, what is newer is shown as well, and the next page begins to pass by
// anew.
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

// How many domains with nothing to show a page passes by; half a microsecond each at most.
constexpr int most_passed = 256;
constexpr Seq no_until = protocol::max_integer;

const SlotBy<Seq>& birth_of(const SlotBy<Seq>& key) {
    return key;
}

const SlotBy<Seq>& birth_of(const ListKey& key) {
    return key.birth;
}

Births::const_iterator end_of_group(const Births& listing, const SlotBy<Seq>& /*key*/) {
    return listing.end();
}

Listing::const_iterator end_of_group(const Listing& listing, const ListKey& key) {
    return listing.upper_bound({key.group, {no_until, no_slot}});
}

// Several listings read as one, by group, then birth. A domain's are one group.
template <class Order>
class Merged {
  public:
    using Key = typename Order::key_type;

    explicit Merged(Seq until) : until_(until) {}

    // Those behind `after`: all, or those of its group.
    void add_all(const Order& listing, const Key& after) {
        heads_[count_++] = {&listing, listing.upper_bound(after), listing.end()};
    }

    void add_group(const Order& listing, const Key& after) {
        heads_[count_++] = {&listing, listing.upper_bound(after), end_of_group(listing, after)};
    }

    // The next task, or no_slot.
    Slot next() {
        Head* best = nullptr;
        for (std::size_t i = 0; i < count_; ++i) {
            Head& head = heads_[i];
            pass_by_newer(head);
            if (head.at != head.end && (best == nullptr || *head.at < *best->at)) {
                best = &head;
            }
        }
        return best == nullptr ? no_slot : (best->at++)->slot();
    }

  private:
    struct Head {
        const Order* listing = nullptr;
        typename Order::const_iterator at;
        typename Order::const_iterator end;
    };

    // Behind one that is newer, all of its group are.
    void pass_by_newer(Head& head) {
        while (head.at != head.end && birth_of(*head.at).by() > until_) {
            head.at = end_of_group(*head.listing, *head.at);
            until_ = ++passed_ < most_passed ? until_ : no_until;
        }
    }

    std::array<Head, protocol::live_states> heads_;
    std::size_t count_ = 0;
    Seq until_;
    int passed_ = 0;
};

bool is_asked_for(std::optional<State> state, std::size_t index) {
    return !state || static_cast<std::size_t>(*state) == index;
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

    std::uint32_t count() const { return page_.count; }

    Page take() { return std::move(page_); }

  private:
    const Board& board_;
    const protocol::ListArgs& args_;
    Seq until_;
    Page page_;
    Position last_;
};

// False when the page is full.
bool list_of_executor(const Board& board,
                      const protocol::ListArgs& args,
                      const Position& from,
                      PageWriter& page) {
    const Slot slot = board.executors().find(*args.executor_id);
    if (slot == no_slot) {
        return true;
    }
    Merged<Listing> merged(from.until);
    const Listings& listings = board.executors()[slot].tasks;
    for (std::size_t i = 0; i < listings.size(); ++i) {
        if (!is_asked_for(args.state, i)) {
            continue;
        }
        if (args.domain) {
            merged.add_group(listings[i], {group_of(*args.domain), {from.born, no_slot}});
        } else if (from.born == 0) {
            merged.add_all(listings[i], {});
        } else {
            merged.add_all(listings[i], {group_of(from.domain), {from.born, no_slot}});
        }
    }
    const Tasks& tasks = board.tasks();
    for (Slot task = merged.next(); task != no_slot; task = merged.next()) {
        // Another domain may share the group.
        const bool matches =
            !args.domain || tasks.domains().text(tasks[task].domain) == *args.domain;
        if (matches && !page.add(task)) {
            return false;
        }
    }
    return true;
}

// False when the page is full.
bool list_of_domain(const Board& board,
                    const protocol::ListArgs& args,
                    Slot domain,
                    const Position& from,
                    PageWriter& page) {
    Merged<Births> merged(from.until);
    const auto& listings = board.tasks().domains()[domain].listings;
    for (std::size_t i = 0; i < listings.size(); ++i) {
        if (is_asked_for(args.state, i)) {
            merged.add_all(listings[i], {from.born, no_slot});
        }
    }
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
    Seq until = from.until;
    int passed = 0;
    Slot domain = domain_from(tasks, args.state, from.domain, true);
    while (domain != no_slot) {
        const std::string_view name = tasks.domains().text(domain);
        const Seq born = name == from.domain ? from.born : 0;
        const std::uint32_t shown = page.count();
        if (!list_of_domain(board, args, domain, {name, born, until}, page)) {
            return;
        }
        if (page.count() == shown && ++passed == most_passed) {
            until = no_until;
        }
        domain = domain_from(tasks, args.state, name, false);
    }
}

// Of one executor, one domain, or all. False when the page is full.
bool list_asked(const Board& board,
                const protocol::ListArgs& args,
                const Position& from,
                PageWriter& page) {
    if (args.executor_id) {
        return list_of_executor(board, args, from, page);
    }
    if (args.domain) {
        const Slot domain = board.tasks().domains().find(*args.domain);
        return domain == no_slot || list_of_domain(board, args, domain, from, page);
    }
    list_of_all(board, args, from, page);
    return true;
}

// The same of these domains alone, which are sorted as cursors go on through them.
void list_within(const Board& board,
                 const std::vector<std::string>& domains,
                 protocol::ListArgs args,
                 const Position& from,
                 PageWriter& page) {
    for (auto at = std::ranges::lower_bound(domains, from.domain); at != domains.end(); ++at) {
        args.domain = *at;
        const Seq born = *at == from.domain ? from.born : 0;
        if (!list_asked(board, args, {*at, born, from.until}, page)) {
            return;
        }
    }
}

}  // namespace

Decided<Page> list(const Board& board, const protocol::ListArgs& args, const Grant* grant) {
    Position from{.until = board.seq()};
    if (!args.cursor.empty()) {
        const std::optional<Position> position = parse_cursor(args.cursor);
        if (!position) {
            return refuse_cursor();
        }
        from = *position;
    }
    PageWriter page(board, args, from.until);
    if (grant != nullptr && grant->is_bounded() && !args.domain) {
        list_within(board, grant->domains, args, from, page);
    } else {
        list_asked(board, args, from, page);
    }
    return page.take();
}

namespace {

// Of the tasks in this listing, those of the grant's domains.
std::int64_t count_shown(const Board& board, const Listing& listing, const Grant* grant) {
    if (grant == nullptr || !grant->is_bounded()) {
        return static_cast<std::int64_t>(listing.size());
    }
    const Tasks& tasks = board.tasks();
    std::int64_t count = 0;
    for (const std::string& domain : grant->domains) {
        const std::uint32_t group = group_of(domain);
        for (auto at = listing.lower_bound({group, {}}); at != listing.end() && at->group == group;
             ++at) {
            // Two domains may be of one group.
            count += tasks.domains().text(tasks[at->slot()].domain) == domain ? 1 : 0;
        }
    }
    return count;
}

protocol::Names shown_domains(const ExecutorRecord& executor, const Grant* grant) {
    protocol::Names shown;
    std::ranges::copy_if(executor.domains, std::back_inserter(shown), [&](const auto& domain) {
        return grant == nullptr || grant->covers_domain(domain);
    });
    return shown;
}

protocol::ExecutorView view_of(const Board& board,
                               const ExecutorRecord& executor,
                               Time now,
                               const Grant* grant) {
    return {
        .executor_id = executor.id,
        .incarnation = executor.incarnation,
        .joined_at = executor.joined_at,
        .ttl = executor.ttl,
        .expires_in =
            std::max(milliseconds{0}, std::chrono::ceil<milliseconds>(executor.expires - now)),
        .claimed = count_shown(board, executor.tasks_in(State::claimed), grant),
        .running = count_shown(board, executor.tasks_in(State::running), grant),
        .draining = executor.draining,
        .stacks = {executor.stacks.begin(), executor.stacks.end()},
        .slots = executor.slots,
        .free = executor.free,
        .domains = shown_domains(executor, grant),
    };
}

using ByName = std::remove_cvref_t<decltype(std::declval<Executors>().by_name())>;

// The first one behind `name` that the grant shows: found by its names and beginnings, however many
// others there are.
ByName::const_iterator shown_after(const ByName& by_name,
                                   std::string_view name,
                                   const Grant* grant) {
    const auto next = by_name.upper_bound(name);
    if (grant == nullptr || !grant->is_bounded()) {
        return next;
    }
    auto first = by_name.end();
    for (const std::string_view pattern : grant->executors) {
        const std::string_view least = pattern.substr(0, pattern.find('*'));
        const auto at = least > name ? by_name.lower_bound(least) : next;
        const bool comes_first = at != by_name.end() && grant->shows_executor(at->first) &&
                                 (first == by_name.end() || at->first < first->first);
        first = comes_first ? at : first;
    }
    return first;
}

}  // namespace

Page list_executors(const Board& board,
                    const protocol::ExecutorsArgs& args,
                    Time now,
                    const Grant* grant) {
    const auto& by_name = board.executors().by_name();
    Page page;
    std::string_view last;
    for (auto it = shown_after(by_name, args.cursor, grant); it != by_name.end();
         it = shown_after(by_name, last, grant)) {
        const ExecutorRecord& executor = board.executors()[it->second];
        if (page.count == static_cast<std::uint32_t>(args.limit) ||
            !add_item(page,
                      view_of(board, executor, now, grant),
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
