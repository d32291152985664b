package dev.boxcar.jdbc;

import dev.boxcar.testkit.StorageContract;
import dev.boxcar.testkit.StorageFixture;
import java.sql.Connection;

class H2ContractTest extends StorageContract<Connection> {
    private static final String URL = "jdbc:h2:mem:contract;DB_CLOSE_DELAY=-1";

    @Override
    protected StorageFixture<Connection> fixture() {
        return new JdbcFixture(URL);
    }
}
