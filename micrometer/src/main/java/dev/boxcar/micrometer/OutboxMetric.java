package dev.boxcar.micrometer;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Every metric that {@link OutboxMetrics} registers: its name as Micrometer has it, its kind, unit and tags. Each also has the tag
 * {@value #OUTBOX}. A Prometheus registry prints dots as underscores, appends the unit, and {@code _total} to counters.
 */
@SuppressWarnings("ImmutableEnumChecker") // the list of tags is immutable
public enum OutboxMetric {
    /** Counted when written; a transaction that rolls back takes its messages with it, but not from this number. */
    MESSAGES_WRITTEN(
            Kind.COUNTER,
            "boxcar.messages.written",
            null,
            "Messages that this process wrote into transactions, whatever became of these"),
    /** Acknowledged by their destination. */
    ENTRIES_PUBLISHED(
            Kind.COUNTER,
            "boxcar.entries.published",
            null,
            "Entries acknowledged by their destination",
            OutboxMetric.DESTINATION),
    /** Of the message's own fault; a destination that cannot be reached is not counted here. */
    ATTEMPTS_FAILED(Kind.COUNTER, "boxcar.attempts.failed", null, "Attempts that failed by the message's own fault"),
    /** Failed attempts after which another one follows. */
    ENTRIES_RETRIED(Kind.COUNTER, "boxcar.entries.retried", null, "Failed attempts that are followed by another one"),
    /** Given up. */
    ENTRIES_DEAD_LETTERED(
            Kind.COUNTER, "boxcar.entries.dead.lettered", null, "Entries that were given up and set aside"),
    /** With the retry policy HOLD_KEY. */
    KEYS_HELD(
            Kind.COUNTER,
            "boxcar.keys.held",
            null,
            "Entries that used up their attempts and hold back their key, as the retry policy wants"),
    /** Claims on partitions that this processor took. */
    CLAIMS_ACQUIRED(Kind.COUNTER, "boxcar.claims.acquired", null, "Partitions that this processor took"),
    /** From an owner that died. */
    CLAIMS_TAKEN_OVER(
            Kind.COUNTER, "boxcar.claims.taken.over", null, "Partitions that this processor took from one that died"),
    /** Ran out or were taken away. */
    CLAIMS_LOST(
            Kind.COUNTER,
            "boxcar.claims.lost",
            null,
            "Partitions that this processor lost against its will; what was under way may be sent twice"),
    /** Times that a destination became unreachable. */
    DESTINATION_OUTAGES(
            Kind.COUNTER,
            "boxcar.destination.outages",
            null,
            "Times that a destination became unreachable",
            OutboxMetric.DESTINATION),
    /** Times that the storage began to fail. */
    STORAGE_OUTAGES(Kind.COUNTER, "boxcar.storage.outages", null, "Times that the storage began to fail"),

    /** From the writing to the acknowledgement, between two clocks. */
    DELIVERY_LAG(
            Kind.TIMER,
            "boxcar.delivery.lag",
            null,
            "From the writing of a message, by the database's clock, to its acknowledgement, by the processor's",
            OutboxMetric.DESTINATION),
    /** Of calls in which something was acknowledged. */
    PUBLISH_CALL(
            Kind.TIMER,
            "boxcar.publish.call",
            null,
            "How long publish calls took in which something was acknowledged",
            OutboxMetric.DESTINATION),
    /** Acknowledged entries of one publish call. */
    PUBLISH_BATCH(
            Kind.SUMMARY,
            "boxcar.publish.batch",
            "entries",
            "How many entries were acknowledged in a publish call",
            OutboxMetric.DESTINATION),
    /** Entries deleted or written down as failed by one call to the storage. */
    SETTLE_BATCH(
            Kind.SUMMARY,
            "boxcar.settle.batch",
            "entries",
            "How many entries were deleted, or written down as failed, in a call to the storage"),

    /** Whether the processor is processing. */
    PROCESSOR_RUNNING(Kind.GAUGE, "boxcar.processor.running", null, "1 while this processor is processing, else 0"),
    /** Partitions that this processor holds. */
    CLAIMS_HELD(Kind.GAUGE, "boxcar.claims.held", null, "Partitions that this processor holds now"),
    /** In the processor's memory. */
    ENTRIES_IN_FLIGHT(Kind.GAUGE, "boxcar.entries.in.flight", null, "Entries that this processor holds in memory"),
    /** In the processor's memory. */
    PAYLOAD_IN_FLIGHT(
            Kind.GAUGE, "boxcar.payload.in.flight", "bytes", "Size of the entries that this processor holds in memory"),
    /** Whose first entry waits for another attempt. */
    KEYS_WAITING(Kind.GAUGE, "boxcar.keys.waiting", null, "Keys whose first entry waits here for another attempt"),
    /** Paused by hand in this processor. */
    NAMESPACES_PAUSED(Kind.GAUGE, "boxcar.namespaces.paused", null, "Namespaces that are paused in this processor"),
    /** As far as this processor knows. */
    DESTINATION_AVAILABLE(
            Kind.GAUGE,
            "boxcar.destination.available",
            null,
            "1 if the destination answered last, 0 while it cannot be reached",
            OutboxMetric.DESTINATION),
    /** Publish calls under way. */
    DESTINATION_CALLS(
            Kind.GAUGE,
            "boxcar.destination.calls",
            null,
            "Publish calls under way to the destination",
            OutboxMetric.DESTINATION),

    /** Counted up to 10,000, estimated beyond. */
    PENDING(Kind.GAUGE, "boxcar.pending", null, "Entries waiting in the table; beyond 10,000 the database's estimate"),
    /** 0 when nothing waits. */
    PENDING_OLDEST_AGE(
            Kind.TIME_GAUGE,
            "boxcar.pending.oldest.age",
            null,
            "How long the first entry of the table has been waiting; 0 when nothing waits"),
    /** At the pace of the last minutes. */
    DRAIN_TIME(
            Kind.TIME_GAUGE,
            "boxcar.drain.time",
            null,
            "When the backlog is gone, at the pace of the last minutes; infinite while it grows"),
    /** Counted up to 10,000. */
    DEAD_LETTERS(Kind.GAUGE, "boxcar.dead.letters", null, "Dead letters in the table, counted up to 10,000"),
    /** Of the table. */
    PROCESSORS(Kind.GAUGE, "boxcar.processors", null, "Processors that are alive, of all processes"),
    /** That no live processor holds. */
    PARTITIONS_UNCLAIMED(Kind.GAUGE, "boxcar.partitions.unclaimed", null, "Partitions that no live processor holds"),
    /** Of the database. */
    BLOCKING_SESSIONS(
            Kind.GAUGE,
            "boxcar.blocking.sessions",
            null,
            "Database sessions for whose locks statements on the outbox's tables wait"),
    /** One for each session, only while it blocks. */
    DELIVERY_BLOCKED(
            Kind.GAUGE,
            "boxcar.delivery.blocked",
            "seconds",
            "How long statements on the outbox's tables have been waiting for this database session",
            OutboxMetric.SESSION,
            OutboxMetric.USER,
            OutboxMetric.APPLICATION),
    /** Of the numbers above. */
    STATUS_AGE(
            Kind.TIME_GAUGE,
            "boxcar.status.age",
            null,
            "How old the numbers about the table are; they are not reported when it is more than three intervals");

    /** The tag that tells several outboxes in one registry apart; every metric has it. */
    public static final String OUTBOX = "outbox";

    /** The tag with the name of a destination. */
    public static final String DESTINATION = "destination";

    /** The tag with what the database calls a session; in PostgreSQL its process id. */
    public static final String SESSION = "session";

    /** The tag with the database user of a session. */
    public static final String USER = "user";

    /** The tag with the name that a session gave itself. */
    public static final String APPLICATION = "application";

    /** What kind of meter a metric is. */
    public enum Kind {
        /** Only rises. */
        COUNTER,
        /** A number of now. */
        GAUGE,
        /** A time of now. */
        TIME_GAUGE,
        /** How often and how long, with a histogram. */
        TIMER,
        /** How often and how much, with a histogram. */
        SUMMARY
    }

    private final Kind kind;
    private final String meterName;
    private final @Nullable String unit;
    private final String description;
    private final List<String> tags;

    OutboxMetric(Kind kind, String meterName, @Nullable String unit, String description, String... tags) {
        this.kind = kind;
        this.meterName = meterName;
        this.unit = unit;
        this.description = description;
        this.tags = List.of(tags);
    }

    /** What kind of meter it is. */
    public Kind kind() {
        return kind;
    }

    /** Its name, with dots. */
    public String meterName() {
        return meterName;
    }

    /** Its unit, or null when it is a mere number, or a time, whose unit the registry chooses. */
    public @Nullable String unit() {
        return unit;
    }

    /** What it tells. */
    public String description() {
        return description;
    }

    /** Its tags beside {@value #OUTBOX}. */
    public List<String> tags() {
        return tags;
    }
}
