package dev.boxcar.jdbc;

import dev.boxcar.testkit.StorageContract;
import dev.boxcar.testkit.StorageFixture;
import dev.boxcar.testservers.MySqlServer;
import java.sql.Connection;

class MySqlOtherNamesContractTest extends StorageContract<Connection> {
    private static final String URL = MySqlServer.shared().newDatabase("contract");

    @Override
    protected StorageFixture<Connection> fixture() {
        return JdbcFixture.strange(URL, JdbcFixture.OTHER_SCHEMA);
    }
}
