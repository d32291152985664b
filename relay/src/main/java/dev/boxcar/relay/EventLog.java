package dev.boxcar.relay;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.OutboxListener;
import java.io.PrintStream;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;

/**
 * Writes what the processor does as JSON lines, for programs that watch a relay: one line for each event, and once a second
 * how many messages were published. Each line has {@code time}, {@code processor} and {@code event}.
 *
 * <p>A reader that stalls does not hold up the processor: lines that find {@value #LIMIT} others waiting are dropped, and the
 * next line tells how many. Safe for use by several threads.
 */
final class EventLog implements OutboxListener, AutoCloseable {

    private static final int LIMIT = 10_000;

    private final PrintStream out;
    private final boolean ownsOut;
    private final AtomicLong published = new AtomicLong();
    private final AtomicInteger waiting = new AtomicInteger();
    private final AtomicLong dropped = new AtomicLong();
    private final ScheduledExecutorService writer = Executors.newSingleThreadScheduledExecutor(task -> {
        Thread thread = new Thread(task, "boxcar-events");
        thread.setDaemon(true);
        return thread;
    });

    private final ScheduledFuture<?> counting;
    private volatile String processor = "";
    private long total;

    /** @param ownsOut whether the stream is closed together with this */
    EventLog(PrintStream out, boolean ownsOut) {
        this.out = out;
        this.ownsOut = ownsOut;
        this.counting = writer.scheduleAtFixedRate(this::countPublished, 1, 1, TimeUnit.SECONDS);
    }

    @Override
    public void started(String processorId) {
        processor = processorId;
        write(line("started").put("pid", ProcessHandle.current().pid()));
    }

    @Override
    public void stopped(String processorId) {
        write(line("stopped"));
    }

    @Override
    public void claimsAcquired(int partitions, int takenOver) {
        write(line("claims-acquired").put("partitions", partitions).put("takenOver", takenOver));
    }

    @Override
    public void claimsReleased(int partitions) {
        write(line("claims-released").put("partitions", partitions));
    }

    @Override
    public void claimsLost(int partitions) {
        write(line("claims-lost").put("partitions", partitions));
    }

    @Override
    public void published(String destination, List<ClaimedEntry> entries, Duration callTime) {
        published.addAndGet(entries.size());
    }

    @Override
    public void retryScheduled(ClaimedEntry entry, String reason, Duration delay) {
        write(about(entry, "retry-scheduled", reason).put("delayMillis", delay.toMillis()));
    }

    @Override
    public void deadLettered(ClaimedEntry entry, String reason) {
        write(about(entry, "dead-lettered", reason));
    }

    @Override
    public void keyHeld(ClaimedEntry entry, String reason) {
        write(about(entry, "key-held", reason));
    }

    @Override
    public void destinationUnavailable(String destination, String reason) {
        write(line("destination-unavailable").put("destination", destination).put("reason", reason));
    }

    @Override
    public void destinationAvailable(String destination, Duration outage) {
        write(line("destination-available").put("destination", destination).put("outageMillis", outage.toMillis()));
    }

    @Override
    public void storageFailed(String operation, Throwable cause) {
        write(line("storage-failed").put("operation", operation));
    }

    @Override
    public void storageRecovered(@Nullable Duration outage) {
        write(line("storage-recovered").put("outageMillis", outage == null ? null : outage.toMillis()));
    }

    private JsonLine about(ClaimedEntry entry, String event, String reason) {
        return line(event)
                .put("id", entry.messageId())
                .put("namespace", entry.namespace())
                .put("attempt", entry.attempt())
                .put("reason", reason);
    }

    private JsonLine line(String event) {
        return new JsonLine()
                .put("time", Instant.now().toString())
                .put("processor", processor)
                .put("event", event);
    }

    private void write(JsonLine line) {
        if (waiting.incrementAndGet() > LIMIT) {
            waiting.decrementAndGet();
            dropped.incrementAndGet();
            return;
        }
        writer.execute(() -> {
            waiting.decrementAndGet();
            long lost = dropped.getAndSet(0);
            print(lost > 0 ? line.put("linesDropped", lost) : line);
        });
    }

    private void countPublished() {
        long count = published.getAndSet(0);
        if (count > 0) {
            total += count;
            print(line("published").put("count", count).put("total", total));
        }
    }

    private void print(JsonLine line) {
        out.println(line);
        out.flush();
    }

    @Override
    public void close() {
        counting.cancel(false);
        writer.execute(this::countPublished);
        writer.shutdown();
        try {
            if (!writer.awaitTermination(1, TimeUnit.SECONDS)) {
                writer.shutdownNow();
            }
        } catch (InterruptedException e) {
            writer.shutdownNow();
            Thread.currentThread().interrupt();
        }
        if (ownsOut) {
            out.close();
        }
    }
}
