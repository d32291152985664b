package dev.boxcar.benchmarks.peers;

import dev.boxcar.benchmarks.Contestant;
import dev.boxcar.benchmarks.Deployment;
import dev.boxcar.benchmarks.Place;
import dev.boxcar.benchmarks.Versions;
import io.debezium.engine.DebeziumEngine;

/** Debezium's embedded engine: reads an outbox table's inserts from the database's log and routes them with its event router. */
final class DebeziumContestant implements Contestant {

    @Override
    public String name() {
        return "debezium";
    }

    @Override
    public String version() {
        return Versions.of(DebeziumEngine.class);
    }

    @Override
    public String setup() {
        return "embedded engine with the outbox event router, pgoutput, inserts only, max.batch.size "
                + DebeziumDeployment.batchSize()
                + "; rows are inserted and deleted in the same transaction; the slot waits"
                + " from before the first one";
    }

    @Override
    public int enough(int messages) {
        return Peers.fraction(messages, 2);
    }

    @Override
    public Deployment deploy(Place place) throws Exception {
        return new DebeziumDeployment(place);
    }
}
