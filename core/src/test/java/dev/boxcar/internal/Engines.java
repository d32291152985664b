package dev.boxcar.internal;

import java.util.function.Consumer;

/** Makes engines for the simulation. */
public final class Engines {

    private Engines() {}

    /** An engine whose events are handed to {@code delivery}, which posts them when it likes: now or later, in any order. */
    public static Engine create(Environment environment, Consumer<Runnable> delivery) {
        return new Engine(environment, new Mailbox() {
            @Override
            void post(Runnable event) {
                delivery.accept(() -> super.post(event));
            }
        });
    }
}
