package dev.boxcar.spring;

import static org.assertj.core.api.Assertions.assertThat;

import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.Publisher;
import dev.boxcar.testkit.Await;
import dev.boxcar.testkit.RecordingPublisher;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Predicate;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestMethodOrder;
import org.springframework.boot.WebApplicationType;
import org.springframework.boot.autoconfigure.EnableAutoConfiguration;
import org.springframework.context.ConfigurableApplicationContext;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;
import org.springframework.transaction.PlatformTransactionManager;
import org.springframework.transaction.support.TransactionTemplate;

/** The endpoint and the health contributor, over HTTP. */
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
class ActuatorTest {

    private static final HttpClient CLIENT = HttpClient.newHttpClient();

    @Configuration(proxyBeanMethods = false)
    @EnableAutoConfiguration
    static class Application {

        @Bean
        HikariDataSource dataSource() {
            HikariDataSource pool = Databases.pool();
            pool.setConnectionTimeout(1_000);
            return pool;
        }

        @Bean
        Publisher publisher() {
            return RecordingPublisher.create();
        }
    }

    private static ConfigurableApplicationContext application;
    private static RecordingPublisher publisher;

    @BeforeAll
    static void start() {
        application = Applications.withoutJpa(
                Application.class,
                WebApplicationType.SERVLET,
                Map.of(
                        "boxcar.processor.id", "orders-1",
                        "management.endpoints.web.exposure.include", "*",
                        "management.endpoint.health.show-details", "always",
                        "management.endpoint.health.show-components", "always"));
        publisher = application.getBean(RecordingPublisher.class);
    }

    @AfterAll
    static void stop() {
        application.close();
    }

    /** What has arrived is deleted a little later. */
    @BeforeEach
    void awaitEmptyTable() {
        await(() -> get("boxcar"), answer -> answer.contains("\"pending\":0"));
    }

    @AfterEach
    void heal() {
        publisher.heal();
        publisher.clear();
    }

    private static String get(String path) throws Exception {
        HttpResponse<String> response =
                CLIENT.send(HttpRequest.newBuilder(uri(path)).build(), HttpResponse.BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    private static String post(String path, String json) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(uri(path))
                .header("Content-Type", "application/json")
                .POST(HttpRequest.BodyPublishers.ofString(json))
                .build();
        HttpResponse<String> response = CLIENT.send(request, HttpResponse.BodyHandlers.ofString());
        return response.statusCode() + " " + response.body();
    }

    private static URI uri(String path) {
        return URI.create("http://127.0.0.1:" + application.getEnvironment().getProperty("local.server.port")
                + "/actuator/" + path);
    }

    private static void write(String namespace, String text) {
        new TransactionTemplate(application.getBean(PlatformTransactionManager.class))
                .executeWithoutResult(status ->
                        application.getBean(OutboxTemplate.class).publish(namespace, Message.of("key", text)));
    }

    private static String await(Callable<String> asked, Predicate<String> expected) {
        AtomicReference<String> answer = new AtomicReference<>("");
        boolean came = Await.holdsWithin(Await.PATIENCE, () -> {
            try {
                answer.set(asked.call());
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
            return expected.test(answer.get());
        });
        assertThat(came).as(answer.get()).isTrue();
        return Objects.requireNonNull(answer.get());
    }

    @Test
    void theStatusIsThatOfProcessorAndTables() throws Exception {
        String status = await(() -> get("boxcar"), answer -> answer.contains("\"running\":true"));
        assertThat(status)
                .startsWith("200 ")
                .contains("\"processorId\":\"orders-1\"", "\"pending\":0", "\"deadLetters\":0");
    }

    @Test
    void deadLettersAreListedWithoutContentAndReplayed() throws Exception {
        publisher.rejecting(entry -> true, "not wanted");
        write("orders", "secret text");
        write("invoices", "secret text");

        String letters = await(
                () -> get("boxcar/dead-letters"), answer -> answer.contains("orders") && answer.contains("invoices"));
        assertThat(letters)
                .startsWith("200 ")
                .contains("\"reason\":\"not wanted\"", "\"payloadBytes\":11")
                .doesNotContain("secret");
        assertThat(get("boxcar/dead-letters?namespace=orders&limit=1"))
                .contains("orders")
                .doesNotContain("invoices");
        assertThat(get("boxcar/dead-letters?limit=100000")).startsWith("400 ");

        publisher.heal();
        assertThat(post("boxcar/replay", "{}")).startsWith("400 ");
        assertThat(post("boxcar/replay", "{\"namespace\":\"orders\"}"))
                .startsWith("200 ")
                .contains("\"entries\":1");
        String id = get("boxcar/dead-letters").replaceAll(".*?\"id\":(\\d+).*", "$1");
        assertThat(post("boxcar/replay", "{\"ids\":\"" + id + "\"}"))
                .startsWith("200 ")
                .contains("\"entries\":1");
        await(() -> publisher.texts().toString(), "[secret text, secret text]"::equals);
        assertThat(get("boxcar/dead-letters")).isEqualTo("200 []");
    }

    @Test
    void aNamespaceIsPausedAndResumed() throws Exception {
        assertThat(post("boxcar/pause", "{\"namespace\":\"orders\"}")).startsWith("200 ");
        await(() -> get("boxcar"), answer -> answer.contains("\"pausedNamespaces\":[\"orders\"]"));
        write("orders", "waits");
        write("invoices", "flows");
        await(() -> publisher.texts().toString(), "[flows]"::equals);

        assertThat(post("boxcar/resume", "{\"namespace\":\"orders\"}")).startsWith("200 ");
        await(() -> publisher.texts().toString(), "[flows, waits]"::equals);
        assertThat(post("boxcar/pause", "{}")).startsWith("400 ");
        assertThat(post("boxcar/purge", "{}")).startsWith("400 ");
        assertThat(get("boxcar/entries")).startsWith("404 ");
    }

    @Test
    void aBrokerThatIsDownIsToldButIsNotDown() throws Exception {
        publisher.unavailable();
        write("orders", "waits");
        String health = await(() -> get("health/boxcar"), answer -> answer.contains("unavailable"));
        assertThat(health).startsWith("200 ").contains("\"status\":\"UP\"", "\"pending\":1");
        publisher.heal();
        await(() -> get("health/boxcar"), answer -> answer.contains("\"pending\":0"));
    }

    @Test
    void metricsAreInTheApplicationsRegistry() throws Exception {
        write("orders", "counted");
        await(() -> get("metrics/boxcar.entries.published"), answer -> answer.matches("200 .*\"value\":[1-9].*"));
        assertThat(get("metrics/boxcar.messages.written")).startsWith("200 ");
        await(() -> get("metrics/boxcar.pending"), answer -> answer.contains("\"value\":0.0"));
        assertThat(get("metrics/boxcar.processor.running")).contains("\"value\":1.0");
    }

    /** The last one: it breaks the application. */
    @Test
    @Order(Integer.MAX_VALUE)
    void aProcessorThatHasEndedIsDownAndSoIsADatabase() throws Exception {
        await(() -> get("health/boxcar"), answer -> answer.startsWith("200 "));
        application.getBean(Outbox.class).close();
        String health = await(() -> get("health/boxcar"), answer -> answer.startsWith("503 "));
        assertThat(health).contains("\"status\":\"DOWN\"", "\"running\":false", "\"pending\":0");

        application.getBean(HikariDataSource.class).close();
        assertThat(get("health/boxcar")).startsWith("503 ").contains("\"status\":\"DOWN\"", "\"error\":");
    }
}
