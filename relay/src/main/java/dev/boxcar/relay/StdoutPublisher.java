package dev.boxcar.relay;

import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishResults;
import dev.boxcar.Publisher;
import java.io.PrintStream;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * Writes messages to a stream as JSON lines. One thread writes, so that a reader who stalls holds up nobody but this
 * publisher. Safe for use by several threads; closing it leaves the stream open.
 */
final class StdoutPublisher implements Publisher, AutoCloseable {

    private final PrintStream out;
    private final Runnable whenClosed;
    private final ExecutorService writer = Executors.newSingleThreadExecutor(task -> {
        Thread thread = new Thread(task, "boxcar-stdout");
        thread.setDaemon(true);
        return thread;
    });

    /** @param whenClosed told, perhaps more than once, when nobody reads the stream any more */
    StdoutPublisher(PrintStream out, Runnable whenClosed) {
        this.out = out;
        this.whenClosed = whenClosed;
    }

    @Override
    public CompletionStage<PublishResults> publish(List<ClaimedEntry> entries) {
        try {
            return CompletableFuture.supplyAsync(() -> write(entries), writer);
        } catch (RejectedExecutionException e) {
            return CompletableFuture.completedFuture(PublishResults.allUnavailable("the publisher is closed"));
        }
    }

    /** One thread writes one after the other, and after a failed write nothing more gets through. */
    @Override
    public boolean keepsOrderWithinCall() {
        return true;
    }

    /** Each call is flushed. */
    @Override
    public int preferredBatchSize() {
        return 200;
    }

    private PublishResults write(List<ClaimedEntry> entries) {
        StringBuilder lines = new StringBuilder();
        for (ClaimedEntry entry : entries) {
            lines.append(line(entry)).append('\n');
        }
        byte[] bytes = lines.toString().getBytes(StandardCharsets.UTF_8);
        out.write(bytes, 0, bytes.length);
        if (out.checkError()) { // flushes
            whenClosed.run();
            return PublishResults.allUnavailable("standard output is closed");
        }
        return PublishResults.allSent();
    }

    static String line(ClaimedEntry entry) {
        JsonLine line = new JsonLine().put("id", entry.messageId());
        if (!entry.namespace().isEmpty()) {
            line.put("namespace", entry.namespace());
        }
        byte[] key = entry.key();
        if (key != null) {
            bytes(line, "key", key);
        }
        line.put("type", entry.type());
        if (!entry.headers().isEmpty()) {
            line.put("headers", entry.headers());
        }
        bytes(line, "payload", entry.payload());
        return line.put("createdAt", entry.createdAt().toString())
                .put("attempt", entry.attempt())
                .toString();
    }

    private static void bytes(JsonLine line, String name, byte[] bytes) {
        String text = utf8(bytes);
        if (text != null) {
            line.put(name, text);
        } else {
            line.put(name + "Base64", Base64.getEncoder().encodeToString(bytes));
        }
    }

    private static @Nullable String utf8(byte[] bytes) {
        try {
            return StandardCharsets.UTF_8
                    .newDecoder()
                    .decode(ByteBuffer.wrap(bytes))
                    .toString();
        } catch (CharacterCodingException e) {
            return null;
        }
    }

    @Override
    public void close() {
        writer.shutdown();
        try {
            // What is being written now is finished if somebody reads it.
            if (!writer.awaitTermination(1, TimeUnit.SECONDS)) {
                writer.shutdownNow();
            }
        } catch (InterruptedException e) {
            writer.shutdownNow();
            Thread.currentThread().interrupt();
        }
    }
}
