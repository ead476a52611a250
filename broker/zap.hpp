// The ZAP handler (ZeroMQ RFC 27): libzmq asks it of each client whether it may connect. A socket
// of the loop's own, so that the table of keys needs no lock. Not thread-safe: the loop's.
#pragma once

#include "broker/core/grants.hpp"

#include <functional>
#include <string>
#include <string_view>

namespace taskbbs::broker {

// What the two sockets call themselves when libzmq asks; a question for any other is refused.
inline constexpr const char* requests_zap_domain = "requests";
inline constexpr const char* events_zap_domain = "events";

// Whoever connects must bring a key, and the ZAP handler is asked about it: without an answer
// nobody gets in. `secret_key`: the server's, as text. Throws std::runtime_error.
void require_curve(void* socket, const std::string& secret_key, const char* zap_domain);

class ZapHandler {
  public:
    // Somebody who was not let in: `key` as text, or empty where it is no key at all.
    struct Refusal {
        std::string key;
        std::string address;
        std::string_view why;
    };

    // Must be made before any socket of the context is bound: where nobody answers, libzmq lets
    // everybody in. Throws std::runtime_error.
    explicit ZapHandler(void* context);
    ~ZapHandler();
    ZapHandler(const ZapHandler&) = delete;
    ZapHandler& operator=(const ZapHandler&) = delete;

    // Readable when there is a question; then all of them must be answered.
    void* socket() const { return socket_; }

    // Lets those in whose key the table holds; on the events socket only those whom no domains
    // bound. A client's messages then bring its key as their User-Id.
    void answer(const core::Grants& grants, const std::function<void(const Refusal&)>& on_refused);

  private:
    void* socket_;
};

}  // namespace taskbbs::broker
