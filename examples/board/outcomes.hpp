// What every requester of the examples does once its tasks are on the board: it waits until they
// are completed, takes their outcomes, handles them, and removes the tasks.
#pragma once

#include <taskbbs/client.hpp>

#include <functional>
#include <string>

namespace examples {

// Gets a task with its outcome; says whether there is more to wait for. The task is removed
// afterwards, so a requester that dies in between gets the same outcome again in its next life.
using Handle = std::function<bool(const taskbbs::Task&)>;

// Hands over the outcome of every task of `domain` that is or gets completed, one at a time on a
// thread of its own, until `handle` says that it was the last one. An error: the broker refuses to
// tell (an unreachable one is waited for).
taskbbs::Result<void> collect(taskbbs::Client& client,
                              const std::string& domain,
                              const Handle& handle);

// A name that no other requester has chosen: "hash-5be0cd19137e2179".
std::string unique_name(const std::string& prefix);

}  // namespace examples
