package dev.boxcar.examples.bank;

import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Breaks one guarantee, once, on purpose: a demo that cannot fail proves nothing. Safe for use by several threads.
 */
final class Sabotage {

    /** Which guarantee is broken. */
    enum Mode {
        /** None. */
        NONE,
        /** A committed message disappears before it is sent. */
        LOSE,
        /** A message is sent although its transfer was rolled back. */
        GHOST,
        /** Two messages of one account are sent in the wrong order. */
        ORDER
    }

    private final Mode mode;
    private final AtomicBoolean armed = new AtomicBoolean();
    private final AtomicBoolean done = new AtomicBoolean();

    Sabotage(Mode mode) {
        this.mode = mode;
    }

    /** From now on it strikes at the first occasion. */
    void arm() {
        armed.set(true);
    }

    /** Whether to break this guarantee now; true once. */
    boolean strikes(Mode wanted) {
        return mode == wanted && armed.get() && done.compareAndSet(false, true);
    }
}
