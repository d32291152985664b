package dev.boxcar.spi;

/**
 * Tells a processor that something was committed by somebody who cannot call its {@code wakeProcessor()}, a writer in another
 * process for example. Only makes it faster: the processor goes on looking by itself at its intervals, so a wake that gets lost
 * delays an entry and nothing more, and a wake too many costs one read.
 *
 * <p>Safe for use by several threads; several processors may use one source.
 */
public interface WakeSource {

    /**
     * Checks that wakes can come at all. Called when processing starts, on the caller's thread.
     *
     * @throws dev.boxcar.SchemaException when something is missing that a person must create; its message shows what to do
     * @throws dev.boxcar.StorageException when this cannot be told now
     */
    void check();

    /**
     * Begins to wake a processor. Does not wait for a connection, and survives the loss of one. Called when processing
     * starts.
     *
     * @param processorId who is woken, for logs
     * @param wake never blocks; may be called from any thread
     * @return ends it; the processor does that when its processing ends
     */
    Listening start(String processorId, Runnable wake);

    /** What {@link #start} began. */
    @FunctionalInterface
    interface Listening extends AutoCloseable {

        /** Ends it: connections are closed, threads end, and nobody is woken any more. May be called again. */
        @Override
        void close();
    }
}
