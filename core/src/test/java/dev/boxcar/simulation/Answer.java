package dev.boxcar.simulation;

import dev.boxcar.PublishResults;
import java.util.concurrent.CompletableFuture;
import java.util.function.BiConsumer;

/** What a publish call returns. Completes at most once, but may tell it twice. */
final class Answer extends CompletableFuture<PublishResults> {

    private final Scheduler time;
    private final Call call;
    private boolean twice;

    Answer(Scheduler time, Call call) {
        this.time = time;
        this.call = call;
    }

    void complete(long delay, PublishResults results) {
        time.after(delay, () -> {
            call.answered(results, time.now());
            complete(results);
        });
    }

    void completeTwice(long delay, PublishResults results) {
        twice = true;
        complete(delay, results);
    }

    void fail(long delay) {
        time.after(delay, () -> {
            call.answered(null, time.now());
            completeExceptionally(new IllegalStateException("strange"));
        });
    }

    @Override
    public CompletableFuture<PublishResults> whenComplete(
            BiConsumer<? super PublishResults, ? super Throwable> action) {
        return super.whenComplete((results, failure) -> {
            action.accept(results, failure);
            if (twice) {
                time.after(time.upTo(20), () -> action.accept(results, failure));
            }
        });
    }
}
