package dev.boxcar.testkit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import java.lang.reflect.InvocationTargetException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.BiFunction;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** Breaks a publisher in the ways that publishers are wrong, and looks whether the contract notices. */
@Timeout(120)
class PublisherContractCatchesTest {

    /** What a broken publisher does with a call, given the real one. */
    private interface Fault extends BiFunction<Publisher, List<ClaimedEntry>, CompletionStage<PublishResults>> {}

    private static Arguments fault(String name, Fault fault, String... caughtBy) {
        return Arguments.of(name, fault, List.of(caughtBy));
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                fault(
                        "says that it sent what it did not",
                        (real, entries) -> CompletableFuture.completedFuture(PublishResults.allSent()),
                        "anUnreachableDestinationIsUnavailableWithinTheLongestCall",
                        "aMessageThatIsRefusedFailsAlone"),
                fault(
                        "fails as a whole",
                        (real, entries) -> real.publish(entries)
                                .thenApply(results -> results.failureCount(entries) == 0
                                        ? results
                                        : PublishResults.all(PublishResult.failed("one of them"))),
                        "aMessageThatIsRefusedFailsAlone",
                        "anUnreachableDestinationIsUnavailableWithinTheLongestCall"),
                fault(
                        "fails with an exception of its own when out of reach",
                        (real, entries) -> real.publish(entries).thenApply(results -> {
                            if (results.toString().contains("Unavailable")) {
                                throw new IllegalStateException("connection refused");
                            }
                            return results;
                        }),
                        "anUnreachableDestinationIsUnavailableWithinTheLongestCall"),
                fault(
                        "mixes up the order of a call",
                        (real, entries) -> {
                            List<ClaimedEntry> reversed = new ArrayList<>(entries);
                            java.util.Collections.reverse(reversed);
                            return real.publish(reversed);
                        },
                        "aPublisherThatKeepsTheOrderWithinACallDoes"),
                fault(
                        "sends twice",
                        (real, entries) -> real.publish(entries).thenCompose(first -> real.publish(entries)),
                        "aPublishedEntryArrivesWithAllItsParts",
                        "everyEntryOfACallHasItsResultAndArrives"),
                fault(
                        "drops headers and type",
                        (real, entries) -> real.publish(entries.stream()
                                .map(entry -> plain(entry, entry.messageId()))
                                .toList()),
                        "aPublishedEntryArrivesWithAllItsParts",
                        "keysPayloadsAndHeadersArriveAsTheyWere"),
                fault(
                        "makes message ids of its own",
                        (real, entries) -> real.publish(entries.stream()
                                .map(entry -> plain(entry, "id-" + entry.id()))
                                .toList()),
                        "anEntryOfLittleMoreThanAnIdArrives"),
                fault(
                        "gives results by position",
                        (real, entries) -> real.publish(entries).thenApply(results -> {
                            PublishResults.Builder shifted = PublishResults.builder();
                            for (int i = 0; i < entries.size(); i++) {
                                PublishResult result = results.of(
                                        entries.get((i + 1) % entries.size()).id());
                                if (result != null) {
                                    shifted.add(entries.get(i), result);
                                }
                            }
                            return shifted.build();
                        }),
                        "aMessageThatIsRefusedFailsAlone"),
                fault(
                        "blocks while out of reach",
                        (real, entries) -> {
                            CompletionStage<PublishResults> answer = real.publish(entries);
                            if (answer.toString().contains("ompleted")
                                    && answer.toCompletableFuture()
                                            .join()
                                            .toString()
                                            .contains("Unavailable")) {
                                Await.pause(Duration.ofMillis(1_100));
                            }
                            return answer;
                        },
                        "aCallReturnsAtOnceEvenIfTheDestinationIsUnreachable"));
    }

    @ParameterizedTest(name = "a publisher that {0}")
    @MethodSource("faults")
    void theContractCatches(String name, Fault fault, List<String> caughtBy) throws Exception {
        for (String test : caughtBy) {
            assertThat(failureOf(test, fault))
                    .as("%s finds a publisher that %s", test, name)
                    .isNotNull();
        }
    }

    private static @Nullable Throwable failureOf(String test, Fault fault) throws Exception {
        PublisherContract contract = new PublisherContractTest() {
            @Override
            protected Publisher publisher() {
                Publisher real = super.publisher();
                return new Publisher() {
                    @Override
                    public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
                        return fault.apply(real, entries);
                    }

                    @Override
                    public boolean keepsOrderWithinCall() {
                        return true;
                    }
                };
            }
        };
        contract.openPublisher();
        try {
            PublisherContract.class.getMethod(test).invoke(contract);
            return null;
        } catch (InvocationTargetException e) {
            return e.getCause();
        } finally {
            contract.closePublisher();
        }
    }

    private static ClaimedEntry plain(ClaimedEntry entry, String messageId) {
        Message message = Message.of(entry.key(), entry.payload());
        return new ClaimedEntry(
                entry.id(),
                entry.context(),
                messageId,
                message.key(),
                message.payload(),
                Map.of(),
                null,
                entry.attempt(),
                entry.createdAt());
    }
}
