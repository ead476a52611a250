// Calls, callbacks and the watch.
#include "cli/top/link.hpp"

#include <utility>

namespace taskbbs::cli::top {
namespace {

// Asked again afterwards; the screen says meanwhile that nobody answers.
constexpr CallOptions short_call{.timeout = milliseconds{5'000}};

constexpr std::int64_t page_limit = 1000;

template <class... Parts>
struct Cases : Parts... {
    using Parts::operator()...;
};

template <class... Parts>
Cases(Parts...) -> Cases<Parts...>;

}  // namespace

Now now() {
    return {std::chrono::steady_clock::now(),
            std::chrono::time_point_cast<Duration>(std::chrono::system_clock::now())};
}

Link::Link(Client& client, BoardModel& model)
    : client_(client), mailbox_(std::make_shared<Mailbox>()), feed_(model, now()) {}

Link::~Link() {
    mailbox_->next_watch();
    watch_.stop();
}

void Link::ask() {
    for (const Asked& asked : feed_.due(now())) {
        std::visit([this](const auto& question) { act(question); }, asked);
    }
}

template <class Args, class Wrap>
void Link::call(const Args& args, Wrap wrap) {
    client_.call(
        args,
        [mailbox = mailbox_, wrap](Result<typename Args::Reply> answer) {
            mailbox->put(wrap(std::move(answer)));
        },
        short_call);
}

void Link::act(const AskStats& /*asked*/) {
    call(StatsArgs{}, [](Result<Stats> stats) { return Answer{std::move(stats)}; });
    call(PausedArgs{}, [](Result<Paused> paused) { return Answer{std::move(paused)}; });
}

void Link::act(const AskExecutors& asked) {
    call(ExecutorsArgs{.limit = page_limit, .cursor = asked.cursor},
         [](Result<ExecutorPage> page) { return Answer{std::move(page)}; });
}

void Link::act(const AskTasks& asked) {
    call(ListArgs{.state = asked.state, .limit = page_limit, .cursor = asked.cursor},
         [listing = asked.listing](Result<TaskPage> page) {
             return Answer{TasksAnswer{listing, std::move(page)}};
         });
}

void Link::act(const BeginWatch& asked) {
    const auto number = mailbox_->next_watch();
    const auto leave = [mailbox = mailbox_, number](Heard heard) {
        mailbox->put(std::move(heard), number);
    };
    watch_ = client_.watch(
        {.from = WatchFrom::after, .after = asked.after},
        {.on_event = leave,
         .on_reset = leave,
         .on_end = [leave](const std::optional<Error>& error) { leave(WatchEnded{error}); }});
}

bool Link::take() {
    auto letters = mailbox_->take();
    for (Letter& letter : letters) {
        std::visit([this](auto& what) { hear(what); }, letter);
    }
    return !letters.empty();
}

void Link::hear(Answer& answer) {
    std::visit(Cases{[this](const Result<Stats>& stats) {
                         feed_.answered(stats, now());
                         answers_ += stats ? 1 : 0;
                     },
                     [this](const Result<Paused>& paused) { feed_.answered(paused); },
                     [this](const Result<ExecutorPage>& page) { feed_.answered(page, now()); },
                     [this](const TasksAnswer& tasks) {
                         feed_.answered(tasks.listing, tasks.page, now());
                     },
                     [this](TaskAnswer& task) { hear_of_task(task); }},
               answer);
}

void Link::hear(const Heard& heard) {
    std::visit(Cases{[this](const Event& event) {
                         feed_.happened(event, now());
                         if (looked_at_ && event.task.guid == *looked_at_) {
                             fetch();
                         }
                     },
                     [this](const Reset& /*reset*/) { feed_.reset(now()); },
                     [this](const WatchEnded& ended) { watch_error_ = ended.error; }},
               heard);
}

void Link::hear_of_task(TaskAnswer& task) {
    fetching_ = false;
    const bool nobody = !task.found && task.found.error().code == Code::timed_out;
    if (task.guid == looked_at_) {
        found_ = std::move(task.found);
    }
    if (std::exchange(fetch_again_, false) || nobody) {
        fetch();
    }
}

void Link::look_after(const std::optional<std::string>& guid) {
    if (looked_at_ == guid) {
        return;
    }
    looked_at_ = guid;
    found_.reset();
    fetch();
}

// One at a time.
void Link::fetch() {
    if (!looked_at_) {
        return;
    }
    if (std::exchange(fetching_, true)) {
        fetch_again_ = true;
        return;
    }
    call(GetArgs{*looked_at_}, [guid = *looked_at_](Result<Found> found) {
        return Answer{TaskAnswer{guid, std::move(found)}};
    });
}

std::optional<Result<Found>> Link::found() {
    return std::exchange(found_, std::nullopt);
}

std::optional<Error> Link::failure() const {
    return feed_.failure() ? feed_.failure() : watch_error_;
}

}  // namespace taskbbs::cli::top
