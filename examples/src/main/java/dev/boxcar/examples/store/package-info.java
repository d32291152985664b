/**
 * A storage of one's own: {@link dev.boxcar.examples.store.KeyValueStore} is an application's own store with transactions, and
 * {@link dev.boxcar.examples.store.KeyValueOutbox} keeps an outbox in it, so that values and messages change together.
 */
@NullMarked
package dev.boxcar.examples.store;

import org.jspecify.annotations.NullMarked;
