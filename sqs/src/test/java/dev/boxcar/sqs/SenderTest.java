package dev.boxcar.sqs;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.Message;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.testkit.Await;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import software.amazon.awssdk.awscore.exception.AwsErrorDetails;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sqs.SqsAsyncClient;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.MessageAttributeValue;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequest;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchRequestEntry;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResponse;
import software.amazon.awssdk.services.sqs.model.SendMessageBatchResultEntry;
import software.amazon.awssdk.services.sqs.model.SqsException;

/** What real SQS answers and ElasticMQ does not. */
class SenderTest {

    private static final String ADDRESS = "https://sqs.example/1/orders";

    /** Answers when the test says so. */
    private static final class Service implements SqsAsyncClient {
        final List<SendMessageBatchRequest> requests = new ArrayList<>();
        final List<CompletableFuture<SendMessageBatchResponse>> answers = new ArrayList<>();

        @Override
        public CompletableFuture<SendMessageBatchResponse> sendMessageBatch(SendMessageBatchRequest request) {
            requests.add(request);
            CompletableFuture<SendMessageBatchResponse> answer = new CompletableFuture<>();
            answers.add(answer);
            return answer;
        }

        /** Answers a request: each message has an error code, {@code !} before it if the sender is at fault, or arrives. */
        void answer(int index, Function<SendMessageBatchRequestEntry, @Nullable String> errors) {
            SendMessageBatchResponse.Builder response = SendMessageBatchResponse.builder();
            List<SendMessageBatchResultEntry> successful = new ArrayList<>();
            List<BatchResultErrorEntry> failed = new ArrayList<>();
            for (SendMessageBatchRequestEntry entry : requests.get(index).entries()) {
                String error = errors.apply(entry);
                if (error == null) {
                    successful.add(
                            SendMessageBatchResultEntry.builder().id(entry.id()).build());
                } else {
                    failed.add(BatchResultErrorEntry.builder()
                            .id(entry.id())
                            .code(error.replace("!", ""))
                            .message("canary")
                            .senderFault(error.startsWith("!"))
                            .build());
                }
            }
            java.util.Collections.reverse(successful); // only ids tell which is which
            answers.get(index)
                    .complete(response.successful(successful).failed(failed).build());
        }

        @Override
        public String serviceName() {
            return "sqs";
        }

        @Override
        public void close() {}
    }

    private final Service service = new Service();

    private SqsPublisher publisher(int concurrency) {
        return SqsPublisher.builder(service)
                .queue(entry -> ADDRESS)
                .maxConcurrentRequests(concurrency)
                .publishTimeout(Duration.ofSeconds(50))
                .build();
    }

    private static List<ClaimedEntry> entries(int first, int last, int size) {
        return IntStream.rangeClosed(first, last)
                .mapToObj(i -> Sqs.entry("orders", i, Message.of("k" + i, "m".repeat(size))))
                .toList();
    }

    private static PublishResults results(CompletionStage<PublishResults> call) {
        CompletableFuture<PublishResults> future = call.toCompletableFuture();
        assertThat(future).isCompleted();
        return future.join();
    }

    @Test
    void whatWaitsGoesInBatchesOfTenWhateverCallItIsFrom() {
        SqsPublisher publisher = publisher(1);
        CompletionStage<PublishResults> first = publisher.publish(entries(1, 3, 10));
        CompletionStage<PublishResults> second = publisher.publish(entries(11, 16, 10));
        CompletionStage<PublishResults> third = publisher.publish(entries(21, 29, 10));
        service.answer(0, entry -> null);
        assertThat(results(first).of(3)).isEqualTo(PublishResult.SENT);

        service.answer(1, entry -> null);
        assertThat(results(second).of(16)).isEqualTo(PublishResult.SENT);
        assertThat(third.toCompletableFuture()).isNotDone();
        service.answer(2, entry -> null);

        assertThat(results(third).of(29)).isEqualTo(PublishResult.SENT);
        assertThat(service.requests)
                .extracting(request -> request.entries().size())
                .containsExactly(3, 10, 5);
    }

    @Test
    void aBatchHasNoMoreThan256KiBUnlessItIsOneMessage() {
        SqsPublisher publisher = publisher(10);
        List<ClaimedEntry> entries = new ArrayList<>(entries(1, 5, 100_000));
        entries.addAll(entries(6, 6, 500_000));
        publisher.publish(entries);

        assertThat(service.requests)
                .extracting(request -> request.entries().size())
                .containsExactly(2, 2, 1, 1);
    }

