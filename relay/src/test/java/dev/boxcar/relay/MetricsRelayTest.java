package dev.boxcar.relay;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.testservers.PostgresServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What Prometheus gets from a running relay. */
class MetricsRelayTest {

    private static final Pattern ADDRESS = Pattern.compile("metrics at (http://\\S+)");

    @TempDir
    Path folder;

    private static HttpResponse<String> get(String address, String method) {
        try {
            return HttpClient.newHttpClient()
                    .send(
                            HttpRequest.newBuilder(URI.create(address))
                                    .method(method, HttpRequest.BodyPublishers.noBody())
                                    .build(),
                            BodyHandlers.ofString());
        } catch (IOException e) {
            throw new AssertionError(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError(e);
        }
    }

    private static String address(ChildRelay relay) {
        Matcher matcher = ADDRESS.matcher(relay.err());
        assertThat(matcher.find()).as(relay.err()).isTrue();
        return matcher.group(1);
    }

    @Test
    void aRelayServesMetricsToPrometheus() throws Exception {
        String url = PostgresServer.shared().newDatabase("metrics");
        String[] database = {"--url", url, "--user", "postgres"};
        assertThat(Cli.run("schema", "apply", "--url", url, "--user", "postgres")
                        .exitCode())
                .isZero();
        try (ChildRelay relay = ChildRelay.start(
                folder,
                "relay",
                database[0],
                database[1],
                database[2],
                database[3],
                "--stdout-publisher",
                "--metrics-port",
                "0",
                "--metrics-interval",
                "1s",
                "--metrics-name",
                "shop")) {
            relay.says("took 64 partitions").says("metrics at ");
            String address = address(relay);
            assertThat(address).startsWith("http://127.0.0.1:").endsWith("/metrics");
            Cli.run("publish", "--url", url, "--user", "postgres", "--payload", "hello");
            relay.writes("hello");
            String published = "boxcar_entries_published_total{destination=\"default\",outbox=\"shop\"} 1.0";
            relay.waits("it is counted", () -> get(address, "GET").body().contains(published));
            relay.waits(
                    "the table was looked at",
                    () -> get(address, "GET").body().contains("boxcar_pending{outbox=\"shop\"} 0.0"));

            HttpResponse<String> scrape = get(address, "GET");
            assertThat(scrape.statusCode()).isEqualTo(200);
            assertThat(scrape.headers().firstValue("content-type"))
                    .hasValueSatisfying(type -> assertThat(type).startsWith("text/plain; version=0.0.4"));
            assertThat(scrape.body())
                    .contains("boxcar_processor_running{outbox=\"shop\"} 1.0")
                    .contains("boxcar_claims_held{outbox=\"shop\"} 64.0")
                    .contains("boxcar_delivery_lag_seconds_bucket{")
                    .contains("jvm_memory_used_bytes{")
                    .contains("hikaricp_connections_active{");
            assertThat(get(address.replace("/metrics", "/"), "GET").statusCode())
                    .isEqualTo(404);
            assertThat(get(address, "POST").statusCode()).isEqualTo(405);
            relay.terminate();
            assertThat(relay.err()).contains("its claims are given back");
        }
    }

    @Test
    void aPortThatIsTakenEndsItWithAClearLine() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Cli cli = Cli.run(
                    "relay",
                    "--url",
                    "jdbc:sqlite:" + folder.resolve("outbox.db"),
                    "--stdout-publisher",
                    "--metrics-port",
                    Integer.toString(taken.getLocalPort()));
            assertThat(cli.exitCode()).isEqualTo(ExitCode.FAILED);
            assertThat(cli.err()).contains("metrics cannot be served at 127.0.0.1:" + taken.getLocalPort());
        }
    }

    @Test
    void whatMakesNoSenseIsRefused() {
        String url = "jdbc:sqlite:" + folder.resolve("outbox.db");
        for (String[] option :
                new String[][] {{"--metrics-port", "70000"}, {"--metrics-name", " "}, {"--metrics-interval", "10ms"}}) {
            Cli cli = Cli.run("relay", "--url", url, "--stdout-publisher", option[0], option[1]);
            assertThat(cli.exitCode()).as(cli.err()).isEqualTo(ExitCode.USAGE);
            assertThat(cli.err()).contains(option[0]);
        }
    }
}
