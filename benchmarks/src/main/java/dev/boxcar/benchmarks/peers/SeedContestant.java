package dev.boxcar.benchmarks.peers;

import dev.boxcar.benchmarks.Contestant;
import dev.boxcar.benchmarks.Deployment;
import dev.boxcar.benchmarks.Place;
import dev.boxcar.benchmarks.Versions;
import java.sql.SQLException;
import org.apache.kafka.clients.producer.KafkaProducer;

/**
 * The plain algorithm of many an outbox: claim all rows for two seconds, get 20 of them, send them, delete them, and go on. Written here,
 * in prepared statements with an index for each.
 */
final class SeedContestant implements Contestant {

    @Override
    public String name() {
        return "seed-algorithm";
    }

    @Override
    public String version() {
        return Versions.of(KafkaProducer.class);
    }

    @Override
    public String setup() {
        return "claims all for 2 s, gets 20, sends them together, deletes them; woken after each commit";
    }

    @Override
    public int enough(int messages) {
        return Peers.fraction(messages, 8);
    }

    @Override
    public boolean keepsOrder() {
        return false;
    }

    @Override
    public Deployment deploy(Place place) throws SQLException {
        return new SeedDeployment(place);
    }
}
