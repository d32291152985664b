package dev.boxcar.testkit;

import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;

/**
 * Proves every promise of {@link dev.boxcar.spi.OutboxStorage}. Extend it for a storage of your own:
 *
 * <pre>{@code
 * class MyStorageTest extends StorageContract<MyTransaction> {
 *     @Override
 *     protected StorageFixture<MyTransaction> fixture() {
 *         return new MyFixture();
 *     }
 * }
 * }</pre>
 *
 * <p>Takes real time: claims must expire by the store's own clock, and random tests run for about a second each. These print
 * their seed when they fail; the system property {@code boxcar.seed} replays it.
 *
 * @param <T> the transaction
 */
@Timeout(120)
public abstract class StorageContract<T>
        implements WritingContract<T>,
                ContentContract<T>,
                ReadingContract<T>,
                CommitOrderContract<T>,
                RandomOrderContract<T>,
                ClaimContract<T>,
                SettlementContract<T>,
                DeadLetterContract<T>,
                StatusContract<T>,
                ProcessingContract<T> {

    private @Nullable StorageDriver<T> driver;

    /** For tests. */
    protected StorageContract() {}

    /** The store under test. Called once for each test, which closes what it is given. */
    protected abstract StorageFixture<T> fixture() throws Exception;

    /** Opens an empty storage. */
    @BeforeEach
    public void openStorage() throws Exception {
        driver = new StorageDriver<>(fixture());
    }

    /** Closes the fixture. */
    @AfterEach
    public void closeStorage() {
        if (driver != null) {
            driver.close();
        }
    }

    @Override
    public StorageDriver<T> driver() {
        if (driver == null) {
            throw new IllegalStateException("no test is running");
        }
        return driver;
    }
}
