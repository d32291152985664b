package dev.boxcar.redis;

import dev.boxcar.PublishResult;
import io.lettuce.core.RedisCommandExecutionException;
import java.util.Set;
import java.util.concurrent.CompletionException;

/** What Redis's answer, or none, means for a message. */
final class Outcome {

    /** Redis begins its errors with a word that tells their kind; these say nothing about the message. */
    private static final Set<String> NOT_NOW = Set.of(
            "OOM",
            "LOADING",
            "BUSY",
            "READONLY",
            "MASTERDOWN",
            "NOREPLICAS",
            "MISCONF",
            "NOAUTH",
            "WRONGPASS",
            "NOPERM",
            "CLUSTERDOWN",
            "TRYAGAIN",
            "MOVED",
            "ASK");

    private Outcome() {}

    static PublishResult of(Throwable failure) {
        Throwable cause =
                failure instanceof CompletionException && failure.getCause() != null ? failure.getCause() : failure;
        String text = String.valueOf(cause.getMessage());
        if (!(cause instanceof RedisCommandExecutionException)) {
            return PublishResult.unavailable(
                    "no answer from Redis: " + cause.getClass().getSimpleName() + ": " + text);
        }
        if (NOT_NOW.contains(kind(text))) {
            return PublishResult.unavailable("Redis takes nothing at present: " + text);
        }
        // Somebody can repair it: an older Redis that knows no streams, a name that is taken by something else.
        return PublishResult.failed("Redis refused the message: " + text);
    }

    /** Whether this Redis may not be the one to write to any more, and another connection may find the one that is. */
    static boolean blamesConnection(Throwable failure) {
        return failure instanceof RedisCommandExecutionException
                && Set.of("READONLY", "MASTERDOWN", "NOAUTH").contains(kind(String.valueOf(failure.getMessage())));
    }

    private static String kind(String text) {
        int end = text.indexOf(' ');
        return end < 0 ? text : text.substring(0, end);
    }
}
