package dev.boxcar.jdbc;

import dev.boxcar.testkit.StorageContract;
import dev.boxcar.testkit.StorageFixture;
import java.nio.file.Path;
import java.sql.Connection;
import org.junit.jupiter.api.io.TempDir;

class SqliteContractTest extends StorageContract<Connection> {
    @TempDir
    Path folder;

    @Override
    protected StorageFixture<Connection> fixture() {
        return JdbcFixture.sqlite(folder.resolve("outbox.db"), null, JdbcStorage.DEFAULT_TABLE, true);
    }
}
