package dev.boxcar.benchmarks.peers;

import dev.boxcar.benchmarks.Contestant;
import dev.boxcar.benchmarks.Deployment;
import dev.boxcar.benchmarks.Place;
import dev.boxcar.benchmarks.Versions;
import io.namastack.outbox.Outbox;

/** namastack-outbox: a Spring Boot application that polls keys and calls a handler for each record of a key in turn. */
final class NamastackContestant implements Contestant {

    /** Each handles one key and holds a connection while it reads and completes records. */
    static int threads() {
        return Integer.getInteger("t.threads", 32);
    }

    /** Keys for each poll; every poll groups and sorts all that waits. */
    static int batchSize() {
        return Integer.getInteger("t.batch", 2000);
    }

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
        return "polling.batch-size " + batchSize() + ", polling.fixed.interval 10 ms, " + threads()
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
