// The machine behind a requester.
#include "sdk/requests.hpp"

#include "sdk/verdict.hpp"

#include <algorithm>
#include <utility>

namespace taskbbs::sdk {

namespace {

Error gone() {
    return {.code = Code::refused,
            .status = Status::not_found,
            .status_name = std::string(name_of(Status::not_found)),
            .message =
                "the task is gone: another requester of this name took its outcome, or it "
                "was removed"};
}

}  // namespace

// ---- what the user wants ---------------------------------------------------------------------

void RequesterMachine::submit(Task task) {
    const std::string guid = task.guid;
    const auto [entry, is_new] = requests_.try_emplace(guid);
    if (is_new) {
        begin(entry->second, std::move(task));
    } else if (entry->second.is_handled) {
        entry->second.next = std::move(task);
    }
}

void RequesterMachine::begin(Request& request, Task task) {
    request.unposted = std::move(task);
    post(request);
}

void RequesterMachine::attach(const std::string& guid) {
    const auto [entry, is_new] = requests_.try_emplace(guid);
    if (is_new) {
        look(guid, entry->second);
    }
}

void RequesterMachine::want(const std::string& guid) {
    if (const auto entry = requests_.find(guid); entry != requests_.end()) {
        ++entry->second.wanted;
        if (entry->second.phase == Phase::ready) {
            on_ready(guid, entry->second);
        }
    }
}

void RequesterMachine::unwant(const std::string& guid) {
    if (const auto entry = requests_.find(guid); entry != requests_.end()) {
        entry->second.wanted = std::max(entry->second.wanted - 1, 0);
    }
}

void RequesterMachine::on_handled(const std::string& guid, Seq epoch) {
    const auto entry = requests_.find(guid);
    if (entry == requests_.end() || entry->second.handed == 0 || entry->second.handed != epoch ||
        entry->second.is_handled) {
        return;
    }
    Request& request = entry->second;
    request.is_handled = true;
    ++unresolved_;
    if (request.is_gone) {
        end(entry, std::nullopt);
    } else if (request.epoch != 0) {
        resolve(guid, request);
    } else {
        look(guid, request);
    }
}

// ---- a request's way -------------------------------------------------------------------------

void RequesterMachine::post(Request& request) {
    request.phase = Phase::posting;
    request.retry_at.reset();
    actions_.emplace_back(PostRequest{{.task = *request.unposted}});
}

void RequesterMachine::look(const std::string& guid, Request& request) {
    request.phase = Phase::looking;
    request.retry_at.reset();
    actions_.emplace_back(LookAtRequest{guid});
}

void RequesterMachine::retry(const std::string& guid, Request& request, Instant at) {
    request.retry_at = at;
    retries_.emplace(at, guid);
}

void RequesterMachine::look_later(const std::string& guid, Request& request, Instant at) {
    request.phase = Phase::looking;
    retry(guid, request, at);
}

void RequesterMachine::note_posted(const std::string& guid, Request& request) {
    request.unposted.reset();
    actions_.emplace_back(TellPosted{guid});
}

// On the board and not completed, as far as an answer told; events may have told more meanwhile.
void RequesterMachine::open(const std::string& guid, Request& request) {
    request.phase = Phase::open;
    if (request.resolved > request.as_of) {
        look(guid, request);
    } else if (request.completed > request.as_of) {
        on_ready(guid, request);
    }
}

void RequesterMachine::on_ready(const std::string& guid, Request& request) {
    request.phase = Phase::ready;
    request.retry_at.reset();
    request.epoch = 0;
    if (request.handed != 0 ? request.is_handled : request.wanted > 0 || settings_.wants_all) {
        request.phase = Phase::taking;
        actions_.emplace_back(TakeOutcome{guid});
    }
}

void RequesterMachine::resolve(const std::string& guid, Request& request) {
    request.phase = Phase::resolving;
    actions_.emplace_back(ResolveRequest{{.guid = guid, .epoch = request.epoch}});
}

// The board has it no more, or will not have it.
void RequesterMachine::end(Requests::iterator entry, const std::optional<Error>& error) {
    Request& request = entry->second;
    if (request.handed != 0 && !request.is_handled) {
        request.is_gone = true;
        request.phase = Phase::handing;
        request.retry_at.reset();
        return;
    }
    const std::string guid = entry->first;
    unresolved_ -= request.is_handled ? 1 : 0;
    if (request.handed == 0 && error) {
        actions_.emplace_back(TellFailure{guid, *error});
    }
    if (std::optional<Task> next = std::move(request.next)) {
        const int wanted = request.wanted;  // by those who wait for the next one already
        request = {.wanted = wanted};
        begin(request, *std::move(next));
        return;
    }
    requests_.erase(entry);
    actions_.emplace_back(ForgetRequest{guid});
}

// ---- events ----------------------------------------------------------------------------------

void RequesterMachine::on_completed(const std::string& guid, Seq seq) {
    if (!is_own(guid)) {
        return;
    }
    auto entry = requests_.find(guid);
    if (entry == requests_.end()) {
        if (!settings_.wants_all) {
            return;
        }
        entry = requests_.try_emplace(guid).first;
    }
    Request& request = entry->second;
    request.completed = std::max(request.completed, seq);
    if (request.phase == Phase::handing && seq > request.epoch) {
        request.epoch = 0;  // handling took too long: it is to be taken anew
    } else if (request.phase == Phase::open) {
        open(guid, request);
    }
}

void RequesterMachine::on_resolved(const std::string& guid, Seq seq) {
    const auto entry = requests_.find(guid);
    if (entry == requests_.end()) {
        return;
    }
    entry->second.resolved = std::max(entry->second.resolved, seq);
    // Where an answer is due, that tells.
    if (seq > entry->second.as_of &&
        (entry->second.phase == Phase::open || entry->second.phase == Phase::ready ||
         entry->second.phase == Phase::handing)) {
        end(entry, gone());
    }
}

void RequesterMachine::on_reset() {
    for (auto& [guid, request] : requests_) {
        if (request.phase == Phase::open || request.phase == Phase::ready) {
            look(guid, request);
        }
    }
}

// ---- answers ---------------------------------------------------------------------------------

void RequesterMachine::on_posted(const std::string& guid,
                                 const Result<Applied>& answer,
                                 Instant now) {
    const auto entry = requests_.find(guid);
    if (entry == requests_.end() || entry->second.phase != Phase::posting) {
        return;
    }
    Request& request = entry->second;
    if (answer) {
        request.as_of = answer->seq;
        note_posted(guid, request);
        open(guid, request);
    } else if (answer.error().outcome_unknown || answer.error().is(Status::already_exists)) {
        look(guid, request);
    } else if (passes_by_itself(answer.error())) {
        retry(guid, request, now + settings_.pause);
    } else {
        end(entry, answer.error());
    }
}

void RequesterMachine::on_looked(const std::string& guid,
                                 const Result<Found>& answer,
                                 Instant now) {
    const auto entry = requests_.find(guid);
    if (entry == requests_.end() || entry->second.phase != Phase::looking) {
        return;
    }
    Request& request = entry->second;
    if (answer) {
        request.as_of = std::max(request.as_of, answer->seq);
        on_state(entry, answer->task, now);
    } else if (!answer.error().is(Status::not_found)) {
        look_later(guid, request, now + settings_.pause);
    } else if (request.unposted) {
        post(request);
    } else {
        end(entry, gone());
    }
}

void RequesterMachine::on_state(Requests::iterator entry, const Task& task, Instant now) {
    Request& request = entry->second;
    if (request.unposted) {
        note_posted(entry->first, request);
    }
    switch (task.state) {
        case State::completed:
            on_ready(entry->first, request);
            break;
        case State::resolving:
            // Another one has it, or this one has and never learned under which epoch.
            look_later(entry->first, request, now + settings_.taken_pause);
            break;
        default:
            open(entry->first, request);
    }
}

void RequesterMachine::on_taken(const std::string& guid, const Result<Owned>& answer, Instant now) {
    const auto entry = requests_.find(guid);
    if (entry == requests_.end() || entry->second.phase != Phase::taking) {
        return;
    }
    Request& request = entry->second;
    if (answer && answer->task) {
        request.epoch = answer->epoch;
        if (request.is_handled) {
            resolve(guid, request);
            return;
        }
        request.phase = Phase::handing;
        request.handed = answer->epoch;
        HandOver hand_over{guid, *answer->task};
        hand_over.task.epoch = answer->epoch;
        actions_.emplace_back(std::move(hand_over));
    } else if (!answer && answer.error().is(Status::not_found) && !answer.error().outcome_unknown) {
        end(entry, gone());
    } else {
        look_later(guid, request, now + settings_.pause);
    }
}

void RequesterMachine::on_resolve_answered(const std::string& guid,
                                           const Result<Applied>& answer,
                                           Instant now) {
    const auto entry = requests_.find(guid);
    if (entry == requests_.end() || entry->second.phase != Phase::resolving) {
        return;
    }
    if (answer || answer.error().is(Status::not_found)) {
        end(entry, std::nullopt);
    } else {
        look_later(guid, entry->second, now + settings_.pause);
    }
}

// ---- time ------------------------------------------------------------------------------------

void RequesterMachine::on_timer(Instant now) {
    while (!retries_.empty() && retries_.begin()->first <= now) {
        const auto [at, guid] = *retries_.begin();
        retries_.erase(retries_.begin());
        const auto entry = requests_.find(guid);
        if (entry == requests_.end() || entry->second.retry_at != at) {
            continue;  // it was set anew, or came to something else
        }
        if (entry->second.phase == Phase::posting) {
            post(entry->second);
        } else {
            look(guid, entry->second);
        }
    }
}

std::optional<Instant> RequesterMachine::next_deadline() const {
    return retries_.empty() ? std::nullopt : std::optional(retries_.begin()->first);
}

}  // namespace taskbbs::sdk
