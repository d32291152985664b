package dev.boxcar.benchmarks.peers;

import com.gruelbox.transactionoutbox.TransactionOutbox;
import dev.boxcar.benchmarks.Contestant;
import dev.boxcar.benchmarks.Deployment;
import dev.boxcar.benchmarks.Place;
import dev.boxcar.benchmarks.Versions;

/**
 * gruelbox/transaction-outbox: scheduled method calls, made after the commit by a pool of threads, each in a transaction of its own.
 *
 * <p>Without order: version 4.2 does not have ordered topics yet.
 */
final class GruelboxContestant implements Contestant {

    /** Each holds a connection while it waits for Kafka. With 16 it is slower, with 64 not faster. */
    static final int THREADS = 32;

    @Override
    public String name() {
        return "gruelbox";
    }

    @Override
    public String version() {
        return Versions.of(TransactionOutbox.class);
    }

    @Override
    public String setup() {
        return "called by " + THREADS + " threads with a queue of 16,384 that blocks, flushBatchSize 4,096 (default)"
                + "; what waits is found by flush()";
    }

    @Override
    public int enough(int messages) {
        return Peers.fraction(messages, 25);
    }

    @Override
    public boolean keepsOrder() {
        return false;
    }

    @Override
    public Deployment deploy(Place place) {
        return new GruelboxDeployment(place);
    }
}
