package dev.boxcar;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class PendingResultsTest {

    private final ClaimedEntry first = entry(1);
    private final ClaimedEntry second = entry(2);
    private final PendingResults pending = new PendingResults(List.of(first, second));
    private final CompletableFuture<PublishResults> stage = pending.stage().toCompletableFuture();

    @Test
    void theStageCompletesWhenEachEntryHasItsResult() {
        pending.settle(second, PublishResult.failed("no"));
        assertThat(stage).isNotDone();
        assertThat(pending.isOpen()).isTrue();
        assertThat(pending.isOpen(second)).isFalse();
        assertThat(pending.isOpen(first)).isTrue();

        pending.settle(first, PublishResult.SENT);

        assertThat(pending.isOpen()).isFalse();
        assertThat(stage.join().of(1)).isEqualTo(PublishResult.SENT);
        assertThat(stage.join().of(2)).isEqualTo(PublishResult.failed("no"));
    }

    @Test
    void theFirstResultOfAnEntryCounts() {
        pending.settle(first, PublishResult.SENT);
        pending.settle(first, PublishResult.SKIPPED);
        assertThat(stage).isNotDone();

        pending.settleOpen(PublishResult.SKIPPED);

        assertThat(stage.join().of(1)).isEqualTo(PublishResult.SENT);
        assertThat(stage.join().of(2)).isEqualTo(PublishResult.SKIPPED);
    }

    @Test
    void aCallThatTakesTooLongIsNoticedAndOneThatHasEndedIsNot() throws Exception {
        CompletableFuture<Boolean> noticed = new CompletableFuture<>();
        PendingResults ended = new PendingResults(List.of(first));
        ended.settle(first, PublishResult.SENT);
        ended.ifOpenAfter(Duration.ofMillis(1), () -> noticed.complete(false));
        pending.ifOpenAfter(Duration.ofMillis(100), () -> noticed.complete(pending.isOpen()));

        assertThat(noticed.get(30, TimeUnit.SECONDS)).isTrue();
    }

    private static ClaimedEntry entry(long id) {
        return new ClaimedEntry(
                id, OutboxContext.DEFAULT, "id-" + id, null, new byte[0], Map.of(), null, 1, Instant.EPOCH);
    }
}
