/**
 * What a storage must provide: implement {@link dev.boxcar.spi.OutboxStorage} to keep the outbox in a store of your own,
 * and let the test kit's {@code StorageContract} prove it.
 */
@NullMarked
package dev.boxcar.spi;

import org.jspecify.annotations.NullMarked;
