package dev.boxcar.examples.spring;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.testservers.KafkaServer;
import dev.boxcar.testservers.PostgresServer;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

class SpringDemoTest {

    @Test
    void whatWasStoredArrivesAndNothingElse() throws Exception {
        ByteArrayOutputStream shown = new ByteArrayOutputStream();
        boolean ok = new SpringDemo(new PrintStream(shown, true, StandardCharsets.UTF_8))
                .run(
                        PostgresServer.shared().newDatabase("spring_demo"),
                        KafkaServer.shared().bootstrapServers(),
                        true);

        assertThat(shown.toString(StandardCharsets.UTF_8))
                .containsSubsequence("tea\"} -> 200", "too long\"} -> 500", "milk\"} -> 200", "-> 204", "\"UP\"")
                .containsSubsequence(
                        "ada: order.placed.v1", "tea", "ada: order.placed.v1", "milk", "ada: order.cancelled.v1")
                .doesNotContain("bob:");
        assertThat(ok).isTrue();
    }
}
