package dev.boxcar.relay;

import dev.boxcar.spi.StorageStatus;
import dev.boxcar.spi.StorageStatus.ProcessorStatus;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code boxcar status}. */
@Command(
        name = "status",
        mixinStandardHelpOptions = true,
        abbreviateSynopsis = true,
        versionProvider = Version.class,
        description = {
            "Shows what waits in an outbox, and who works on it. Costs the database a few small queries, however long the "
                    + "backlog: nothing is counted beyond 10,000, more is the database's estimate.",
            ""
        })
final class StatusCommand implements Callable<Integer> {

    static final Duration PATIENCE = Duration.ofSeconds(5);

    private final Io io;

    @Mixin
    private DatabaseOptions databaseOptions = new DatabaseOptions();

    @Option(names = "--json", description = "As one JSON object, with times in milliseconds.")
    private boolean json;

    StatusCommand(Io io) {
        this.io = io;
    }

    @Override
    public Integer call() {
        try (OpenStorage database = OpenStorage.open(databaseOptions, false, PATIENCE, io)) {
            database.prepare();
            StorageStatus status = database.storage().status();
            String storage = database.storage().description();
            io.out().println(json ? json(storage, status) : text(storage, status));
        }
        return ExitCode.OK;
    }

    private static JsonLine json(String storage, StorageStatus status) {
        Duration oldest = status.oldestPending();
        List<JsonLine> processors = status.processors().stream()
                .map(processor -> new JsonLine()
                        .put("id", processor.processorId())
                        .put("partitions", processor.partitions())
                        .put("expiresInMillis", processor.expiresIn().toMillis()))
                .toList();
        return new JsonLine()
                .put("storage", storage)
                .put("pending", status.pending())
                .put("pendingEstimate", status.pendingEstimate())
                .put("countLimit", StorageStatus.COUNT_LIMIT)
                .put("oldestPendingMillis", oldest == null ? null : Long.valueOf(oldest.toMillis()))
                .put("deadLetters", status.deadLetters())
                .put("processors", processors);
    }

    private static String text(String storage, StorageStatus status) {
        StringBuilder text = new StringBuilder();
        line(text, "outbox", storage);
        Duration oldest = status.oldestPending();
        line(text, "pending", pending(status) + (oldest == null ? "" : ", the oldest for " + Units.text(oldest)));
        line(text, "dead letters", count(status.deadLetters()));
        List<ProcessorStatus> processors = status.processors();
        if (processors.isEmpty()) {
            line(text, "processors", "none is alive");
        }
        for (int i = 0; i < processors.size(); i++) {
            ProcessorStatus processor = processors.get(i);
            line(
                    text,
                    i == 0 ? "processors" : "",
                    String.format(
                            Locale.ROOT,
                            "%-30s %3d partitions, claims end in %s unless renewed",
                            processor.processorId(),
                            processor.partitions(),
                            Units.text(processor.expiresIn())));
        }
        return text.toString().stripTrailing();
    }

    private static void line(StringBuilder text, String name, String value) {
        text.append(String.format(Locale.ROOT, "%-14s", name)).append(value).append(System.lineSeparator());
    }

    private static String pending(StorageStatus status) {
        return status.pendingEstimate() > StorageStatus.COUNT_LIMIT
                ? String.format(Locale.ROOT, "about %,d", status.pendingEstimate())
                : count(status.pending());
    }

    private static String count(long number) {
        return String.format(Locale.ROOT, number >= StorageStatus.COUNT_LIMIT ? "%,d or more" : "%,d", number);
    }
}
