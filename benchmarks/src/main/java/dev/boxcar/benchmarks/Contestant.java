package dev.boxcar.benchmarks;

/** One way of getting messages out of a database to Kafka, set up as its own documentation recommends. */
public interface Contestant {

    /** Its name in tables and files. */
    String name();

    /** Its version, or that of what it consists of. */
    String version();

    /** How it is set up, in a few words, for the printed table. */
    String setup();

    /**
     * How many messages are enough for a run of some seconds, if the fastest gets {@code messages}. The slow ones get fewer.
     */
    default int enough(int messages) {
        return messages;
    }

    /** Whether it promises to keep the order of each key. */
    default boolean keepsOrder() {
        return true;
    }

    /** Whether the database must write its log for logical decoding. */
    default boolean readsDatabaseLog() {
        return false;
    }

    /** Makes its tables in an empty database. Nothing is delivered before {@link Deployment#start()}. */
    Deployment deploy(Place place) throws Exception;
}
