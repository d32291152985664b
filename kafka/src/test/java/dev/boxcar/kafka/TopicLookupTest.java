package dev.boxcar.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import dev.boxcar.kafka.ProducerSettings.Timing;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.errors.TimeoutException;
import org.apache.kafka.common.serialization.ByteArraySerializer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TopicLookupTest {

    private static final long PATIENCE = TimeUnit.MILLISECONDS.toNanos(300);

    private final TopicLookup lookup = new TopicLookup("boxcar", PATIENCE);
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(KafkaPublisher.class);

    private boolean answers;
    private final LiveProducer producer = new LiveProducer(
            new MockProducer<>(
                    true, new RoundRobinPartitioner(), new ByteArraySerializer(), new ByteArraySerializer()) {
                @Override
                public List<PartitionInfo> partitionsFor(String topic) {
                    if (!answers) {
                        throw new TimeoutException("no metadata yet");
                    }
                    return List.of();
                }
            },
            new Window(Timing.of(Duration.ofSeconds(1)), Window.SMALLEST));

    @BeforeEach
    void listen() {
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
    }

    /** Each of the many topics of a client that has just been started was warned of: their entries had waited for other things. */
    @Test
    void aTopicThatIsAskedForOnlyNowIsNotWarnedOf() {
        lookup.look("orders", producer, 1_000);

        lookup.stillUnknown("orders", 1_000);
        lookup.stillUnknown("orders", 1_000 + PATIENCE - 1);

        assertThat(lines.list).isEmpty();
    }

    @Test
    void aTopicThatNobodySaysAnythingAboutIsWarnedOfOnceUntilItIsFound() {
        for (int round = 1; round <= 2; round++) {
            answers = false;
            lookup.look("orders", producer, 0);
            lookup.stillUnknown("orders", PATIENCE);
            lookup.stillUnknown("orders", 2 * PATIENCE);

            assertThat(lines.list)
                    .as("in round %s", round)
                    .hasSize(round)
                    .allSatisfy(line -> assertThat(line.getLevel()).isEqualTo(Level.WARN));
            answers = true;
            assertThat(lookup.look("orders", producer, 3 * PATIENCE).problem()).isNull();
        }
    }
}
