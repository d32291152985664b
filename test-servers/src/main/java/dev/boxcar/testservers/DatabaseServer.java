package dev.boxcar.testservers;

/** A database server that tests reach over JDBC; the driver must be on the class path of the test. */
public interface DatabaseServer extends TestServer {

    /** The JDBC URL of the administrator's database, with user and password. */
    String url();

    /**
     * Creates an empty database and returns its JDBC URL, with user and password.
     *
     * <p>Its name starts with the given one and ends with something random, so that equal names never meet.
     */
    String newDatabase(String name);
}
