package dev.boxcar.micrometer;

/** How a Prometheus registry prints names. */
final class PrometheusNames {

    private PrometheusNames() {}

    /** A sample that each metric of this kind has. */
    static String of(OutboxMetric metric) {
        String name = metric.meterName().replace('.', '_') + (metric.unit() == null ? "" : "_" + metric.unit());
        return switch (metric.kind()) {
            case COUNTER -> name + "_total";
            case GAUGE -> name;
            case TIME_GAUGE -> name + "_seconds";
            case TIMER -> name + "_seconds_bucket";
            case SUMMARY -> name + "_bucket";
        };
    }
}
