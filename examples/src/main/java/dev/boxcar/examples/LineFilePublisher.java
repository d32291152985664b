package dev.boxcar.examples;

import dev.boxcar.BlockingPublisher;
import dev.boxcar.ClaimedEntry;
import dev.boxcar.PublishException;
import dev.boxcar.PublishResult;
import dev.boxcar.PublishResults;
import dev.boxcar.PublisherUnavailableException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.List;

/**
 * A publisher of one's own: appends each message as a line to a file. Blocking, the simplest kind; {@code Publisher.blocking} makes
 * it one that the outbox takes.
 */
// tag::publisher[]
public final class LineFilePublisher implements BlockingPublisher {

    private final Path file;

    /** Writes to this file, which is made when it is missing. */
    public LineFilePublisher(Path file) {
        this.file = file;
    }

    @Override
    public synchronized void publish(List<ClaimedEntry> entries) throws PublishException {
        PublishResults.Builder results = PublishResults.builder();
        StringBuilder lines = new StringBuilder();
        boolean allFit = true;
        for (ClaimedEntry entry : entries) {
            String text = new String(entry.payload(), StandardCharsets.UTF_8);
            if (text.contains("\n")) { // the message's own fault: no attempt will mend it
                results.add(entry, PublishResult.rejected("a line cannot hold a line break"));
                allFit = false;
            } else {
                lines.append(entry.messageId()).append('\t').append(text).append('\n');
                results.sent(entry);
            }
        }
        append(lines);
        if (!allFit) {
            throw new PublishException(entries, results.build());
        }
    }

    private void append(StringBuilder lines) {
        try (FileChannel channel = FileChannel.open(
                file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.APPEND)) {
            ByteBuffer bytes = ByteBuffer.wrap(lines.toString().getBytes(StandardCharsets.UTF_8));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            channel.force(true); // acknowledged means durable
        } catch (IOException e) { // not the message's fault: it waits, and uses up no attempt
            throw new PublisherUnavailableException("cannot write to " + file, new UncheckedIOException(e));
        }
    }
}
// end::publisher[]
