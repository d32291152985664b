package dev.boxcar.examples.spring;

import dev.boxcar.testservers.KafkaServer;
import dev.boxcar.testservers.PostgresServer;
import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.BooleanSupplier;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.header.Header;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.springframework.boot.builder.SpringApplicationBuilder;
import org.springframework.context.ConfigurableApplicationContext;

/**
 * Starts a real PostgreSQL, a real Kafka and the application, makes a few requests, and shows what arrives in the topic. With the argument
 * {@code --once} it ends then; otherwise it goes on until Ctrl-C.
 */
public final class SpringDemo {

    private static final int MESSAGES = 3;

    private final PrintStream out;
    private final HttpClient client = HttpClient.newHttpClient();

    SpringDemo(PrintStream out) {
        this.out = out;
    }

    /** Runs the demo. */
    public static void main(String[] args) throws Exception {
        boolean once = List.of(args).contains("--once");
        if (args.length > (once ? 1 : 0)) {
            System.err.println("usage: spring-demo [--once]");
            System.exit(2);
        }
        SpringDemo demo =
                new SpringDemo(new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8));
        CompletableFuture<KafkaServer> startingKafka = CompletableFuture.supplyAsync(KafkaServer::start);
        boolean ok;
        try (PostgresServer postgres = PostgresServer.start();
                KafkaServer kafka = startingKafka.join()) {
            demo.out.println(postgres.name() + " and " + kafka.name() + " are running");
            ok = demo.run(postgres.newDatabase("orders"), kafka.bootstrapServers(), once);
        }
        System.exit(ok ? 0 : 1);
    }

    /** Whether everything arrived that should. */
    boolean run(String database, String kafka, boolean once) throws Exception {
        try (ConfigurableApplicationContext application = start(database, kafka)) {
            String address = "http://127.0.0.1:" + application.getEnvironment().getProperty("local.server.port");
            out.println("the application answers on " + address + "; some requests:");
            request("POST", address + "/orders", "{\"customer\":\"ada\",\"item\":\"tea\"}");
            request("POST", address + "/orders", "{\"customer\":\"bob\",\"item\":\"an item whose name is too long\"}");
            String id = request("POST", address + "/orders", "{\"customer\":\"ada\",\"item\":\"milk\"}")
                    .replaceAll("\\D", "");
            request("DELETE", address + "/orders/" + id, "");
            request("GET", address + "/actuator/health/boxcar", "");
            if (!once) {
                out.println("Place more of them, until you press Ctrl-C:");
                out.println("  curl -H 'Content-Type: application/json' -d '{\"customer\":\"eve\",\"item\":\"jam\"}' "
                        + address + "/orders");
            }
            out.println("What arrives in the topic \"orders\":");
            return show(kafka, once) == MESSAGES;
        }
    }

    private static ConfigurableApplicationContext start(String database, String kafka) {
        return new SpringApplicationBuilder(OrdersApplication.class)
                .properties(Map.of(
                        "spring.datasource.url", database,
                        "spring.datasource.username", "postgres",
                        "spring.kafka.bootstrap-servers", kafka))
                .run();
    }

    private String request(String method, String uri, String json) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create(uri))
                .header("Content-Type", "application/json")
                .method(method, HttpRequest.BodyPublishers.ofString(json))
                .build();
        HttpResponse<String> response = client.send(request, HttpResponse.BodyHandlers.ofString());
        out.println("  " + method + " " + request.uri().getPath() + " " + json + " -> " + response.statusCode() + " "
                + response.body());
        return response.body();
    }

    /** Shows records until all have come, or if not {@code once}, until the program is ended; how many there were. */
    private int show(String kafka, boolean once) {
        Set<String> seen = new HashSet<>();
        CountDownLatch ended = new CountDownLatch(1);
        Thread atTheEnd = new Thread(ended::countDown, "spring-demo-end");
        Runtime.getRuntime().addShutdownHook(atTheEnd);
        long limit = System.nanoTime() + Duration.ofSeconds(60).toNanos();
        BooleanSupplier over = () -> ended.getCount() == 0 || (once && System.nanoTime() > limit);
        Map<String, Object> settings = Map.of(
                "bootstrap.servers",
                kafka,
                "group.id",
                "spring-demo",
                "auto.offset.reset",
                "earliest",
                "metadata.max.age.ms",
                500);
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            consumer.subscribe(List.of("orders"));
            while (!over.getAsBoolean() && !(once && seen.size() >= MESSAGES)) {
                for (ConsumerRecord<String, String> each : consumer.poll(Duration.ofMillis(200))) {
                    if (seen.add(header(each, "boxcar-id"))) { // a call that timed out is made again
                        out.println("  " + each.key() + ": " + header(each, "boxcar-type") + " " + each.value());
                    }
                }
            }
        }
        return seen.size();
    }

    private static String header(ConsumerRecord<String, String> message, String name) {
        Header header = message.headers().lastHeader(name);
        return header == null ? "" : new String(header.value(), StandardCharsets.UTF_8);
    }
}
