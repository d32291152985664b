package dev.boxcar.simulation;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.ForwardingPublisher;
import dev.boxcar.OutboxContext;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Publishers with one fault each. */
final class BrokenPublishers {

    private BrokenPublishers() {}

    /** Passes everything on. */
    private abstract static class Forwarding extends ForwardingPublisher {
        final Publisher real;

        Forwarding(Publisher real) {
            super(real);
            this.real = real;
        }

        @Override
        protected CompletionStage<PublishResults> publish(
                List<ClaimedEntry> entries, Function<List<ClaimedEntry>, CompletionStage<PublishResults>> call) {
            return call.apply(entries);
        }
    }

    private static Publisher changing(
            Publisher real, BiFunction<List<ClaimedEntry>, PublishResults, PublishResults> change) {
        return new Forwarding(real) {
            @Override
            protected CompletionStage<PublishResults> publish(
                    List<ClaimedEntry> entries, Function<List<ClaimedEntry>, CompletionStage<PublishResults>> call) {
                return call.apply(entries).thenApply(results -> change.apply(entries, results));
            }
        };
    }

    private static Publisher changingEach(Publisher real, UnaryOperator<@Nullable PublishResult> change) {
        return changing(real, (entries, results) -> {
            PublishResults.Builder changed = PublishResults.builder();
            for (ClaimedEntry entry : entries) {
                PublishResult result = change.apply(results.of(entry.id()));
                if (result != null) {
                    changed.add(entry, result);
                }
            }
            return changed.build();
        });
    }

    /** Says that everything was sent before anybody has acknowledged it. */
    static Publisher impatient(Publisher real) {
        return new Forwarding(real) {
            @Override
            protected CompletionStage<PublishResults> publish(
                    List<ClaimedEntry> entries, Function<List<ClaimedEntry>, CompletionStage<PublishResults>> call) {
                var unused = call.apply(entries);
                return CompletableFuture.completedFuture(PublishResults.allSent());
            }
        };
    }

    /** Takes a call that is not answered in time for one that succeeded. */
    static Publisher optimistic(Publisher real, Scheduler time) {
        return new Forwarding(real) {
            @Override
            protected CompletionStage<PublishResults> publish(
                    List<ClaimedEntry> entries, Function<List<ClaimedEntry>, CompletionStage<PublishResults>> call) {
                CompletableFuture<PublishResults> answer =
                        call.apply(entries).toCompletableFuture().thenApply(results -> results);
                time.after(Plan.PUBLISH_TIMEOUT, () -> answer.complete(PublishResults.allSent()));
                return answer;
            }
        };
    }

    /** Takes a destination that is down for a message that fails. */
    static Publisher counting(Publisher real) {
        return changingEach(
                real, result -> result instanceof PublishResult.Unavailable ? PublishResult.failed("down") : result);
    }

    /** Takes a message that fails for a destination that is down. */
    static Publisher blaming(Publisher real) {
        return changingEach(
                real, result -> result instanceof PublishResult.Failed ? PublishResult.unavailable("failed") : result);
    }

    /** When one entry of a call fails, says of none that it was sent. */
    static Publisher sendingAllAgain(Publisher real) {
        return changing(real, (entries, results) -> {
            if (results.failureCount(entries) == 0) {
                return results;
            }
            PublishResults.Builder changed = PublishResults.builder();
            for (ClaimedEntry entry : entries) {
                PublishResult result = results.of(entry.id());
                if (result != null) {
                    changed.add(entry, result instanceof PublishResult.Sent ? PublishResult.SKIPPED : result);
                }
            }
            return changed.build();
        });
    }

    /** Groups a call by namespace, and takes a result's place in its group for its place in the call. */
    static Publisher matchingByPosition(Publisher real) {
        return new Forwarding(real) {
            @Override
            protected CompletionStage<PublishResults> publish(
                    List<ClaimedEntry> entries, Function<List<ClaimedEntry>, CompletionStage<PublishResults>> call) {
                List<ClaimedEntry> grouped = new ArrayList<>(entries);
                grouped.sort(Comparator.comparing(ClaimedEntry::namespace));
                return call.apply(grouped).thenApply(results -> {
                    PublishResults.Builder changed = PublishResults.builder();
                    for (int i = 0; i < entries.size(); i++) {
                        PublishResult result = results.of(grouped.get(i).id());
                        if (result != null) {
                            changed.add(entries.get(i), result);
                        }
                    }
                    return changed.build();
                });
            }
        };
    }

    /** Takes all destinations for one. */
    static Publisher mixing(Publisher real) {
        return new Forwarding(real) {
            @Override
            protected CompletionStage<PublishResults> publish(
                    List<ClaimedEntry> entries, Function<List<ClaimedEntry>, CompletionStage<PublishResults>> call) {
                Map<String, List<ClaimedEntry>> parts = new LinkedHashMap<>();
                for (ClaimedEntry entry : entries) {
                    parts.computeIfAbsent(real.destination(entry.context()), name -> new ArrayList<>())
                            .add(entry);
                }
                CompletableFuture<PublishResults.Builder> all =
                        CompletableFuture.completedFuture(PublishResults.builder());
                for (List<ClaimedEntry> part : parts.values()) {
                    all = all.thenCombine(call.apply(part), (builder, results) -> {
                        for (ClaimedEntry entry : part) {
                            PublishResult result = results.of(entry.id());
                            if (result != null) {
                                builder.add(entry, result);
                            }
                        }
                        return builder;
                    });
                }
                return all.thenApply(PublishResults.Builder::build);
            }

            @Override
            public String destination(OutboxContext context) {
                return Publisher.DEFAULT_DESTINATION;
            }

            @Override
            public Set<String> destinations() {
                return Set.of(Publisher.DEFAULT_DESTINATION);
            }
        };
    }

    /** Says that whoever died is fenced, and does nothing. */
    static Publisher withoutFence(Publisher real) {
        return new Forwarding(real) {
            @Override
            public CompletionStage<Void> fence(String endedSession) {
                return CompletableFuture.completedFuture(null);
            }
        };
    }
}
