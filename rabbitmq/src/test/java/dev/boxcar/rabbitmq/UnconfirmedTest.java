package dev.boxcar.rabbitmq;

import static org.assertj.core.api.Assertions.assertThat;

import com.rabbitmq.client.AMQP.BasicProperties;
import com.rabbitmq.client.Return;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.OutboxContext;
import dev.boxcar.PendingResults;
import dev.boxcar.PublishResult;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class UnconfirmedTest {

    private static final RabbitMqRoute ROUTE = new RabbitMqRoute("", "orders");

    private final ClaimedEntry entry = new ClaimedEntry(
            1, OutboxContext.ofNamespace("orders"), "id", null, new byte[0], Map.of(), null, 1, Instant.EPOCH);

    @Test
    void whatNoQueueGetsIsTheMessagesFault() {
        assertThat(returned(System.nanoTime())).isInstanceOf(PublishResult.Failed.class);
    }

    @Test
    void whatNoQueueGetsWhileTheServerStartsUsesUpNoAttempt() {
        long soon = System.nanoTime() + Duration.ofMinutes(1).toNanos();

        assertThat(returned(soon)).isInstanceOf(PublishResult.Unavailable.class);
        assertThat(result(soon)).isEqualTo(PublishResult.SENT);
    }

    private PublishResult returned(long startedBy) {
        BasicProperties properties =
                new BasicProperties.Builder().messageId("id").build();
        return result(startedBy, new Return(312, "NO_ROUTE", "", "orders", properties, new byte[0]));
    }

    private PublishResult result(long startedBy, Return... returns) {
        PendingResults results = new PendingResults(List.of(entry));
        Unconfirmed unconfirmed = new Unconfirmed(10, 0, startedBy);
        assertThat(unconfirmed.add(entry, results, ROUTE)).isTrue();
        for (Return each : returns) {
            unconfirmed.returned(each);
        }
        unconfirmed.acknowledged(1, false);
        return Objects.requireNonNull(
                results.stage().toCompletableFuture().join().of(1));
    }
}
