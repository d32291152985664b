package dev.boxcar.internal;

import java.util.concurrent.ConcurrentLinkedQueue;

/** Events for the engine from other threads, handled in the engine's own. Never blocks. Not final: a simulation delays the post. */
class Mailbox {

    private static final Runnable NOBODY = () -> {};

    private final ConcurrentLinkedQueue<Runnable> events = new ConcurrentLinkedQueue<>();
    private volatile Runnable signal = NOBODY;

    /** Who is to be woken by an event. */
    void onEvent(Runnable newSignal) {
        signal = newSignal;
    }

    void post(Runnable event) {
        events.add(event);
        signal.run();
    }

    /** Wakes the engine without an event. */
    void signal() {
        signal.run();
    }

    boolean isEmpty() {
        return events.isEmpty();
    }

    /** Handles what has come so far. */
    int drain() {
        int handled = 0;
        for (Runnable event = events.poll(); event != null; event = events.poll()) {
            event.run();
            handled++;
        }
        return handled;
    }
}
