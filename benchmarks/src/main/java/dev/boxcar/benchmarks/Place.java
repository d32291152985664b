package dev.boxcar.benchmarks;

import java.util.function.UnaryOperator;
import javax.sql.DataSource;

/**
 * Where a contestant is deployed: a database of its own and an empty topic of its own, on servers that all share.
 *
 * @param url the JDBC URL of the database
 * @param dataSource a pool of connections to it
 * @param kafka the bootstrap servers
 * @param topic the topic to deliver to
 * @param watch what stands before a pool that the contestant opens by itself, so that somebody can see when it commits
 */
public record Place(String url, DataSource dataSource, String kafka, String topic, UnaryOperator<DataSource> watch) {

    /** A place where nobody watches. */
    static Place of(String url, DataSource dataSource, String kafka, String topic) {
        return new Place(url, dataSource, kafka, topic, pool -> pool);
    }

    /** The same place, seen through another pool. */
    Place through(DataSource another) {
        return new Place(url, another, kafka, topic, watch);
    }
}
