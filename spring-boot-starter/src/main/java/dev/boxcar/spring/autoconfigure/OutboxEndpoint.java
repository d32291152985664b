package dev.boxcar.spring.autoconfigure;

import dev.boxcar.DeadLetter;
import dev.boxcar.DeadLetterQuery;
import dev.boxcar.DeadLetters;
import dev.boxcar.Outbox;
import dev.boxcar.OutboxStatus;
import dev.boxcar.spi.OutboxStorage;
import dev.boxcar.spi.StorageStatus;
import java.sql.Connection;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.springframework.boot.actuate.endpoint.InvalidEndpointRequestException;
import org.springframework.boot.actuate.endpoint.annotation.Endpoint;
import org.springframework.boot.actuate.endpoint.annotation.ReadOperation;
import org.springframework.boot.actuate.endpoint.annotation.Selector;
import org.springframework.boot.actuate.endpoint.annotation.WriteOperation;

/**
 * The actuator's endpoint {@code boxcar}.
 *
 * <pre>
 * GET  /actuator/boxcar                                                 status
 * GET  /actuator/boxcar/dead-letters?namespace=…&amp;after=…&amp;limit=…  without keys and payloads
 * POST /actuator/boxcar/replay  {"ids": "1,2"} or {"namespace": "…"}      back to the outbox
 * POST /actuator/boxcar/pause   {"namespace": "…"}                      by this processor
 * POST /actuator/boxcar/resume  {"namespace": "…"}
 * </pre>
 *
 * <p>Safe for use by several threads. (Spring Boot 3 knows what is optional by Spring's own annotation alone, Spring Boot 4 by either.)
 */
@Endpoint(id = "boxcar")
public final class OutboxEndpoint {

    private static final int DEFAULT_LIMIT = 100;

    private final OutboxStorage<Connection> storage;
    private final @Nullable Outbox<Connection> outbox;

    OutboxEndpoint(OutboxStorage<Connection> storage, @Nullable Outbox<Connection> outbox) {
        this.storage = storage;
        this.outbox = outbox;
    }

    /**
     * What the processor of this application is doing, and what is in the tables.
     *
     * @param processor null in an application that only writes
     */
    public record Status(@Nullable OutboxStatus processor, StorageStatus storage) {}

    /** A dead letter without its content. */
    public record Dead(
            long id,
            String namespace,
            String messageId,
            @Nullable String type,
            int attempt,
            int payloadBytes,
            Instant createdAt,
            Instant diedAt,
            String reason) {

        static Dead of(DeadLetter letter) {
            return new Dead(
                    letter.id(),
                    letter.entry().namespace(),
                    letter.entry().messageId(),
                    letter.entry().type(),
                    letter.entry().attempt(),
                    letter.entry().payload().length,
                    letter.entry().createdAt(),
                    letter.diedAt(),
                    letter.reason());
        }
    }

    /** What an operation has done. */
    public record Done(String action, int entries) {}

    /** The status. */
    @ReadOperation
    public Status status() {
        return new Status(outbox == null ? null : outbox.status(), storage.status());
    }

    /**
     * The dead letters, oldest first.
     *
     * @param list {@code dead-letters}; there is nothing else
     * @param after only those with a larger id
     */
    @ReadOperation
    public @Nullable List<Dead> list(
            @Selector String list,
            @org.springframework.lang.Nullable @Nullable String namespace,
            @org.springframework.lang.Nullable @Nullable Long after,
            @org.springframework.lang.Nullable @Nullable Integer limit) {
        if (!list.equals("dead-letters")) {
            return null;
        }
        DeadLetterQuery query = namespace == null ? DeadLetterQuery.all() : DeadLetterQuery.ofNamespace(namespace);
        if (after != null) {
            query = query.after(after);
        }
        int most = limit == null ? DEFAULT_LIMIT : limit;
        if (most < 1 || most > DeadLetterQuery.MAX_LIMIT) {
            throw refused("limit must be from 1 to " + DeadLetterQuery.MAX_LIMIT);
        }
        return storage.deadLetters().list(query.limit(most)).stream()
                .map(Dead::of)
                .toList();
    }

    /** Replays dead letters, pauses or resumes a namespace. */
    @WriteOperation
    public Done change(
            @Selector String action,
            @org.springframework.lang.Nullable @Nullable String namespace,
            @org.springframework.lang.Nullable Long @Nullable [] ids) {
        switch (action) {
            case "replay" -> {
                return new Done(action, replay(namespace, ids));
            }
            case "pause" -> processor(action).pause(required(action, namespace));
            case "resume" -> processor(action).resume(required(action, namespace));
            default -> throw refused("there is no operation '" + action + "'; there are replay, pause and resume");
        }
        return new Done(action, 0);
    }

    private int replay(@Nullable String namespace, Long @Nullable [] ids) {
        DeadLetters letters = storage.deadLetters();
        int replayed;
        if (ids != null && ids.length > 0 && namespace == null) {
            replayed = letters.replay(DeadLetterQuery.ofIds(List.of(ids)));
        } else if (namespace != null && ids == null) {
            replayed = letters.replay(DeadLetterQuery.ofNamespace(namespace));
        } else {
            throw refused("replay needs either ids or a namespace; up to " + DeadLetterQuery.MAX_LIMIT
                    + " entries are replayed at once");
        }
        if (outbox != null) {
            outbox.wakeProcessor();
        }
        return replayed;
    }

    private Outbox<Connection> processor(String action) {
        if (outbox == null) {
            throw refused(action + " needs a processor, and this application only writes");
        }
        return outbox;
    }

    private static String required(String action, @Nullable String namespace) {
        if (namespace == null) {
            throw refused(action + " needs a namespace; the default one is empty");
        }
        return namespace;
    }

    private static InvalidEndpointRequestException refused(String reason) {
        return new InvalidEndpointRequestException(reason, reason);
    }
}
