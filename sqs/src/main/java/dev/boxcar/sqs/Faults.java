package dev.boxcar.sqs;

import dev.boxcar.PublishResult;
import java.util.List;
import java.util.concurrent.CompletionException;
import org.jspecify.annotations.Nullable;
import software.amazon.awssdk.awscore.exception.AwsServiceException;
import software.amazon.awssdk.core.exception.SdkClientException;
import software.amazon.awssdk.services.sqs.model.BatchResultErrorEntry;
import software.amazon.awssdk.services.sqs.model.QueueDeletedRecentlyException;
import software.amazon.awssdk.services.sqs.model.QueueDoesNotExistException;

/** What the errors of SQS mean. Their codes are shown, never their texts, which may quote a message. */
final class Faults {

    /** What is wrong with a message; SQS reports it for the request as a whole. */
    private static final List<String> CONTENT = List.of(
            "BatchRequestTooLong",
            "InvalidMessageContents",
            "InvalidParameterValue",
            "InvalidParameterCombination",
            "InvalidAttributeValue",
            "InvalidAttributeName",
            "MissingParameter",
            "UnsupportedOperation");

    /**
     * Credentials, permissions, keys and limits: they blame the set-up, not the message. SQS reports many of them with status 400.
     */
    private static final List<String> SET_UP = List.of(
            "Throttl",
            "Kms",
            "KMS",
            "AccessDenied",
            "NotAuthorized",
            "Token",
            "Signature",
            "UnrecognizedClient",
            "InvalidSecurity",
            "OptInRequired",
            "RequestExpired",
            "TimeTooSkewed");

    private Faults() {}

    /** The result of one message of a batch that SQS took otherwise. */
    static PublishResult of(BatchResultErrorEntry error) {
        String code = String.valueOf(error.code());
        boolean rejected = Boolean.TRUE.equals(error.senderFault()) && !isSetUp(code);
        return rejected
                ? PublishResult.rejected("SQS refused the message: " + code)
                : PublishResult.unavailable("SQS did not take the message: " + code);
    }

    /**
     * The result of all messages of a request that failed, or null when each must be tried by itself to see which is at fault.
     *
     * @param queue for the person on call
     * @param count how many messages there were
     */
    static @Nullable PublishResult of(Throwable thrown, String queue, int count) {
        Throwable failure =
                thrown instanceof CompletionException && thrown.getCause() != null ? thrown.getCause() : thrown;
        if (failure instanceof AwsServiceException refusal) {
            return refused(refusal, queue, count);
        }
        if (failure instanceof SdkClientException || failure instanceof IllegalStateException) {
            return PublishResult.unavailable("no answer from SQS: " + names(failure));
        }
        return count > 1 ? null : PublishResult.failed("SQS's client failed: " + names(failure));
    }

    private static @Nullable PublishResult refused(AwsServiceException refusal, String queue, int count) {
        String code = code(refusal);
        int status = refusal.statusCode();
        String reason = "SQS refused to send to '" + queue + "': " + code + " (status " + status + ")";
        if (refusal instanceof QueueDoesNotExistException
                || refusal instanceof QueueDeletedRecentlyException
                || code.endsWith("NonExistentQueue")) {
            return PublishResult.failed("queue '" + queue + "' does not exist");
        }
        if (isSetUp(code) || status == 401 || status == 403 || status == 429 || status >= 500) {
            return PublishResult.unavailable(reason);
        }
        if (count > 1) {
            return null;
        }
        return CONTENT.stream().anyMatch(code::contains)
                ? PublishResult.rejected(reason)
                : PublishResult.failed(reason);
    }

    private static boolean isSetUp(String code) {
        return SET_UP.stream().anyMatch(code::contains);
    }

    private static String code(AwsServiceException refusal) {
        String code = refusal.awsErrorDetails() == null
                ? null
                : refusal.awsErrorDetails().errorCode();
        return code == null ? refusal.getClass().getSimpleName() : code;
    }

    private static String names(Throwable failure) {
        Throwable cause = failure.getCause();
        return failure.getClass().getSimpleName() + (cause == null ? "" : ", caused by " + names(cause));
    }
}
