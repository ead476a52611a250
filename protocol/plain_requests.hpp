// Request messages as clients mostly write them, read in one walk, without a Document and without
// memory of their own.
#pragma once

#include "protocol/envelope.hpp"

namespace taskbbs::protocol {

// Fills `message`, which points into `bytes` then: each request's args are left packed, and are
// what decode_in_order() takes for its verb. What is taken here, parse_requests() takes as the same
// message, and every text in it is UTF-8. False: ask parse_requests(), which takes more and says
// what is wrong; `message` means nothing then. Broker side.
bool parse_plain_requests(std::string_view bytes, RequestMessage& message);

}  // namespace taskbbs::protocol
