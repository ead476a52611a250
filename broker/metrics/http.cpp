// libmicrohttpd in its external mode: it owns the connections, this decides how many and how long.
#include "broker/metrics/http.hpp"

#include <algorithm>
#include <array>
#include <list>
#include <microhttpd.h>
#include <stdexcept>
#include <string_view>
#include <sys/socket.h>
#include <unistd.h>
#include <utility>

namespace taskbbs::broker {

namespace {

using Moment = std::chrono::steady_clock::time_point;

// A request line and its headers; more is answered 431 by libmicrohttpd.
constexpr std::size_t request_bytes = 8192;

struct Destroy {
    void operator()(MHD_Response* response) const { MHD_destroy_response(response); }
};

// Counted by libmicrohttpd: connections that it was queued to hold it too.
using Response = std::unique_ptr<MHD_Response, Destroy>;

Response response_of(Answer answer) {
    Response response(MHD_create_response_from_buffer(
        answer.body.size(), answer.body.data(), MHD_RESPMEM_MUST_COPY));
    if (response == nullptr) {
        throw std::bad_alloc();
    }
    MHD_add_response_header(response.get(), MHD_HTTP_HEADER_CONTENT_TYPE, answer.type);
    MHD_add_response_header(response.get(), MHD_HTTP_HEADER_CACHE_CONTROL, "no-store");
    MHD_add_response_header(response.get(), MHD_HTTP_HEADER_CONNECTION, "close");
    if (answer.status == MHD_HTTP_METHOD_NOT_ALLOWED) {
        MHD_add_response_header(response.get(), MHD_HTTP_HEADER_ALLOW, "GET, HEAD");
    }
    return response;
}

}  // namespace

class Http::Machinery {
  public:
    explicit Machinery(OnPage on_page) : on_page_(std::move(on_page)) {
        daemon_ =
            MHD_start_daemon(MHD_USE_EPOLL | MHD_USE_NO_LISTEN_SOCKET | MHD_ALLOW_SUSPEND_RESUME,
                             0,
                             nullptr,
                             nullptr,
                             &Machinery::on_request,
                             this,
                             MHD_OPTION_CONNECTION_LIMIT,
                             static_cast<unsigned>(most_connections),
                             MHD_OPTION_CONNECTION_MEMORY_LIMIT,
                             request_bytes,
                             MHD_OPTION_NOTIFY_CONNECTION,
                             &Machinery::on_connection,
                             this,
                             MHD_OPTION_END);
        if (daemon_ == nullptr) {
            throw std::runtime_error("cannot start the HTTP server of metrics.endpoint");
        }
    }

    ~Machinery() {
        for (Link& link : links_) {
            resume(link);
        }
        MHD_stop_daemon(daemon_);
    }

    Machinery(const Machinery&) = delete;
    Machinery& operator=(const Machinery&) = delete;

    // Where there are too many, the one that is there for the longest goes, unless it waits for us.
    void add(const Listener::Accepted& accepted) {
        if (links_.size() >= most_connections) {
            const auto oldest = std::ranges::find(links_, false, &Link::waits);
            if (oldest != links_.end()) {
                hang_up(*oldest);
                MHD_run(daemon_);
            }
        }
        if (links_.size() >= most_connections) {
            close(accepted.fd);
            return;
        }
        MHD_add_connection(daemon_,
                           accepted.fd,
                           reinterpret_cast<const sockaddr*>(&accepted.peer),
                           accepted.peer_size);
    }

    void run() {
        const Moment now = std::chrono::steady_clock::now();
        for (Link& link : links_) {
            if (now - link.since >= longest_connection && !link.waits) {
                hang_up(link);
            }
        }
        MHD_run(daemon_);
    }

    void answer_waiting(const std::function<Answer(Page)>& answer_of) {
        std::array<std::pair<unsigned, Response>, 3> made;
        for (Link& link : links_) {
            if (!link.waits) {
                continue;
            }
            auto& [status, response] = made.at(static_cast<std::size_t>(link.page));
            if (response == nullptr) {
                Answer answer = answer_of(link.page);
                status = answer.status;
                response = response_of(std::move(answer));
            }
            MHD_queue_response(link.connection, status, response.get());
            resume(link);
        }
        MHD_run(daemon_);
    }

    bool anybody_waits() const { return std::ranges::any_of(links_, &Link::waits); }

