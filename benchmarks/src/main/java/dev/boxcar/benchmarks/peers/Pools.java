package dev.boxcar.benchmarks.peers;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.boxcar.benchmarks.Place;

/** Pools of connections for those who hold one in each of many threads. */
final class Pools {

    private Pools() {}

    /** A pool of its own in the same database. */
    static HikariDataSource of(Place place, int connections) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(place.url());
        config.setMaximumPoolSize(connections);
        return new HikariDataSource(config);
    }
}
