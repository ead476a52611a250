// HTTP/1.1 answers, as far as etcd's need it: a status and a body of a length that is said first.
#pragma once

#include <string_view>

namespace taskbbs::bench {

struct HttpAnswer {
    int status = 0;
    std::string_view body;
};

// Takes an answer off the front of `in`. False: it has not come as a whole. Throws
// std::runtime_error where it is no HTTP/1.1, or does not say how long it is.
bool take_http_answer(std::string_view& in, HttpAnswer& answer);

// What stands behind `key` in JSON without spaces, up to the next of `,"}`; empty: the key is not
// there. The first one counts.
std::string_view json_value(std::string_view json, std::string_view key);

}  // namespace taskbbs::bench