    int fd() const { return MHD_get_daemon_info(daemon_, MHD_DAEMON_INFO_EPOLL_FD)->epoll_fd; }

    std::optional<std::chrono::milliseconds> timeout() const {
        MHD_UNSIGNED_LONG_LONG asked = 0;
        std::optional<std::chrono::milliseconds> first;
        if (MHD_get_timeout(daemon_, &asked) == MHD_YES) {
            first = std::chrono::milliseconds(asked);
        }
        const auto live = std::ranges::find_if(
            links_, [](const Link& link) { return !link.waits && !link.is_over; });
        if (live != links_.end()) {
            const auto left = std::chrono::ceil<std::chrono::milliseconds>(
                live->since + longest_connection - std::chrono::steady_clock::now());
            first = std::min(first.value_or(left), std::max(left, std::chrono::milliseconds{0}));
        }
        return first;
    }

  private:
    struct Link {
        MHD_Connection* connection = nullptr;
        Moment since;
        Page page = Page::metrics;
        bool waits = false;    // for answer_waiting()
        bool is_over = false;  // was hung up on
    };

    // NOLINTNEXTLINE(readability-function-size): the parameters are libmicrohttpd's
    static MHD_Result on_request(void* self,
                                 MHD_Connection* connection,
                                 const char* path,
                                 const char* method,
                                 const char* /*version*/,
                                 const char* /*upload*/,
                                 std::size_t* /*upload_size*/,
                                 void** /*request*/) {
        return static_cast<Machinery*>(self)->handle(connection, path, method);
    }

    static void on_connection(void* self,
                              MHD_Connection* connection,
                              void** context,
                              MHD_ConnectionNotificationCode code) {
        auto& links = static_cast<Machinery*>(self)->links_;
        if (code == MHD_CONNECTION_NOTIFY_STARTED) {
            links.push_back({connection, std::chrono::steady_clock::now()});
            *context = &links.back();
        } else {
            std::erase_if(links, [&](const Link& link) { return &link == *context; });
        }
    }

    MHD_Result handle(MHD_Connection* connection, std::string_view path, std::string_view method) {
        if (method != MHD_HTTP_METHOD_GET && method != MHD_HTTP_METHOD_HEAD) {
            return queue(connection, answer_no_such_method());
        }
        const auto page = page_of(path);
        if (!page) {
            return queue(connection, answer_no_such_page());
        }
        if (auto answer = on_page_(*page)) {
            return queue(connection, *std::move(answer));
        }
        Link& link = link_of(connection);
        link.page = *page;
        link.waits = true;
        MHD_suspend_connection(connection);
        return MHD_YES;
    }

    static MHD_Result queue(MHD_Connection* connection, Answer answer) {
        const unsigned status = answer.status;
        return MHD_queue_response(connection, status, response_of(std::move(answer)).get());
    }

    static Link& link_of(MHD_Connection* connection) {
        return *static_cast<Link*>(
            MHD_get_connection_info(connection, MHD_CONNECTION_INFO_SOCKET_CONTEXT)
                ->socket_context);
    }

    static void hang_up(Link& link) {
        link.is_over = true;
        shutdown(
            MHD_get_connection_info(link.connection, MHD_CONNECTION_INFO_CONNECTION_FD)->connect_fd,
            SHUT_RDWR);
    }

    static void resume(Link& link) {
        if (std::exchange(link.waits, false)) {
            MHD_resume_connection(link.connection);
        }
    }

    OnPage on_page_;
    MHD_Daemon* daemon_ = nullptr;
    std::list<Link> links_;  // the oldest first
};

Http::Http(OnPage on_page) : machinery_(std::make_unique<Machinery>(std::move(on_page))) {}

Http::~Http() = default;

void Http::add(const Listener::Accepted& accepted) {
    machinery_->add(accepted);
}

void Http::run() {
    machinery_->run();
}

void Http::answer_waiting(const std::function<Answer(Page)>& answer_of) {
    machinery_->answer_waiting(answer_of);
}

bool Http::anybody_waits() const {
    return machinery_->anybody_waits();
}

int Http::fd() const {
    return machinery_->fd();
}

std::optional<std::chrono::milliseconds> Http::timeout() const {
    return machinery_->timeout();
}

}  // namespace taskbbs::broker
