package dev.boxcar.benchmarks;

import javax.sql.DataSource;

/**
 * Where a contestant is deployed: a database of its own and an empty topic of its own, on servers that all share.
 *
 * @param url the JDBC URL of the database
 * @param dataSource a pool of connections to it
 * @param kafka the bootstrap servers
 * @param topic the topic to deliver to
 */
public record Place(String url, DataSource dataSource, String kafka, String topic) {}
