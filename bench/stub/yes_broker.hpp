// The broker without a board: takes the messages of the lifecycle, says yes to each, and makes the
// same events, replies and publications of them, by the same codec. How much of the broker's time
// its state and its checks take is the difference to this.
#pragma once

#include "broker/core/record.hpp"
#include "broker/journal/batch.hpp"
#include "broker/outbox.hpp"
#include "protocol/codec.hpp"
#include "protocol/messages.hpp"

#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace taskbbs::bench {

using broker::Caller;
using broker::Message;
using broker::Outbox;
using broker::Peer;
using broker::Publication;
using core::Event;
using core::Seq;
using core::Time;

// What is to be sent; publications hold until the next take_batch().
struct Output {
    std::vector<Message> messages;
    std::vector<Publication> publications;
};

// Driven as broker::Broker is (broker/broker.hpp). Not thread-safe.
class YesBroker {
  public:
    // `events` is what hello says; `next_seq` the number of the first event.
    YesBroker(std::string events, Seq next_seq, Time began);

    void receive(const Peer& peer, std::string_view frame, Time now);

    // The batch to write next; null when there is none, or one is in flight.
    std::unique_ptr<journal::Batch> take_batch();
    void durable(std::unique_ptr<journal::Batch> batch);

    Output& output() { return output_; }

  private:
    void handle(const Caller& caller, const protocol::Request& request);
    template <class Args>
    bool read(const Caller& caller, const protocol::Request& request, Args& args);
    template <class Args>
    void agree(const Caller& caller, const protocol::Request& request);
    void hello(const Caller& caller);
    void heartbeat(const Caller& caller, const protocol::Request& request);
    void commit(Event& event, protocol::TaskView& task);
    static Outbox new_outbox();

    // Of a batch that is being written.
    struct Flight {
        Outbox outbox;
        Seq last_seq = 0;
    };

    std::string events_;
    Seq seq_;
    Seq durable_seq_;
    Time began_;
    Time now_{};
    std::array<std::int64_t, protocol::names<protocol::Stream>.size()> ordinals_{};
    std::string payload_;  // of the task desired last: what claim and resolving hand over
    std::string result_;   // likewise

    std::unique_ptr<journal::Batch> batch_ = std::make_unique<journal::Batch>();
    std::unique_ptr<journal::Batch> landed_batch_;
    Outbox gathering_ = new_outbox();
    std::optional<Flight> flight_;
    std::optional<Outbox> landed_;
    bool first_ = true;
    Output output_;

    protocol::Document document_;
    protocol::RequestMessage message_;  // that is being handled
    std::string body_;
    std::string rest_;
};

}  // namespace taskbbs::bench
