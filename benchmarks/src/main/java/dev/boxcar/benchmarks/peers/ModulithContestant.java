package dev.boxcar.benchmarks.peers;

import dev.boxcar.benchmarks.Contestant;
import dev.boxcar.benchmarks.Deployment;
import dev.boxcar.benchmarks.Place;
import dev.boxcar.benchmarks.Versions;
import org.springframework.modulith.events.IncompleteEventPublications;

/** Spring Modulith: application events that are externalised to Kafka after the commit, and again when that did not complete. */
final class ModulithContestant implements Contestant {

    /** Each waits for Kafka, then holds a connection to mark the publication. */
    static final int THREADS = 32;

    @Override
    public String name() {
        return "modulith";
    }

    @Override
    public String version() {
        return Versions.of(IncompleteEventPublications.class);
    }

    @Override
    public String setup() {
        return THREADS
                + " executor threads, completion-mode delete; what waits goes out by resubmitIncompletePublications,"
                + " as after a restart";
    }

    @Override
    public int enough(int messages) {
        return Peers.fraction(messages, 60);
    }

    @Override
    public boolean keepsOrder() {
        return false;
    }

    @Override
    public Deployment deploy(Place place) {
        return new ModulithDeployment(place);
    }
}
