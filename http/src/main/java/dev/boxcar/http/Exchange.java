package dev.boxcar.http;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResult;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** One request and what its response means. Safe for use by several threads. */
final class Exchange {

    private static final Duration LONGEST_WAIT = Duration.ofHours(1);

    /**
     * What came of a request.
     *
     * @param result for its entry
     * @param leaveAlone how long the receiver wants to be left alone; zero if it does not say
     */
    record Answer(PublishResult result, Duration leaveAlone) {}

    private final HttpClient client;
    private final Requests requests;
    private final String target;
    private final Map<Integer, Outcome> outcomes;

    Exchange(HttpClient client, Requests requests, String target, Map<Integer, Outcome> outcomes) {
        this.client = client;
        this.requests = requests;
        this.target = target;
        this.outcomes = outcomes;
    }

    /** Sends an entry; the stage never completes exceptionally. */
    CompletableFuture<Answer> send(ClaimedEntry entry) {
        HttpRequest request;
        try {
            request = requests.of(entry);
        } catch (IllegalArgumentException e) {
            return CompletableFuture.completedFuture(answer(PublishResult.rejected(String.valueOf(e.getMessage()))));
        } catch (RuntimeException e) { // the application's own code could not tell the value of a header
            return CompletableFuture.completedFuture(
                    answer(PublishResult.unavailable("no request to " + target + " could be made: " + reason(e))));
        }
        CompletableFuture<HttpResponse<Void>> response = client.sendAsync(request, BodyHandlers.discarding());
        CompletableFuture<Answer> answer = response.handle(this::answer);
        // The request's own time-out ends with the response's headers; a body that never ends would hold it for ever.
        return answer.completeOnTimeout(
                        answer(PublishResult.unavailable(target + " did not answer within "
                                + requests.timeout().toMillis() + " ms")),
                        requests.timeout().toMillis(),
                        TimeUnit.MILLISECONDS)
                .whenComplete((done, never) -> response.cancel(true));
    }

    private Answer answer(@Nullable HttpResponse<Void> response, @Nullable Throwable failure) {
        if (response == null) {
            return answer(PublishResult.unavailable("no answer from " + target + ": " + reason(failure)));
        }
        int status = response.statusCode();
        String reason = target + " answered with status " + status;
        Outcome outcome = outcomes.getOrDefault(status, Outcome.of(status));
        Duration wait = outcome == Outcome.SENT
                ? Duration.ZERO
                : response.headers()
                        .firstValue("Retry-After")
                        .flatMap(Exchange::retryAfter)
                        .orElse(Duration.ZERO);
        return new Answer(
                switch (outcome) {
                    case SENT -> PublishResult.SENT;
                    case REJECTED -> PublishResult.rejected(reason);
                    case FAILED -> PublishResult.failed(reason);
                    case UNAVAILABLE -> PublishResult.unavailable(reason);
                },
                wait);
    }

    private static Answer answer(PublishResult result) {
        return new Answer(result, Duration.ZERO);
    }

    private static String reason(@Nullable Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        if (cause instanceof TimeoutException) {
            return "timed out";
        }
        return cause == null
                ? "no reason given"
                : cause.getClass().getSimpleName() + (cause.getMessage() == null ? "" : ": " + cause.getMessage());
    }

    /** The header's value: seconds, or a date. */
    static Optional<Duration> retryAfter(String value) {
        Duration wait;
        try {
            wait = value.strip().chars().allMatch(Character::isDigit)
                    ? Duration.ofSeconds(Long.parseLong(value.strip()))
                    : Duration.between(
                            Instant.now(), ZonedDateTime.parse(value.strip(), DateTimeFormatter.RFC_1123_DATE_TIME));
        } catch (NumberFormatException | DateTimeParseException | ArithmeticException e) {
            return Optional.empty();
        }
        if (wait.isNegative()) {
            return Optional.empty();
        }
        return Optional.of(wait.compareTo(LONGEST_WAIT) > 0 ? LONGEST_WAIT : wait);
    }
}
