package dev.boxcar.jdbc;

import dev.boxcar.testkit.StorageContract;
import dev.boxcar.testkit.StorageFixture;
import java.sql.Connection;

class H2OtherNamesContractTest extends StorageContract<Connection> {
    private static final String URL = "jdbc:h2:mem:other-names;DB_CLOSE_DELAY=-1";

    @Override
    protected StorageFixture<Connection> fixture() {
        return JdbcFixture.strange(URL, JdbcFixture.OTHER_SCHEMA);
    }
}
