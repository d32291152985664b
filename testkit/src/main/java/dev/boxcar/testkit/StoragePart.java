package dev.boxcar.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.boxcar.Message;
import dev.boxcar.StorageException;
import org.jspecify.annotations.Nullable;

/** A part of the contract: tests of one theme. */
interface StoragePart<T> {

    /** The storage under test, empty when the test begins. */
    StorageDriver<T> driver();

    /** A message, with or without a key. */
    static Message message(@Nullable String key, String payload) {
        return Message.of(key, payload);
    }

    /**
     * Whether the store admits one writer at a time only, so that commits cannot come in another order than the writes. Then
     * this is what the test asserts, and nothing else of it applies.
     */
    default boolean assertedThatWritersWait() {
        StorageDriver<T> driver = driver();
        if (driver.fixture().severalWriters()) {
            return false;
        }
        T first = driver.begin("", message("k", "first"));
        T second = driver.begin();
        assertThatThrownBy(() -> driver.publish(second, "", message("k", "second")))
                .isInstanceOf(StorageException.class);
        driver.rollback(second);
        driver.commit(first);
        assertThat(driver.texts()).containsExactly("first");
        return true;
    }
}
