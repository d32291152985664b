package dev.boxcar.spi;

import java.time.Duration;

/**
 * A session of the database that holds a lock for which statements on the outbox's tables wait, while it waits for nobody itself.
 *
 * @param id what the database calls it, to end it by: in PostgreSQL the process id, or 0 for a prepared transaction
 * @param user the database user, or empty when unknown
 * @param application the name the session gave itself, or empty
 * @param waiting how many sessions wait for it, directly
 * @param longestWait how long the first of these has been waiting
 */
public record BlockingSession(String id, String user, String application, int waiting, Duration longestWait) {}
