package dev.boxcar.simulation;

import dev.boxcar.Publisher;
import dev.boxcar.memory.InMemoryTransaction;
import dev.boxcar.spi.OutboxStorage;

/** A system with one fault built in. The simulation must notice each, or it proves nothing. */
enum Variant {
    /** The system as it is. */
    SOUND,

    // ---- faults of the package that Boxcar follows

    /** The index of a failure within its namespace was used as an index into the whole batch. */
    MATCHES_ACKNOWLEDGEMENTS_BY_POSITION {
        @Override
        Publisher publisher(Publisher real, Life life) {
            return BrokenPublishers.matchingByPosition(real);
        }
    },
    /** When one entry failed, those that were sent were not deleted and were sent again. */
    SENDS_ALL_AGAIN_WHEN_ONE_FAILS {
        @Override
        Publisher publisher(Publisher real, Life life) {
            return BrokenPublishers.sendingAllAgain(real);
        }
    },
    /** Everything was claimed for a fixed time, never renewed. */
    CLAIMS_ONCE_FOR_A_FIXED_TIME {
        @Override
        OutboxStorage<InMemoryTransaction> storage(Node node, Life life, OutboxStorage<InMemoryTransaction> real) {
            return new BrokenStorages.Renewing(real, 0);
        }
    },
    /** A processor that was paused went on with what another one had taken over. */
    GOES_ON_AFTER_A_PAUSE {
        @Override
        void wokeUp(Node node, long pause) {
            node.clock.lose(pause);
        }
    },
    /** What was read lost its order. */
    READS_IN_ANY_ORDER {
        @Override
        OutboxStorage<InMemoryTransaction> storage(Node node, Life life, OutboxStorage<InMemoryTransaction> real) {
            return new BrokenStorages.InAnyOrder(real);
        }
    },
    /** A message that always fails blocked everything behind it. */
    LETS_A_POISONED_MESSAGE_BLOCK_ALL {
        @Override
        Publisher publisher(Publisher real, Life life) {
            return BrokenPublishers.blaming(real);
        }
    },
    /** Claims were compared with the clock of the application. */
    JUDGES_CLAIMS_BY_THE_APPLICATIONS_CLOCK {
        @Override
        OutboxStorage<InMemoryTransaction> storage(Node node, Life life, OutboxStorage<InMemoryTransaction> real) {
            return new BrokenStorages.OnWrongClock(real, node, life.database);
        }
    },

    // ---- faults that others have made, or that one could make here

    DELETES_BEFORE_THE_ACKNOWLEDGEMENT {
        @Override
        Publisher publisher(Publisher real, Life life) {
            return BrokenPublishers.impatient(real);
        }
    },
    TAKES_SILENCE_FOR_SUCCESS {
        @Override
        Publisher publisher(Publisher real, Life life) {
            return BrokenPublishers.optimistic(real, life.time);
        }
    },
    COUNTS_ATTEMPTS_WHILE_THE_BROKER_IS_DOWN {
        @Override
        Publisher publisher(Publisher real, Life life) {
            return BrokenPublishers.counting(real);
        }
    },
    LETS_ONE_OUTAGE_HOLD_BACK_ALL {
        @Override
        Publisher publisher(Publisher real, Life life) {
            return BrokenPublishers.mixing(real);
        }
    },
    FENCES_NOBODY {
        @Override
        Publisher publisher(Publisher real, Life life) {
            return BrokenPublishers.withoutFence(real);
        }
    },
    SENDS_THE_NEXT_BEFORE_THE_FIRST_IS_ACKNOWLEDGED {
        @Override
        OutboxStorage<InMemoryTransaction> storage(Node node, Life life, OutboxStorage<InMemoryTransaction> real) {
            return new BrokenStorages.WithoutKeys(real);
        }
    },
    SETTLES_WITHOUT_FENCE {
        @Override
        OutboxStorage<InMemoryTransaction> storage(Node node, Life life, OutboxStorage<InMemoryTransaction> real) {
            return new BrokenStorages.Unfenced(real, life.database);
        }
    },
    TAKES_WHAT_OTHERS_HAVE_TAKEN {
        @Override
        OutboxStorage<InMemoryTransaction> storage(Node node, Life life, OutboxStorage<InMemoryTransaction> real) {
            return new BrokenStorages.Greedy(real);
        }
    },
    STOPS_RENEWING {
        @Override
        OutboxStorage<InMemoryTransaction> storage(Node node, Life life, OutboxStorage<InMemoryTransaction> real) {
            return new BrokenStorages.Renewing(real, 3);
        }
    },
    READS_BY_A_PLAIN_CURSOR {
        @Override
        OutboxStorage<InMemoryTransaction> storage(Node node, Life life, OutboxStorage<InMemoryTransaction> real) {
            return new BrokenStorages.ByCursor(real);
        }
    },
    READS_FROM_A_STALE_REPLICA {
        @Override
        OutboxStorage<InMemoryTransaction> storage(Node node, Life life, OutboxStorage<InMemoryTransaction> real) {
            return new BrokenStorages.Stale(real);
        }
    },
    RETRIES_AT_THE_END_OF_THE_LINE {
        @Override
        OutboxStorage<InMemoryTransaction> storage(Node node, Life life, OutboxStorage<InMemoryTransaction> real) {
            return new BrokenStorages.Requeueing(real);
        }
    },
    DELETES_BEFORE_THE_DEAD_LETTER_IS_WRITTEN {
        @Override
        OutboxStorage<InMemoryTransaction> storage(Node node, Life life, OutboxStorage<InMemoryTransaction> real) {
            return new BrokenStorages.Burying(real, life.time);
        }
    };

    /** The processor's way to the database. */
    OutboxStorage<InMemoryTransaction> storage(Node node, Life life, OutboxStorage<InMemoryTransaction> real) {
        return real;
    }

    /** The processor's publisher. */
    Publisher publisher(Publisher real, Life life) {
        return real;
    }

    /** A processor goes on after it stood still. */
    void wokeUp(Node node, long pause) {}
}
