// Deeds in words: what is read when a property fails.
#include "tests/properties/deed.hpp"

#include <ostream>

namespace taskbbs::properties {

std::string words_of(const Deed& deed) {
    const std::string task = deed.task_name();
    const std::string executor = deed.executor_name();
    const std::string with = " (" + std::to_string(deed.amount) + ")";
    switch (deed.act) {
        case Act::desire:
            return "desire " + task + with;
        case Act::claim:
            return executor + " claims " + task;
        case Act::acquire:
            return executor + " acquires" + with;
        case Act::start:
            return executor + " starts " + task;
        case Act::complete:
            return "complete " + task + with;
        case Act::reject:
            return executor + " rejects " + task + with;
        case Act::cancel:
            return "cancel " + task;
        case Act::resolving:
            return "resolving " + task;
        case Act::resolve:
            return "resolve " + task;
        case Act::join:
            return executor + " joins" + with;
        case Act::depart:
            return executor + " departs";
        case Act::drain:
            return "drain " + executor;
        case Act::undrain:
            return "undrain " + executor;
        case Act::pause:
            return "pause" + with;
        case Act::resume:
            return "resume" + with;
        case Act::lose:
            return "lose what the lost own";
        case Act::pass:
            return "a pass";
        case Act::wait:
            return "wait" + with;
        case Act::restart:
            return "restart";
    }
    return "?";
}

std::ostream& operator<<(std::ostream& out, const Deed& deed) {
    return out << words_of(deed);
}

}  // namespace taskbbs::properties
