// What every executor of the examples does around its work: it is present on the board, takes one
// task at a time, says that it runs, runs it and reports the outcome.
#pragma once

#include <taskbbs/client.hpp>

#include <functional>
#include <string>

namespace examples {

// Runs on the thread that called serve(). An exception fails the task, its text is the reason.
using Work = std::function<taskbbs::Outcome(const taskbbs::Task&)>;

// Takes tasks of `stack` until SIGINT or SIGTERM, finishes the one that runs and leaves the board.
// The exit code of a program: 1 where there is no place on the board for it.
int serve(const std::string& executor_id, const std::string& stack, const Work& work);

}  // namespace examples
