package dev.boxcar.jdbc;

import dev.boxcar.testkit.StorageContract;
import dev.boxcar.testkit.StorageFixture;
import dev.boxcar.testservers.PostgresServer;
import java.sql.Connection;

class Postgres15OtherNamesContractTest extends StorageContract<Connection> {
    private static final String URL = PostgresServer.shared(15).newDatabase("contract");

    @Override
    protected StorageFixture<Connection> fixture() {
        return JdbcFixture.strange(URL, JdbcFixture.OTHER_SCHEMA);
    }
}
