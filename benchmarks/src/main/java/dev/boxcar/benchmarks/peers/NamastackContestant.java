package dev.boxcar.benchmarks.peers;

import dev.boxcar.benchmarks.Contestant;
import dev.boxcar.benchmarks.Deployment;
import dev.boxcar.benchmarks.Place;
import dev.boxcar.benchmarks.Versions;
import io.namastack.outbox.Outbox;

/** namastack-outbox: a Spring Boot application that polls keys and calls a handler for each record of a key in turn. */
final class NamastackContestant implements Contestant {

    /** Each handles one key and holds a connection while it reads and completes records. */
    static final int THREADS = 32;

    /** Keys for each poll. Every poll groups and sorts all that waits, and ends with the slowest key. */
    static final int BATCH_SIZE = 2_000;

    @Override
    public String name() {
        return "namastack";
    }

    @Override
    public String version() {
        return Versions.of(Outbox.class);
    }

    @Override
    public String setup() {
        return "polling.batch-size " + BATCH_SIZE + ", polling.fixed.interval 10 ms, " + THREADS
                + " executor threads, delete-completed-records; the handler waits for Kafka";
    }

    @Override
    public int enough(int messages) {
        return Peers.fraction(messages, 20);
    }

    @Override
    public Deployment deploy(Place place) {
        return new NamastackDeployment(place);
    }
}
