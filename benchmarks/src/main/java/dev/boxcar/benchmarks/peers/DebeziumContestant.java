package dev.boxcar.benchmarks.peers;

import dev.boxcar.benchmarks.Contestant;
import dev.boxcar.benchmarks.Deployment;
import dev.boxcar.benchmarks.Place;
import dev.boxcar.benchmarks.Versions;
import io.debezium.embedded.Connect;

/** Debezium's embedded engine: reads an outbox table's inserts from the database's log and routes them with its event router. */
final class DebeziumContestant implements Contestant {

    @Override
    public String name() {
        return "debezium";
    }

    @Override
    public String version() {
        return Versions.of(Connect.class);
    }

    @Override
    public String setup() {
        return "embedded engine with the outbox event router, pgoutput, inserts only, batch and queue as by default; rows are"
                + " inserted and deleted in the same transaction; the slot is older than the first of them";
    }

    @Override
    public boolean readsDatabaseLog() {
        return true;
    }

    @Override
    public Deployment deploy(Place place) throws Exception {
        return new DebeziumDeployment(place);
    }
}
