package dev.boxcar.examples;

import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.PublishResults;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;

/** Pumping by hand: for tests, and for applications that bring a loop or a scheduler of their own. */
public final class ManualPump {

    private ManualPump() {}

    /** Writes these texts in one transaction and publishes them to the consumer; returns how many were published. */
    public static int carry(List<String> texts, Consumer<String> consumer) {
        // tag::pump[]
        InMemoryStorage storage = InMemoryStorage.create();
        try (Outbox<InMemoryTransaction> outbox = Outbox.<InMemoryTransaction>builder()
                .storage(storage)
                .publisher(entries -> {
                    entries.forEach(entry -> consumer.accept(new String(entry.payload(), StandardCharsets.UTF_8)));
                    return CompletableFuture.completedFuture(PublishResults.allSent());
                })
                .build()) {
            try (InMemoryTransaction transaction = storage.begin()) {
                texts.forEach(text -> outbox.publish(transaction, Message.of("one-key", text)));
                transaction.commit();
            }
            return outbox.pumpOutbox();
        }
        // end::pump[]
    }
}
