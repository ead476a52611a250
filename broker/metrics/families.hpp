// Metric families as prometheus-cpp writes them, put together one sample at a time.
#pragma once

#include "broker/metrics/histogram.hpp"

#include <prometheus/metric_family.h>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace taskbbs::broker {

using Labels = std::vector<std::pair<std::string_view, std::string_view>>;

class Families {
  public:
    // The family that the next samples belong to: its name, and what it means in one line.
    void gauge(const char* name, const char* help) {
        begin(name, help, prometheus::MetricType::Gauge);
    }

    void counter(const char* name, const char* help) {
        begin(name, help, prometheus::MetricType::Counter);
    }

    void histogram(const char* name, const char* help) {
        begin(name, help, prometheus::MetricType::Histogram);
    }

    void add(double value, const Labels& labels = {}) {
        prometheus::ClientMetric& sample = sample_with(labels);
        sample.gauge.value = sample.counter.value = value;
    }

    template <std::integral Number>
    void add(Number value, const Labels& labels = {}) {
        add(static_cast<double>(value), labels);
    }

    void add(std::chrono::nanoseconds time, const Labels& labels = {}) {
        add(std::chrono::duration<double>(time).count(), labels);
    }

    // `per_unit` of the histogram's values are one of the family's unit. Divided by, as bounds then
    // are the nearest numbers to the decimal ones, and labels that alerts can name.
    template <unsigned first, unsigned last>
    void add(const metrics::Histogram<first, last>& histogram,
             double per_unit,
             const Labels& labels = {}) {
        prometheus::ClientMetric::Histogram& out = sample_with(labels).histogram;
        for (std::size_t i = 0; i < histogram.bounds; ++i) {
            out.sample_count += histogram.counts[i];
            out.bucket.push_back({out.sample_count, histogram.bound(i) / per_unit});
        }
        out.sample_count += histogram.counts[histogram.bounds];
        out.sample_sum = histogram.sum / per_unit;
    }

    const std::vector<prometheus::MetricFamily>& all() const { return families_; }

  private:
    void begin(const char* name, const char* help, prometheus::MetricType type) {
        families_.push_back({.name = name, .help = help, .type = type, .metric = {}});
    }

    prometheus::ClientMetric& sample_with(const Labels& labels) {
        prometheus::ClientMetric& sample = families_.back().metric.emplace_back();
        for (const auto& [name, value] : labels) {
            sample.label.push_back({std::string(name), std::string(value)});
        }
        return sample;
    }

    std::vector<prometheus::MetricFamily> families_;
};

}  // namespace taskbbs::broker
