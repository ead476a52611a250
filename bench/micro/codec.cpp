// Requests from bytes to values, as the broker does it (the message, then each request's
// arguments), and replies to bytes; messages of 1 and of 50. A start and its reply are what most
// messages hold.
#include "protocol/codec.hpp"

#include "bench/micro/sample.hpp"
#include "protocol/document.hpp"
#include "protocol/envelope.hpp"

#include <benchmark/benchmark.h>
#include <vector>

namespace taskbbs::bench {

namespace {

template <class Args>
std::string message_of(std::uint32_t count, const Args& args) {
    std::string packed;
    protocol::Packer requests(packed);
    for (std::uint32_t i = 0; i < count; ++i) {
        pack_request(requests, i + 1, args);
    }
    std::string message;
    protocol::Packer packer(message);
    pack_request_message(packer, {}, 0, count, packed);
    return message;
}

template <class Args>
void parse(benchmark::State& state, const Args& args) {
    const std::string message = message_of(static_cast<std::uint32_t>(state.range(0)), args);
    protocol::Document document;
    const auto first = parse_requests(document, message);
    Args decoded;
    if (!first || decode(first->requests.front().args, decoded)) {
        return state.SkipWithError("it is refused");
    }
    while (state.KeepRunning()) {
        const auto parsed = parse_requests(document, message);
        for (const protocol::Request& request : parsed->requests) {
            Args out;
            bool taken = has_valid_texts(Args::verb, request.args);
            taken = taken && !decode(request.args, out);
            benchmark::DoNotOptimize(taken);
        }
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
    state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(message.size()));
}

void parse_desire(benchmark::State& state) {
    const std::string guid = guid_of(1);
    parse(state, protocol::DesireArgs{task_of(guid)});
}

void parse_start(benchmark::State& state) {
    const std::string guid = guid_of(1);
    parse(state,
          protocol::StartArgs{
              .guid = guid, .executor_id = "cell-7", .container_handle = "box-of-this-task"});
}

template <class Reply>
void write(benchmark::State& state, const Reply& reply) {
    protocol::ReplyWriter writer;
    while (state.KeepRunning()) {
        for (std::int64_t id = 1; id <= state.range(0); ++id) {
            writer.add(id, protocol::Status::ok, reply);
        }
        benchmark::DoNotOptimize(writer.close(1));
    }
    state.SetItemsProcessed(state.iterations() * state.range(0));
}

void write_seq_reply(benchmark::State& state) {
    write(state, protocol::SeqReply{1'000'000});
}

void write_owned_reply(benchmark::State& state) {
    const std::string guid = guid_of(1);
    write(state, protocol::OwnedReply{1'000'000, 1'000'000, task_of(guid)});
}

BENCHMARK(parse_desire)->Arg(1)->Arg(50);
BENCHMARK(parse_start)->Arg(1)->Arg(50);
BENCHMARK(write_seq_reply)->Arg(1)->Arg(50);
BENCHMARK(write_owned_reply)->Arg(1)->Arg(50);

}  // namespace

}  // namespace taskbbs::bench
