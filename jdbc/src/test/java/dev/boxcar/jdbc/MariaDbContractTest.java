package dev.boxcar.jdbc;

import dev.boxcar.testkit.StorageContract;
import dev.boxcar.testkit.StorageFixture;
import dev.boxcar.testservers.MariaDbServer;
import java.sql.Connection;

class MariaDbContractTest extends StorageContract<Connection> {
    private static final String URL = MariaDbServer.shared().newDatabase("contract");

    @Override
    protected StorageFixture<Connection> fixture() {
        return new JdbcFixture(URL);
    }
}
