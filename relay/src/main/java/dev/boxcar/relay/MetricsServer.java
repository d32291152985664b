package dev.boxcar.relay;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.Outbox;
import dev.boxcar.micrometer.OutboxMetrics;
import dev.boxcar.spi.OutboxStorage;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Serves the relay's metrics in the text format of Prometheus, at {@code /metrics}: the outbox's, the connection pool's, the JVM's and the
 * process's.
 */
final class MetricsServer implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(MetricsServer.class);
    private static final String PATH = "/metrics";
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final int BACKLOG = 16;

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
    private final JvmGcMetrics garbage = new JvmGcMetrics();
    private final OutboxMetrics outbox;
    private final HttpServer server;
    private final ExecutorService threads;

    private MetricsServer(HttpServer server, OutboxMetrics outbox) {
        this.server = server;
        this.outbox = outbox;
        this.threads = Executors.newFixedThreadPool(2, task -> {
            Thread thread = new Thread(task, "boxcar-metrics-http");
            thread.setDaemon(true);
            return thread;
        });
        outbox.bindTo(registry);
        garbage.bindTo(registry);
        new JvmMemoryMetrics().bindTo(registry);
        new JvmThreadMetrics().bindTo(registry);
        new ProcessorMetrics().bindTo(registry);
        new UptimeMetrics().bindTo(registry);
        server.createContext("/", this::answer);
        server.setExecutor(threads);
        server.start();
    }

    /** @throws CommandFailure when it cannot listen there */
    static MetricsServer open(String address, int port, String name, Duration interval) {
        OutboxMetrics metrics =
                OutboxMetrics.builder().name(name).refreshInterval(interval).build();
        try {
            HttpServer server = HttpServer.create(new InetSocketAddress(InetAddress.getByName(address), port), BACKLOG);
            MetricsServer opened = new MetricsServer(server, metrics);
            log.info(
                    "metrics at http://{}:{}{}",
                    server.getAddress().getAddress().getHostAddress(),
                    server.getAddress().getPort(),
                    PATH);
            return opened;
        } catch (IOException e) {
            throw new CommandFailure("metrics cannot be served at " + address + ":" + port + ": " + e.getMessage(), e);
        }
    }

    /** What must hear of the outbox's events. */
    OutboxMetrics listener() {
        return outbox;
    }

    void watch(Outbox<?> theOutbox, OutboxStorage<?> storage, HikariDataSource pool) {
        pool.setMetricRegistry(registry);
        outbox.watch(theOutbox);
        outbox.watch(storage);
    }

    private void answer(HttpExchange exchange) throws IOException {
        try (exchange) {
            boolean found = exchange.getRequestURI().getPath().equals(PATH);
            boolean reads = exchange.getRequestMethod().equals("GET");
            int status = !found ? 404 : reads ? 200 : 405;
            String text = status == 200 ? registry.scrape() : status == 404 ? "see " + PATH + "\n" : "GET only\n";
            byte[] body = text.getBytes(StandardCharsets.UTF_8);
            exchange.getResponseHeaders().set("Content-Type", status == 200 ? TEXT : "text/plain; charset=utf-8");
            exchange.sendResponseHeaders(status, body.length);
            try (OutputStream out = exchange.getResponseBody()) {
                out.write(body);
            }
        }
    }

    /** Ends the serving and the looking at the table: before its pool is closed. */
    @Override
    public void close() {
        server.stop(0);
        threads.shutdownNow();
        outbox.close();
        garbage.close();
        registry.close();
    }
}
