package dev.boxcar.examples.transactions;

/** Stores an order and writes a message about it, both or neither. */
interface OrderService extends AutoCloseable {

    void place(String customer, String item) throws Exception;

    @Override
    default void close() {}
}
