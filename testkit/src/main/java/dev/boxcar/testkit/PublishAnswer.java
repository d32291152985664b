package dev.boxcar.testkit;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResults;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;

/** What a {@link RecordingPublisher} does with one call instead of publishing it: above all what no publisher should do. */
@FunctionalInterface
public interface PublishAnswer {

    /** The answer to a call with these entries. */
    @Nullable
    CompletionStage<PublishResults> to(List<ClaimedEntry> entries);

    /** Throws from within the call. */
    static PublishAnswer thrown(RuntimeException exception) {
        return entries -> {
            throw exception;
        };
    }

    /** Completes with an exception. */
    static PublishAnswer completedWith(Throwable exception) {
        return entries -> CompletableFuture.failedFuture(exception);
    }

    /** Completes with these results. */
    static PublishAnswer completedWith(PublishResults results) {
        return entries -> CompletableFuture.completedFuture(results);
    }

    /** Returns null instead of a stage. */
    static PublishAnswer nothing() {
        return entries -> null;
    }

    /** Completes with null instead of results. */
    static PublishAnswer nullResults() {
        return entries -> CompletableFuture.completedFuture(null);
    }

    /** Never completes. */
    static PublishAnswer never() {
        return entries -> new CompletableFuture<>();
    }

    /** Completes twice, with different results: the first counts. */
    static PublishAnswer twice(PublishResults first, PublishResults second) {
        return entries -> new CompletableFuture<>() {
            @Override
            public CompletableFuture<PublishResults> whenComplete(
                    BiConsumer<? super PublishResults, ? super @Nullable Throwable> action) {
                action.accept(first, null);
                action.accept(second, null);
                return this;
            }
        };
    }

    /** Gives a result for the first entries of the call only: sent. */
    static PublishAnswer onlyForTheFirst(int count) {
        return entries -> {
            PublishResults.Builder results = PublishResults.builder();
            entries.stream().limit(count).forEach(results::sent);
            return CompletableFuture.completedFuture(results.build());
        };
    }
}
