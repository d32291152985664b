package dev.boxcar.testkit;

import static dev.boxcar.testkit.StorageDriver.LONG;
import static dev.boxcar.testkit.StoragePart.message;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import dev.boxcar.Message;
import dev.boxcar.spi.Claim;
import dev.boxcar.spi.Session;
import dev.boxcar.spi.StorageStatus;
import dev.boxcar.spi.StoredEntry;
import java.time.Duration;
import java.util.Collections;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a storage tells people about itself. */
interface StatusContract<T> extends StoragePart<T> {

    @Test
    default void aCompleteSchemaPassesTheCheck() {
        assertThatCode(() -> driver().storage().check()).doesNotThrowAnyException();
    }

    @Test
    default void theDescriptionIsOneLineWithoutAPassword() {
        assertThat(driver().storage().description())
                .isNotBlank()
                .hasLineCount(1)
                .doesNotContainIgnoringCase("password")
                .doesNotContainIgnoringCase("pwd=");
    }

    @Test
    default void theStatusOfAnEmptyOutboxIsEmpty() {
        StorageStatus status = driver().storage().status();

        assertThat(status.pending()).isZero();
        assertThat(status.oldestPending()).isNull();
        assertThat(status.deadLetters()).isZero();
        assertThat(status.processors()).isEmpty();
    }

    @Test
    default void theStatusCountsWhatWaitsAndWhatIsDead() {
        driver().write("", message("a", "1"), message("b", "2"), message("c", "3"));
        Await.pause(Duration.ofMillis(50));
        StoredEntry first = driver().stored().get(0);
        driver().storage().deadLetters().bury(List.of(first.entry().id()), "by hand");

        StorageStatus status = driver().storage().status();
        assertThat(status.pending()).isEqualTo(2);
        assertThat(status.pendingEstimate()).isEqualTo(2);
        assertThat(status.deadLetters()).isEqualTo(1);
        assertThat(status.oldestPending()).isBetween(Duration.ofMillis(1), Duration.ofMinutes(10));
    }

    @Test
    default void theStatusShowsLiveProcessorsAndHowManyPartitionsTheyHold() {
        Session first = driver().join("orders-1", LONG);
        List<Claim> free = driver().storage().heartbeat(first, LONG, false).claims();
        driver().storage().acquire(first, free.subList(0, 3));
        Session gone = driver().join("orders-2", LONG);
        driver().storage().leave(gone);
        driver().join("orders-3", LONG);

        List<StorageStatus.ProcessorStatus> processors =
                driver().storage().status().processors();
        assertThat(processors)
                .extracting(StorageStatus.ProcessorStatus::processorId)
                .containsExactlyInAnyOrder("orders-1", "orders-3");
        assertThat(processors).allSatisfy(processor -> {
            assertThat(processor.partitions()).isEqualTo(processor.processorId().equals("orders-1") ? 3 : 0);
            assertThat(processor.expiresIn()).isBetween(LONG.dividedBy(2), LONG.plusMinutes(1));
        });
    }

    @Test
    default void theStatusCountsNoFurtherThanItsLimit() {
        List<Message> messages = Collections.nCopies(StorageStatus.COUNT_LIMIT / 5, message("k", ""));
        for (int i = 0; i < 6; i++) {
            driver().write("", messages);
        }

        StorageStatus status = driver().storage().status();
        assertThat(status.pending()).isEqualTo(StorageStatus.COUNT_LIMIT);
        assertThat(status.pendingEstimate()).isGreaterThanOrEqualTo(StorageStatus.COUNT_LIMIT);
    }

    @Test
    default void nobodyBlocksWhereNobodyWaits() {
        driver().write("", message("a", "1"));

        assertThat(driver().storage().blockingSessions()).isEmpty();
    }
}
