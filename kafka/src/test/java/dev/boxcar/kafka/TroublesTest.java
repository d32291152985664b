package dev.boxcar.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

class TroublesTest {

    private static final TopicPartition PARTITION = new TopicPartition("orders", 3);

    private final Troubles troubles = new Troubles("boxcar");
    private final ListAppender<ILoggingEvent> lines = new ListAppender<>();
    private final Logger logger = (Logger) LoggerFactory.getLogger(KafkaPublisher.class);
    private final Level before = logger.getLevel();

    @BeforeEach
    void listen() {
        logger.setLevel(Level.INFO);
        lines.start();
        logger.addAppender(lines);
    }

    @AfterEach
    void stopListening() {
        logger.detachAppender(lines);
        logger.setLevel(before);
    }

    /** Whoever meets the duplicate finds the reason; campaigns look for these words. */
    @Test
    void theFirstTimeIsNotedSinceItMayBecomeADuplicate() {
        troubles.add(PARTITION, "timed out", true, 0);

        assertThat(lines.list)
                .singleElement()
                .satisfies(line -> assertThat(line.getLevel()).isEqualTo(Level.INFO))
                .satisfies(line -> assertThat(line.getFormattedMessage())
                        .contains("partition 3 of topic 'orders'", "may arrive twice", "timed out"));
    }

    @Test
    void theSecondTimeInARowIsAWarningAndTheThirdSaysNothingNew() {
        troubles.add(PARTITION, "timed out", true, 0);
        troubles.add(PARTITION, "timed out", true, 1);
        troubles.add(PARTITION, "timed out", true, 2);

        assertThat(lines.list).extracting(ILoggingEvent::getLevel).containsExactly(Level.INFO, Level.WARN);
    }

    /** Then the destination is unavailable, which is told elsewhere. */
    @Test
    void nothingIsNotedWhileNobodyIsAnswered() {
        troubles.add(PARTITION, "timed out", false, 0);
        troubles.add(PARTITION, "timed out", false, 1);

        assertThat(lines.list).isEmpty();
    }
}
