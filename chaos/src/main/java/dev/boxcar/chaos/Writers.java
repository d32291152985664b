package dev.boxcar.chaos;

import dev.boxcar.OutboxWriter;
import dev.boxcar.chaos.Writer.Plan;
import java.sql.Connection;
import java.util.ArrayList;
import java.util.List;

/** The application: all writers of a run. */
final class Writers implements AutoCloseable {

    private final String url;
    private final OutboxWriter<Connection> outbox;
    private final Journal journal;
    private final List<Writer> writers = new ArrayList<>();

    Writers(String url, OutboxWriter<Connection> outbox, Journal journal) {
        this.url = url;
        this.outbox = outbox;
        this.journal = journal;
    }

    Writer start(Plan plan, long seed) {
        Writer writer = new Writer(plan, url, outbox, journal, seed);
        writers.add(writer);
        writer.start();
        return writer;
    }

    /** How many transactions a second each of them begins at most; 0 for as many as they can. */
    void rate(double transactionsPerSecond) {
        writers.forEach(writer -> writer.rate(transactionsPerSecond));
    }

    void check() {
        for (Writer writer : writers) {
            Throwable failure = writer.failure();
            if (failure != null) {
                throw new IllegalStateException("a writer failed: " + failure.getMessage(), failure);
            }
        }
    }

    /** Stops them and waits until the last transaction is finished. */
    void stop() throws InterruptedException {
        writers.forEach(Writer::stop);
        for (Writer writer : writers) {
            writer.join();
        }
        check();
    }

    @Override
    public void close() {
        writers.forEach(Writer::stop);
    }
}
