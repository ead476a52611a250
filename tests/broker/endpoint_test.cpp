// Which endpoints the broker binds and advertises.
#include "broker/endpoint.hpp"

#include <catch2/catch.hpp>

using namespace taskbbs::broker;

TEST_CASE("a bind to all addresses is told as the host that one reached") {
    CHECK(told_endpoint("tcp://0.0.0.0:7412") == "tcp://*:7412");
    CHECK(told_endpoint("tcp://[::]:7412") == "tcp://*:7412");
    CHECK(told_endpoint("tcp://10.0.0.1:7412") == "tcp://10.0.0.1:7412");
    CHECK(told_endpoint("ipc:///run/e") == "ipc:///run/e");
}

TEST_CASE("what only this host reaches is local, an interface is not, but for lo") {
    for (const std::string_view endpoint : {"ipc:///run/r",
                                            "tcp://127.0.0.1:1",
                                            "tcp://127.9.9.9:*",
                                            "tcp://lo:1",
                                            "tcp://[::1]:1",
                                            "tcp://[::1%lo]:1",
                                            "tcp://[0:0:0:0:0:0:0:1]:1",
                                            "tcp://[::ffff:127.0.0.1]:1",
                                            "tcp://[::FFFF:7f09:1]:*"}) {
        INFO(endpoint);
        CHECK(is_local(endpoint));
    }
    for (const std::string_view endpoint : {"tcp://*:1",
                                            "tcp://0.0.0.0:1",
                                            "tcp://[::]:1",
                                            "tcp://10.0.0.1:1",
                                            "tcp://eth0:1",
                                            "tcp://[::2]:1",
                                            "tcp://[::127.0.0.1]:1",
                                            "tcp://[::ffff:10.0.0.1]:1",
                                            "tcp://[fe80::1%lo]:1"}) {
        INFO(endpoint);
        CHECK_FALSE(is_local(endpoint));
    }
}

TEST_CASE("an address, an interface, a wildcard and a path can be bound") {
    for (const char* endpoint : {"tcp://127.0.0.1:7411",
                                 "tcp://eth0:65535",
                                 "tcp://eth0.100:1",
                                 "tcp://lo:7411",
                                 "tcp://*:7411",
                                 "tcp://127.0.0.1:*",
                                 "tcp://[::1]:7411",
                                 "ipc:///run/taskbbs/requests"}) {
        CAPTURE(endpoint);
        CHECK(bind_fault(endpoint).empty());
    }
}

TEST_CASE("a host's name can't be bound, but may be told to clients and serve HTTP") {
    for (const std::string host :
         {"localhost", "broker-1.example.org", "127.example", "longer-than-interfaces"}) {
        CAPTURE(host);
        CHECK_THAT(bind_fault("tcp://" + host + ":7411"), Catch::Contains("a host's name"));
        CHECK(advertise_fault("tcp://" + host + ":7411").empty());
        CHECK(listen_fault(host + ":7411").empty());
    }
    CHECK_THAT(bind_fault("tcp://localhost:1"), Catch::Contains("write 127.0.0.1 for localhost"));
}

TEST_CASE("an endpoint names an interface where its host is neither address nor wildcard") {
    CHECK(interface_of("tcp://eth0.100:7411") == "eth0.100");
    CHECK(interface_of("tcp://lo:*") == "lo");
    for (const char* endpoint :
         {"tcp://127.0.0.1:1", "tcp://[::1]:1", "tcp://*:1", "ipc:///run/taskbbs/requests"}) {
        CHECK(interface_of(endpoint).empty());
    }
}

TEST_CASE("transports other than tcp and ipc are refused") {
    for (const char* endpoint : {"", "inproc://x", "udp://h:1", "127.0.0.1:7411", "TCP://h:1"}) {
        CAPTURE(endpoint);
        CHECK_FALSE(bind_fault(endpoint).empty());
    }
}

TEST_CASE("a port is a number from 1 to 65535 or a wildcard") {
    for (const char* endpoint :
         {"tcp://h", "tcp://h:", "tcp://h:0", "tcp://h:65536", "tcp://h:-1", "tcp://h:http"}) {
        CAPTURE(endpoint);
        CHECK_FALSE(bind_fault(endpoint).empty());
    }
}

TEST_CASE("a host without a name, with a blank or a bare IPv6 address is refused") {
    for (const char* endpoint : {"tcp://:7411", "tcp://a b:1", "tcp://::1:7411", "tcp://[]:1"}) {
        CAPTURE(endpoint);
        CHECK_FALSE(bind_fault(endpoint).empty());
    }
}

TEST_CASE("an ipc path must fit into a socket's address") {
    CHECK(bind_fault("ipc://" + std::string(107, 'p')).empty());
    CHECK_FALSE(bind_fault("ipc://" + std::string(108, 'p')).empty());
    CHECK_FALSE(bind_fault("ipc://").empty());
}

TEST_CASE("what clients are told has a port, but may leave the host to them") {
    CHECK(advertise_fault("tcp://*:7412").empty());
    CHECK(advertise_fault("ipc:///run/events").empty());
    CHECK_FALSE(advertise_fault("tcp://127.0.0.1:*").empty());
}

TEST_CASE("HTTP listens at a host and a port, a port of 0 is any free one") {
    for (const char* address :
         {"127.0.0.1:7413", "[::1]:7413", "*:7413", "localhost:0", "metrics.example:65535"}) {
        CAPTURE(address);
        CHECK(listen_fault(address).empty());
    }
    for (const char* address : {"7413",
                                ":7413",
                                "127.0.0.1",
                                "127.0.0.1:",
                                "127.0.0.1:http",
                                "127.0.0.1:65536",
                                "127.0.0.1:*",
                                "::1:7413",
                                "tcp://127.0.0.1:7413",
                                "1.2.3:7413"}) {
        CAPTURE(address);
        CHECK_FALSE(listen_fault(address).empty());
    }
}

TEST_CASE("the same endpoint collides unless its port is any free one") {
    CHECK(same_endpoint("tcp://127.0.0.1:1", "tcp://127.0.0.1:1"));
    CHECK_FALSE(same_endpoint("tcp://127.0.0.1:1", "tcp://127.0.0.1:2"));
    CHECK_FALSE(same_endpoint("tcp://127.0.0.1:*", "tcp://127.0.0.1:*"));
    CHECK(same_endpoint("ipc://a:*", "ipc://a:*"));
}