    @Test
    void eachMessageHasTheResultThatIsItsOwn() {
        CompletionStage<PublishResults> call = publisher(1).publish(entries(1, 5, 10));
        service.answer(0, entry -> switch (entry.id()) {
            case "1" -> "!InvalidMessageContents";
            case "2" -> "InternalError";
            case "3" -> "!RequestThrottled";
            default -> null;
        });

        PublishResults results = results(call);
        assertThat(results.of(1)).isEqualTo(PublishResult.SENT);
        assertThat(results.of(2)).isEqualTo(PublishResult.rejected("SQS refused the message: InvalidMessageContents"));
        assertThat(results.of(3)).isInstanceOf(PublishResult.Unavailable.class);
        assertThat(results.of(4)).isInstanceOf(PublishResult.Unavailable.class);
        assertThat(results.of(5)).isEqualTo(PublishResult.SENT);
        assertThat(results.toString()).doesNotContain("canary");
    }

    @ParameterizedTest
    @CsvSource({
        "ThrottlingException, 400",
        "KMS.DisabledException, 400",
        "AccessDeniedException, 400",
        "ExpiredTokenException, 400",
        "UnrecognizedClientException, 400",
        "InvalidClientTokenId, 403",
        "Whatever, 403",
        "Whatever, 429",
        "InternalFailure, 500",
        "ServiceUnavailable, 503"
    })
    void troubleThatIsNoFaultOfTheMessagesIsUnavailable(String code, int status) {
        CompletionStage<PublishResults> call = publisher(1).publish(entries(1, 2, 10));
        service.answers.get(0).completeExceptionally(refusal(code, status));

        PublishResults results = results(call);
        assertThat(results.of(2)).isInstanceOf(PublishResult.Unavailable.class);
        assertThat(results.toString()).contains(code).doesNotContain("canary");
    }

    @Test
    void noConnectionIsUnavailable() {
        CompletionStage<PublishResults> call = publisher(1).publish(entries(1, 2, 10));
        service.answers.get(0).completeExceptionally(SdkClientException.create("canary"));

        assertThat(results(call).of(1)).isInstanceOf(PublishResult.Unavailable.class);
        assertThat(results(call).toString()).doesNotContain("canary");
    }

    @ParameterizedTest
    @ValueSource(strings = {"AWS.SimpleQueueService.BatchRequestTooLong", "InvalidMessageContents", "Unheard"})
    void whenABatchIsRefusedEachOfItsMessagesIsTriedAlone(String code) {
        CompletionStage<PublishResults> call = publisher(10).publish(entries(1, 3, 10));
        service.answers.get(0).completeExceptionally(refusal(code, 400));
        assertThat(service.requests)
                .extracting(request -> request.entries().size())
                .containsExactly(3, 1, 1, 1);
        for (int i = 1; i <= 3; i++) {
            MessageAttributeValue value =
                    service.requests.get(i).entries().get(0).messageAttributes().get(BoxcarAttributes.KEY);
            String key = Objects.requireNonNull(value).stringValue();
            if (key.equals("k2")) {
                service.answers.get(i).completeExceptionally(refusal(code, 400));
            } else {
                service.answer(i, entry -> null);
            }
        }

        PublishResults results = results(call);
        assertThat(results.of(1)).isEqualTo(PublishResult.SENT);
        assertThat(results.of(2))
                .isInstanceOfSatisfying(
                        PublishResult.Failed.class,
                        failed -> assertThat(failed.retryable()).isEqualTo(code.equals("Unheard")));
        assertThat(results.of(3)).isEqualTo(PublishResult.SENT);
    }

    @Test
    void whatHasNotBegunInItsTimeIsSkipped() {
        SqsPublisher publisher = SqsPublisher.builder(service)
                .queue(entry -> ADDRESS)
                .maxConcurrentRequests(1)
                .publishTimeout(Duration.ofSeconds(2))
                .build();
        CompletionStage<PublishResults> first = publisher.publish(entries(1, 1, 10));
        CompletionStage<PublishResults> second = publisher.publish(entries(2, 2, 10));
        long end = System.nanoTime() + Duration.ofMillis(1_100).toNanos();
        Await.until("half of its time is over", () -> System.nanoTime() - end > 0);
        service.answer(0, entry -> null);

        assertThat(results(first).of(1)).isEqualTo(PublishResult.SENT);
        assertThat(results(second).of(2)).isEqualTo(PublishResult.SKIPPED);
    }

    private static SqsException refusal(String code, int status) {
        return (SqsException) SqsException.builder()
                .statusCode(status)
                .message("canary")
                .awsErrorDetails(AwsErrorDetails.builder()
                        .errorCode(code)
                        .errorMessage("canary")
                        .build())
                .build();
    }
}
