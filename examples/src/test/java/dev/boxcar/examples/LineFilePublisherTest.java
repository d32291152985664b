package dev.boxcar.examples;

import static org.assertj.core.api.Assertions.assertThat;

import dev.boxcar.DeadLetterQuery;
import dev.boxcar.Message;
import dev.boxcar.Outbox;
import dev.boxcar.Publisher;
import dev.boxcar.memory.InMemoryStorage;
import dev.boxcar.memory.InMemoryTransaction;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LineFilePublisherTest {

    @TempDir
    Path folder;

    private final InMemoryStorage storage = InMemoryStorage.create();

    private Outbox<InMemoryTransaction> outbox(Path file) {
        return Outbox.<InMemoryTransaction>builder()
                .storage(storage)
                .publisher(Publisher.blocking(new LineFilePublisher(file), Runnable::run))
                .build();
    }

    private void write(Outbox<InMemoryTransaction> outbox, String... texts) {
        try (InMemoryTransaction transaction = storage.begin()) {
            for (String text : texts) {
                outbox.publish(transaction, Message.of("key", text));
            }
            transaction.commit();
        }
    }

    @Test
    void appendsEachMessageAndSetsAsideWhatNoLineCanHold() throws IOException {
        Path file = folder.resolve("messages");
        try (Outbox<InMemoryTransaction> outbox = outbox(file)) {
            write(outbox, "one", "two\nlines", "three");

            assertThat(outbox.pumpOutbox()).isEqualTo(2);

            assertThat(Files.readAllLines(file))
                    .satisfiesExactly(
                            line -> assertThat(line).endsWith("\tone"),
                            line -> assertThat(line).endsWith("\tthree"));
            assertThat(outbox.deadLetters().list(DeadLetterQuery.all()))
                    .singleElement()
                    .satisfies(letter -> assertThat(letter.reason()).contains("line break"));
        }
    }

    @Test
    void aFolderThatIsMissingUsesUpNoAttempt() throws IOException {
        Path missing = folder.resolve("missing");
        Path file = missing.resolve("messages");
        try (Outbox<InMemoryTransaction> outbox = outbox(file)) {
            write(outbox, "one");

            assertThat(outbox.pumpOutbox()).isZero();
            assertThat(outbox.deadLetters().list(DeadLetterQuery.all())).isEmpty();
        }
        Files.createDirectory(missing);
        try (Outbox<InMemoryTransaction> outbox = outbox(file)) {
            assertThat(outbox.pumpOutbox()).isEqualTo(1);
            assertThat(Files.readAllLines(file)).hasSize(1);
        }
    }
}
